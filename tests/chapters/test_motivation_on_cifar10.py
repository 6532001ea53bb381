"""The experiment of the chapter on motivation, on real photographs."""

from itertools import pairwise, product

import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F

SEEDS = (0, 1, 2)


@pytest.fixture(scope="module")
def experiment() -> dict:
    """What the chapter's cells define when they see CIFAR-10 instead of their own images."""
    splits = cifar10(3000, 2000)
    x = {split: images.permute(0, 3, 1, 2).double() / 255 for split, (images, _) in splits.items()}
    mean, std = x["train"].mean(dim=(0, 2, 3), keepdim=True), x["train"].std(dim=(0, 2, 3), keepdim=True)
    names = {"torch": torch, "nn": nn, "F": F, "pairwise": pairwise}
    names["order"] = torch.randperm(1024, generator=torch.Generator().manual_seed(0))
    for split, (_, labels) in splits.items():
        names |= {f"{split}_x": (x[split] - mean) / std, f"{split}_y": labels}
    cells = ["dense-count", "shuffle", "correlation", "networks", "train", "dense-run", "convolutional-run"]
    return run_cells("motivation", cells, names)


@pytest.fixture(scope="module")
def accuracies(experiment) -> dict:
    """Of the pooled and the strided network, three seeds each; keys are (pool, order of the pixels)."""
    return {
        (pool, name): [experiment["run"](pool, arrange, seed)[1] for seed in SEEDS]
        for pool, (name, arrange) in product((True, False), experiment["orders"].items())
    }


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def test_on_cifar10_neighbors_correlate_and_after_a_shuffle_less_so(experiment):
    correlation, shuffled, x = (experiment[name] for name in ("correlation", "shuffled", "train_x"))
    assert correlation(x) > 0.8 > 0.5 > correlation(shuffled(x))


def test_on_cifar10_a_fixed_shuffle_makes_no_difference_to_a_dense_network(experiment):
    assert experiment["plain"] == experiment["mixed"] > 0.2


def test_on_cifar10_a_fixed_shuffle_costs_convolutional_networks_most_of_their_lead(experiment, accuracies):
    dense = experiment["plain"]
    for pool in (True, False):
        lead, left = (mean(accuracies[pool, name]) - dense for name in ("as they are", "shuffled"))
        assert lead > 0.03
        assert left < lead / 2


def test_on_cifar10_on_shuffled_images_strides_end_near_the_dense_network_and_pooling_below(
    experiment, accuracies
):
    assert abs(mean(accuracies[False, "shuffled"]) - experiment["plain"]) < 0.03
    assert mean(accuracies[True, "shuffled"]) < experiment["plain"] - 0.05
