"""Intervals and halves: known values, and what must hold for every number of images."""

import numpy as np
import pytest

from cnnlib.challenge import public_half, wilson


@pytest.mark.parametrize(
    ("correct", "total", "low", "high"),
    [
        # Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
        # (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),  # the mirror image of 0 of 29, 0.0000 to 0.1170
    ],
)
def test_wilsons_interval_has_the_published_values(correct, total, low, high):
    assert wilson(correct, total) == pytest.approx((low, high), abs=6e-5)


@pytest.mark.parametrize(("correct", "total"), [(-1, 10), (11, 10), (0, 0)])
def test_an_impossible_count_gets_one_sentence(correct, total):
    with pytest.raises(ValueError, match=f"got {correct} of {total}"):
        wilson(correct, total)


@pytest.mark.parametrize("n", [0, 1, 2, 5_000, 10_000])
def test_the_public_half_is_half_of_the_images(n):
    half = public_half(n)
    assert half.dtype == bool
    assert half.shape == (n,)
    assert half.sum() == n // 2


def test_the_public_half_never_changes():
    half = public_half(10_000)
    assert np.array_equal(half, public_half(10_000))
    # Changing these moves every public score: do it only with a new test set.
    assert np.flatnonzero(half)[:5].tolist() == [2, 6, 7, 8, 10]
    assert int(np.flatnonzero(half).sum()) == 24_917_135
