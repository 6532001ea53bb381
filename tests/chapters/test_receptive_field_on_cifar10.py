"""The experiment of the chapter on the receptive field, on real photographs."""

import numpy as np
import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F


@pytest.fixture(scope="module")
def experiment() -> dict:
    """What the chapter's cells define when the random networks see photographs."""
    (images, _) = cifar10(1, 20)["test"]
    pictures = images.double().permute(0, 3, 1, 2) / 255 - 0.5
    names = {"torch": torch, "nn": nn, "F": F, "np": np, "plain": (3, 1, 0, 1)}
    names |= {"pictures": F.interpolate(pictures, scale_factor=3)}
    cells = [
        "gradient-field",
        "effective-side",
        "effective-predict",
        "effective-influence",
        "effective-measure",
    ]
    return run_cells("receptive_field", cells, names)


def test_on_cifar10_the_effective_field_is_a_falling_share_of_the_field(experiment):
    ratios = experiment["ratios"]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] > 0.7
    assert ratios[-1] < 0.4


def test_on_cifar10_the_effective_field_is_what_counting_paths_predicts(experiment):
    side, measured = experiment["effective_side"], experiment["measured"]
    for depth, predicted in experiment["predicted"].items():
        assert abs(side(measured[depth]) - predicted) <= 4, depth


def test_on_cifar10_the_effective_field_grows_like_the_root_of_the_depth(experiment):
    side, measured = experiment["effective_side"], experiment["measured"]
    assert 2 < side(measured[40]) / side(measured[5]) < 4  # the field itself grows 81/11 times
