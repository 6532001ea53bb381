"""What `cnnlib.check` says to a student, failure by failure."""

import sys

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import check

IMAGE = torch.arange(16.0).reshape(1, 1, 4, 4)
KERNEL = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])


def random_cases(generator, trial):
    size = 3 + trial % 3
    x = torch.randint(-4, 5, (1, 2, size, size), generator=generator).float()
    weight = torch.randint(-4, 5, (1, 2, 2, 2), generator=generator).float()
    return (x, weight), {"stride": 1 + trial % 2}


WRONG = {
    "the kernel is flipped": lambda x, weight, **options: F.conv2d(x, weight.flip(2, 3), **options),
    "the stride is ignored": lambda x, weight, stride=1: F.conv2d(x, weight),
}


def message_of(fn, like=F.conv2d, cases=random_cases, **options):
    report = check.function(fn, like, cases, **options)
    assert not report
    assert not report.passed
    assert str(report) == report.message
    return report.message


# --- right answers -----------------------------------------------------------------------------------


def test_a_right_function_passes_and_the_report_says_what_was_tried():
    report = check.function(lambda *a, **k: F.conv2d(*a, **k), F.conv2d, random_cases, trials=7, seed=3)
    assert report
    assert report.passed
    assert "all 7 trials of seed 3" in report.message
    assert "rtol=0.0001, atol=1e-05" in report.message


def test_a_difference_within_the_tolerance_passes_and_beyond_it_fails():
    assert check.function(lambda x: x + 5e-6, lambda x: x, [((torch.zeros(3),), {})])
    assert not check.function(lambda x: x + 5e-5, lambda x: x, [((torch.zeros(3),), {})])
    assert check.function(lambda x: x + 5e-5, lambda x: x, [((torch.zeros(3),), {})], atol=1e-4)


@pytest.mark.parametrize("value", [7, 1.5, "same", True, None, (1, (2, 3)), {"a": 1, "b": torch.ones(2)}])
def test_results_that_are_not_tensors_are_compared_too(value):
    assert check.function(lambda: value, lambda: value, [((), {})])


def test_a_list_and_a_tuple_count_as_the_same():
    assert check.function(lambda: [1, 2], lambda: (1, 2), [((), {})])


def test_a_result_that_requires_grad_passes():
    weight = nn.Parameter(torch.ones(3))
    assert check.function(lambda x: weight * x, lambda x: x, [((torch.ones(3),), {})])


# --- wrong results -----------------------------------------------------------------------------------


def test_a_wrong_shape_is_named_before_anything_else():
    case = (IMAGE, KERNEL), {"stride": 2}
    message = message_of(lambda x, weight, stride=1: F.conv2d(x, weight).double(), cases=[case])
    assert message.startswith("<lambda> returned shape (1, 1, 3, 3), expected (1, 1, 2, 2).")


def test_a_wrong_dtype_is_named():
    assert "returned dtype float64, expected float32." in message_of(
        lambda *a, **k: F.conv2d(*a, **k).double()
    )


def test_wrong_values_are_located():
    def almost(x):
        y = x.clone()
        y[1, 2] += 3
        return y

    message = message_of(almost, lambda x: x, [((torch.zeros(2, 3),), {})])
    assert "the largest difference is 3 at [1, 2], got 3, expected 0; 1 of 6 values are wrong" in message


def test_integers_are_compared_exactly():
    message = message_of(lambda n: n + 1, lambda n: n, [((torch.tensor([10**6]),), {})])
    assert "the largest difference is 1 at [0]" in message
    assert "rtol" not in message


@pytest.mark.parametrize("expected", [torch.zeros(2), torch.full((2,), torch.nan)])
def test_nan_equals_nothing(expected):
    nan = torch.full((2,), torch.nan)
    assert not check.function(lambda: nan, lambda: expected, [((), {})])
    if not expected.isnan().any():
        assert "returned NaN in 2 of 2 values" in message_of(lambda: nan, lambda: expected, [((), {})])


