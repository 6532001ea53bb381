"""The experiment of the chapter on motivation, on real photographs."""

import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F


@pytest.fixture(scope="module")
def experiment() -> dict:
    """What the chapter's cells define when they see CIFAR-10 instead of their own images."""
    splits = cifar10(3000, 2000)
    x = {split: images.permute(0, 3, 1, 2).double() / 255 for split, (images, _) in splits.items()}
    mean, std = x["train"].mean(dim=(0, 2, 3), keepdim=True), x["train"].std(dim=(0, 2, 3), keepdim=True)
    names = {"torch": torch, "nn": nn, "F": F, "plt": None, "mean": mean[0], "std": std[0]}
    names["order"] = torch.randperm(1024, generator=torch.Generator().manual_seed(0))
    for split, (_, labels) in splits.items():
        names |= {f"{split}_x": (x[split] - mean) / std, f"{split}_y": labels}
    cells = ["dense-count", "shuffled", "correlation", "networks", "train"]
    names = run_cells("motivation", cells, names)
    return run_cells("motivation", ["dense-run", "convolutional-run"], names)


def test_on_cifar10_neighbors_correlate_and_after_a_shuffle_less_so(experiment):
    correlation, shuffled, x = (experiment[name] for name in ("correlation", "shuffled", "train_x"))
    assert correlation(x) > 0.8 > 0.5 > correlation(shuffled(x))


def test_on_cifar10_a_fixed_shuffle_makes_no_difference_to_a_dense_network(experiment):
    assert experiment["plain"] == experiment["mixed"] > 0.2


def test_on_cifar10_a_fixed_shuffle_costs_a_convolutional_network_its_lead(experiment):
    as_they_are, shuffled = experiment["results"].values()
    assert min(as_they_are) > experiment["plain"]
    assert min(as_they_are) > max(shuffled) + 0.03
