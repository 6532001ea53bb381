"""The experiments of the chapter on normalization, on real photographs."""

import copy

import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F

DATA = ["statistics", "train", "accuracy", "scalings"]
SCALING = ["scaling-train", "scaling-batch"]
CLAIM = ["claim-network", "claim-train", "wrong-mode"]


@pytest.fixture(scope="module")
def experiment() -> dict:
    """What the chapter's cells define when they see CIFAR-10 instead of drawn images."""
    names = {"copy": copy, "torch": torch, "nn": nn, "F": F}
    for split, (images, labels) in cifar10(3000, 500).items():
        names[f"{split}_bytes"] = F.avg_pool2d(images.permute(0, 3, 1, 2).float(), 2)
        names[f"{split}_labels"] = labels
    return run_cells("normalization", DATA + SCALING + CLAIM, names)


def test_on_cifar10_bytes_do_not_learn_without_batch_norm_and_standardized_inputs_do(experiment):
    plain = experiment["plain"]
    assert max(plain["0 to 255", 0.3] + plain["0 to 255", 1.0]) < 0.15
    assert min(plain["standardized", 0.3]) > max(plain["0 to 1", 0.3])
    assert min(plain["standardized", 0.3]) > 0.2


def test_on_cifar10_bytes_learn_with_batch_norm(experiment):
    assert min(experiment["normed"]["0 to 255"]) > 0.25


def test_on_cifar10_the_network_learns_with_batch_norm_and_guesses_without(experiment):
    scores = experiment["scores"]
    assert len(scores["nothing"]) == len(scores["batch norm"]) == 3
    assert max(scores["nothing"]) < 0.15
    assert min(scores["batch norm"]) > 0.28


def test_on_cifar10_batch_norm_collapses_in_the_wrong_mode_and_group_norm_does_not(experiment):
    for (name, _seed), (kept, large, small, single, one_class) in experiment["answers"].items():
        if name == "batch norm":
            assert abs(large - kept) < 0.1
            assert max(single, one_class) < kept - 0.1
        else:
            assert kept > 0.15
            assert max(abs(share - kept) for share in (large, small, single, one_class)) < 0.01