def test_infinite_values_are_wrong_where_finite_ones_are_expected():
    message = message_of(lambda: torch.tensor([1.0, torch.inf]), lambda: torch.ones(2), [((), {})])
    assert "at [1], got inf, expected 1" in message


def test_a_wrong_zero_dimensional_tensor_is_reported():
    assert "got 2, expected 1" in message_of(lambda: torch.tensor(2.0), lambda: torch.tensor(1.0), [((), {})])


def test_none_asks_for_the_return():
    assert "returned None; did you forget `return`?" in message_of(lambda *a, **k: None)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (
            [[1.0]],
            "returned a list of 1, expected a float32 tensor of shape (2,); torch.tensor or torch.stack",
        ),
        (np.ones(2), "returned a ndarray, expected a float32 tensor of shape (2,); torch.from_numpy"),
        ((torch.ones(2),), "returned a tuple of 1, expected a float32 tensor of shape (2,)"),
        (3, "returned 3 (int), expected a float32 tensor of shape (2,)"),
        (torch.ones(2).to_sparse(), "returned a tensor on cpu (torch.sparse_coo)"),
        (torch.ones(2, device="meta"), "returned a tensor on meta"),
    ],
)
def test_something_else_than_a_plain_tensor_is_named(result, words):
    assert words in message_of(lambda: result, lambda: torch.ones(2), [((), {})])


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (14.0, 14, "returned 14.0 (float), expected 14 (int); // divides without a remainder"),
        (True, 1, "returned True (bool), expected 1 (int)"),
        (13, 14, "returned 13, expected 14"),
        ("a", "b", "returned 'a', expected 'b'"),
        (1.5, 1.25, "returned 1.5, expected 1.25 (rtol=0.0001, atol=1e-05)"),
        ("1.5", 1.25, "returned '1.5' (str), expected a number"),
        ((1, 2), (1, 2, 3), "returned 2 items, expected 3"),
        ((1, (2, 4)), (1, (2, 3)), "returned at [1][1]: 4, expected 3"),
        (5, (1, 2), "returned 5 (int), expected a tuple of 2"),
        ({"a": 2}, {"a": 1}, "returned at ['a']: 2, expected 1"),
        ({"b": 1}, {"a": 1}, "returned a dict with the keys ['b'], expected ['a']"),
        ([1], {"a": 1}, "returned a list of 1, expected a dict with the keys ['a']"),
    ],
)
def test_wrong_results_that_are_not_tensors_are_explained(got, expected, words):
    assert words in message_of(lambda: got, lambda: expected, [((), {})])


def test_a_tensor_subclass_cannot_declare_itself_right():
    class Always(torch.Tensor):
        def __eq__(self, other):
            return torch.ones(self.shape, dtype=torch.bool)

        def detach(self):
            return torch.ones(2)

        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return torch.ones(2)

    hostile = torch.zeros(2).as_subclass(Always)
    assert not check.function(lambda: hostile, lambda: torch.ones(2), [((), {})])
    assert check.function(lambda: hostile, lambda: torch.zeros(2), [((), {})])


