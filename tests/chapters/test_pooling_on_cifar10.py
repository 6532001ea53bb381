"""The experiment of the chapter on pooling, on real photographs."""

import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F


@pytest.fixture(scope="module")
def changes() -> dict[str, torch.Tensor]:
    """Change of the maps' averages under a shift, shape (4 networks, 9 shifts), for each way to halve."""
    images, _ = cifar10(1, 25)["test"]
    names = {"torch": torch, "nn": nn, "F": F}
    names["images"] = images.permute(0, 3, 1, 2).double() / 255 - 0.5
    return run_cells("pooling", ["blur-pool", "methods", "claim-nets", "claim-measure"], names)["changes"]


def test_on_cifar10_nothing_changes_without_halving_or_at_a_shift_by_8_pixels(changes):
    assert changes["none"].max() < 1e-12
    assert max(curves[:, 8].max() for curves in changes.values()) < 1e-12


def test_on_cifar10_a_shift_by_4_pixels_is_unseen_where_the_last_halving_is_linear_and_even(changes):
    assert all(changes[name][:, 4].max() < 1e-12 for name in ("average", "max-blur", "blur"))
    assert all(changes[name][:, 4].min() > 0.01 for name in ("stride", "max"))


def test_on_cifar10_stride_changes_most_then_max_then_average_and_blur_least(changes):
    at_1 = {name: curves[:, 1] for name, curves in changes.items()}
    assert (at_1["stride"] > 1.5 * at_1["max"]).all()
    assert (at_1["max"] > 2 * at_1["average"]).all()
    assert (at_1["max"] > 2 * at_1["max-blur"]).all()
    assert (at_1["max"] > 5 * at_1["blur"]).all()
    assert (at_1["average"] > 1.2 * at_1["blur"]).all()
    assert (at_1["blur"] > 1e-4).all()
