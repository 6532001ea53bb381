"""Which results count as equal, and what `cnnlib.check` says about those that do not."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib import check

IMAGE = torch.arange(16.0).reshape(1, 1, 4, 4)
KERNEL = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])


CASE = (IMAGE, KERNEL), {"stride": 2}


def message_of(fn, like=F.conv2d, cases=(CASE,)):
    report = check.function(fn, like, cases)
    assert not report
    return report.message


@pytest.mark.parametrize("value", [7, 1.5, "same", True, None, (1, (2, 3)), {"a": 1, "b": torch.ones(2)}])
def test_results_that_are_not_tensors_are_compared_too(value):
    assert check.function(lambda: value, lambda: value, [((), {})])


def test_a_list_and_a_tuple_count_as_the_same():
    assert check.function(lambda: [1, 2], lambda: (1, 2), [((), {})])


def test_a_result_that_requires_grad_passes():
    weight = nn.Parameter(torch.ones(3))
    assert check.function(lambda x: weight * x, lambda x: x, [((torch.ones(3),), {})])


def test_a_wrong_shape_is_named_before_anything_else():
    message = message_of(lambda x, weight, stride=1: F.conv2d(x, weight).double())
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