def test_an_object_that_equals_everything_is_not_a_right_number():
    class Equal(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    assert not check.function(lambda: Equal(3), lambda: 4, [((), {})])


def test_changing_an_argument_in_place_fails_although_the_result_is_right():
    def in_place(x):
        result = x * 2
        x += 1
        return result

    assert "changed its argument in place" in message_of(in_place, lambda x: 2 * x, [((IMAGE,), {})])
    assert IMAGE.flatten().tolist() == list(range(16))


def test_returning_the_changed_argument_itself_is_named():
    message = message_of(lambda x: x.mul_(2), lambda x: 2 * x, [((IMAGE,), {})])
    assert "returned its argument, changed in place" in message


# --- what a failure shows ----------------------------------------------------------------------------


def test_the_smallest_failing_input_is_shown_with_its_trial_and_seed():
    def wrong_when_wide(x):
        return x + (x.numel() > 4)

    def cases(generator, trial):
        return (torch.ones(12 - trial),), {}

    message = message_of(wrong_when_wide, lambda x: x, cases, seed=5, trials=12)
    assert "8 of 12 trials fail; the smallest is trial 7 of seed 5:" in message
    assert "x: float32 tensor of shape (5,)\n    [1., 1., 1., 1., 1.]" in message
    assert "expected: float32 tensor of shape (5,)" in message
    assert "got: float32 tensor of shape (5,)\n    [2., 2., 2., 2., 2.]" in message


def test_the_same_seed_gives_the_same_message_and_another_seed_another():
    wrong = lambda x, weight, stride=1: F.conv2d(x, weight.flip(2, 3), stride=stride)  # noqa: E731
    assert message_of(wrong, seed=1) == message_of(wrong, seed=1)
    assert message_of(wrong, seed=1) != message_of(wrong, seed=2)


def test_a_large_input_is_described_and_not_printed():
    message = message_of(lambda x: x + 1, lambda x: x, [((torch.zeros(100, 100),), {})])
    assert "float32 tensor of shape (100, 100)" in message
    assert len(message) < 600


def test_arguments_are_named_by_the_reference_or_numbered():
    named = message_of(lambda a, b: a, lambda width, height: height, [((1, 2), {})])
    assert "  width: 1\n  height: 2\n" in named
    numbered = message_of(lambda *a: 0, max, [((1, 2), {})])
    assert "  argument 1: 1\n  argument 2: 2\n" in numbered


# --- likely mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fn", "words"),
    [
        (lambda x, w, stride=1: F.conv2d(x, w.flip(2, 3), stride=stride), "the kernel is flipped (20 of 20"),
        (lambda x, w, stride=1: F.conv2d(x, w), "the stride is ignored (10 of 10"),
    ],
)
def test_the_mistake_whose_result_equals_the_students_is_named(fn, words):
    assert f"Likely mistake: {words} failing results equal what that gives)." in message_of(fn, wrong=WRONG)


def test_one_match_is_taken_for_a_coincidence():
    only_once = {"a wrong plus": lambda a, b: a * b}
    cases = [((2, 2), {}), ((3, 3), {}), ((4, 5), {})]
    assert "Likely" not in message_of(lambda a, b: 9, lambda a, b: a + b, cases, wrong=only_once)
    assert "Likely" not in message_of(lambda a, b: 9, lambda a, b: a + b, [cases[1]], wrong=only_once)


def test_another_mistake_is_not_given_a_name():
    assert "Likely" not in message_of(lambda x, w, stride=1: F.conv2d(x, w, stride=stride) + 1, wrong=WRONG)


def test_a_wrong_reference_that_raises_is_ignored():
    message = message_of(
        lambda n: n + 1, lambda n: n, [((1,), {}), ((2,), {})], wrong={"odd": lambda n: n / 0}
    )
    assert "Likely" not in message


# --- answers that raise ------------------------------------------------------------------------------


def test_an_exception_is_told_with_the_students_own_line():
    def conv2d(input, weight, bias=None, stride=1):
        return torch.matmul(input, weight.flatten(1))  # the students' line

    message = message_of(conv2d)
    assert message.startswith("conv2d raised RuntimeError (")
    assert "`return torch.matmul(input, weight.flatten(1))  # the students' line`" in message
    assert "Traceback" not in message
    assert "got:" not in message


def test_an_unwritten_answer_is_called_unwritten():
    def conv2d(input, weight, stride=1):
        raise NotImplementedError()

    assert message_of(conv2d).startswith("conv2d is not written yet")


def test_exit_is_a_failure_and_not_the_end():
    assert "raised SystemExit" in message_of(lambda *a, **k: sys.exit(0))


def test_what_is_not_a_function_is_told():
    assert message_of(torch.ones(2)) == "expected a function, got a float32 tensor of shape (2,)."


def test_what_the_answer_writes_to_stderr_goes_to_stdout(capsys):
    def noisy(x):
        print("careful", file=sys.stderr)
        return x.clone()

    assert check.function(noisy, lambda x: x, [((torch.ones(2),), {})])
    assert capsys.readouterr() == ("careful\n", "")


# --- forbidden functions -----------------------------------------------------------------------------

