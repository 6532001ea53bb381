"""What `cnnlib.check` says to a student, failure by failure."""

import sys

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
        (lambda x, w, stride=1: F.conv2d(x, w.flip(2, 3), stride=stride), "the kernel is flipped (10 of 10"),
        (lambda x, w, stride=1: F.conv2d(x, w), "the stride is ignored (5 of 5"),
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


def test_an_argument_that_was_changed_is_no_other_mistake():
    def emptied(x):
        result = 2 * x
        x.zero_()
        return result

    cases = [((torch.ones(size),), {}) for size in (1, 2, 3)]
    report = check.function(emptied, lambda x: 2 * x, cases, wrong={"x is added to itself": lambda x: x + x})
    assert "emptied changed its argument in place" in report.message
    assert "Likely mistake" not in report.message


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


def test_nan_in_an_argument_is_no_change():
    cases = [(([1.0, float("nan")],), {})]
    check.function(lambda values: len(values), lambda values: len(values), cases).require()
