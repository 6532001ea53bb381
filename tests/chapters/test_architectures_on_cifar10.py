"""The trained part of the chapter on architectures, on real photographs."""

import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F


@pytest.fixture(scope="module")
def best() -> dict[str, float]:
    """The share of right answers of each variant of LeNet-5, with the better of two learning rates."""
    names = {"torch": torch, "nn": nn, "F": F, "EPOCHS": 2}
    data = cifar10(4000, 1500)
    seen = data["train"][0].float()
    mean, std = seen.mean(dim=(0, 1, 2)), seen.std(dim=(0, 1, 2))
    for split, (images, labels) in data.items():
        names[f"{split}_x"] = ((images - mean) / std).permute(0, 3, 1, 2).contiguous()
        names[f"{split}_y"] = labels
    ids = ["lenet-code", "claim-train", "claim-settings", "claim-variants"]
    return run_cells("architectures", ids, names)["best"]


def test_on_cifar10_each_variant_learns_something(best):
    assert len(best) == 4
    assert min(best.values()) > 0.15


def test_on_cifar10_the_sigmoid_is_last(best):
    sigmoid, *others = best.values()
    assert min(others) > sigmoid + 0.05


def test_on_cifar10_relu_max_pooling_and_batch_norm_together_are_ahead_of_tanh(best):
    _sigmoid, tanh, _relu, batch_norm = best.values()
    assert batch_norm > tanh + 0.02