ROUTES = {
    "functional": lambda: F.conv2d(IMAGE, KERNEL),
    "torch": lambda: torch.conv2d(IMAGE, KERNEL),
    "module": lambda: nn.Conv2d(1, 1, 2)(IMAGE),
    "another dimension": lambda: F.conv3d(IMAGE[None], KERNEL[None]),
    "transposed": lambda: F.conv_transpose2d(IMAGE, KERNEL),
    "operator": lambda: torch.ops.aten.conv2d(IMAGE, KERNEL),
    "lowest operator": lambda: torch.ops.aten.convolution(
        IMAGE, KERNEL, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1
    ),
    "private function": lambda: torch._C._nn.thnn_conv2d(IMAGE, KERNEL, 2),
    "inference mode": torch.inference_mode()(lambda: F.conv2d(IMAGE, KERNEL)),
    "vmap": lambda: torch.vmap(lambda x: F.conv2d(x[None], KERNEL))(IMAGE),
    "keeping the function": lambda conv2d=F.conv2d: conv2d(IMAGE, KERNEL),
}


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_to_a_library_convolution_is_found(route):
    ROUTES[route]()
    with pytest.raises(check.ForbiddenCall, match="is called, but this"), check.forbid("conv2d"):
        ROUTES[route]()
    ROUTES[route]()


def test_a_call_hidden_by_try_and_except_is_found():
    def hiding():
        try:
            return F.conv2d(IMAGE, KERNEL)
        except Exception:
            return torch.zeros(1)

    with pytest.raises(check.ForbiddenCall, match="the library's conv2d"), check.forbid("conv2d"):
        hiding()


def test_an_exception_of_another_kind_does_not_hide_a_call():
    def disguising():
        try:
            F.conv2d(IMAGE, KERNEL)
        except check.ForbiddenCall:
            raise ValueError("something else") from None

    with pytest.raises(check.ForbiddenCall), check.forbid("conv2d"):
        disguising()


def test_what_is_not_named_stays_allowed():
    with check.forbid("conv2d", "unfold"):
        patches = IMAGE.unfold(2, 2, 1).unfold(3, 2, 1)
        by_hand = torch.einsum("nchwij,ocij->nohw", patches, KERNEL)
        torch.fft.rfft2(IMAGE).real.to(torch.float64).sum()
        F.pad(IMAGE, (1, 1, 1, 1))[0, 0].long().bool()
    assert torch.equal(by_hand, F.conv2d(IMAGE, KERNEL))


@pytest.mark.parametrize("call", [lambda: F.unfold(IMAGE, 2), lambda: nn.Unfold(2)(IMAGE)])
def test_unfold_means_the_functional_one(call):
    with pytest.raises(check.ForbiddenCall, match="unfold"), check.forbid("unfold"):
        call()


def test_other_layers_can_be_forbidden():
    for name, call in {
        "max_pool2d": lambda: nn.MaxPool2d(2)(IMAGE),
        "batch_norm": lambda: nn.BatchNorm2d(1)(IMAGE),
        "linear": lambda: nn.Linear(4, 2)(IMAGE),
    }.items():
        with pytest.raises(check.ForbiddenCall, match=name), check.forbid(name):
            call()


def test_a_dotted_path_is_forbidden_in_its_module_and_in_the_notebook():
    from numpy import convolve

    main = sys.modules["__main__"]
    main.imported = convolve
    try:
        for call in (lambda: np.convolve([1], [1]), lambda: main.imported([1], [1])):
            with pytest.raises(check.ForbiddenCall, match=r"numpy\.convolve"), check.forbid("numpy.convolve"):
                call()
            assert call().tolist() == [1]
    finally:
        del main.imported
    assert np.convolve is convolve


def test_a_package_that_is_not_installed_needs_no_forbidding():
    with check.forbid("no_such_package.signal.convolve2d"):
        pass


@pytest.mark.parametrize("name", ["conv2", "numpy.convolve2"])
def test_a_name_that_does_not_exist_cannot_be_forbidden(name):
    with pytest.raises(ValueError, match=f"cannot forbid '{name}'"), check.forbid(name):
        pass


def test_a_check_forbids_the_answer_and_not_the_reference():
    message = message_of(lambda x, weight, stride=1: F.conv2d(x, weight, stride=stride), forbid=["conv2d"])
    assert message.startswith("In <lambda>, the library's conv2d is called")


# --- modules -----------------------------------------------------------------------------------------


def check_module(model, **options):
    return check.module(model, **({"input_shape": (2, 3, 8, 8), "output_shape": (2, 4, 6, 6)} | options))


def test_a_right_module_passes_and_its_parameters_are_told():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    model[1].eval()
    report = check_module(model)
    assert report
    assert "(2, 3, 8, 8) → (2, 4, 6, 6), 120 parameters." in report.message
    assert model.training
    assert not model[1].training
    assert model[1].num_batches_tracked == 0


class Returns(nn.Module):
    def __init__(self, value):
        super().__init__()
        self.value = value

    def forward(self, x):
        return self.value


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (nn.Conv2d(3, 4, 5), "Conv2d maps shape (2, 3, 8, 8) to (2, 4, 4, 4), expected (2, 4, 6, 6)."),
        (
            nn.Conv2d(1, 4, 3),
            "Conv2d, called with a tensor of shape (2, 3, 8, 8), raised RuntimeError (Given gr",
        ),
        (Returns(None), "Returns returned None; did you forget `return` in forward?"),
        (Returns([1]), "Returns returned a list of 1, expected a tensor of shape (2, 4, 6, 6)."),
        (Returns(torch.full((2, 4, 6, 6), torch.nan)), "returned NaN or infinite values"),
        (nn.Conv2d, "expected an nn.Module, got a type; create one with Conv2d(…)."),
        (3, "expected an nn.Module, got 3 (int)."),
    ],
)
def test_a_wrong_module_is_explained(model, words):
    report = check_module(model)
    assert not report
    assert words in report.message


def test_a_module_above_the_budget_of_parameters_fails():
    assert check_module(nn.Conv2d(3, 4, 3), max_parameters=112)
    report = check_module(nn.Conv2d(3, 4, 3), max_parameters=111)
    assert report.message == "Conv2d has 112 parameters; at most 111 are allowed."


# --- answers found by hand ---------------------------------------------------------------------------

DIGESTS = {"a": check.digest("a", 760), "b": check.digest("b", (10, 28, 28))}
REVIEW = {"a": "Review biases.", "b": "Review sizes."}


def test_right_answers_pass_with_lists_for_tuples_and_with_extra_keys():
    assert check.answers({"a": 760, "b": [10, 28, 28], "note": 1}, DIGESTS, REVIEW)


def test_every_wrong_answer_is_named_with_what_to_review():
    mistakes = {check.digest("a", 750): "The biases are missing."}
    report = check.answers({"a": 750, "b": (28, 28, 10)}, DIGESTS, REVIEW, mistakes=mistakes)
    assert report.message.split("\n") == [
        "2 of 2 answers are not right:",
        "a: 750 is not right. The biases are missing.",
        "b: (28, 28, 10) is not right. Review sizes.",
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "expected a dict with the keys ['a', 'b'], got None; did you forget `return`?"),
        ([760], "expected a dict with the keys ['a', 'b'], got a list of 1."),
        ({"a": 760}, "b: this key is missing."),
        (
            {"a": 760.0, "b": (10, 28, 28)},
            "a: an answer is a whole number, a string, or a tuple of them, not 760.0",
        ),
        ({"a": True, "b": (10, 28, 28)}, "a: an answer is a whole number"),
        ({"a": "760", "b": (10, 28, 28)}, "a: '760' is not right."),
    ],
)
def test_answers_of_another_form_are_explained(given, words):
    report = check.answers(given, DIGESTS, REVIEW)
    assert not report
    assert words in report.message


def test_a_digest_does_not_contain_the_answer_and_depends_on_the_item():
    assert "760" not in check.digest("a", 760)
    assert check.digest("a", 760) != check.digest("b", 760)
