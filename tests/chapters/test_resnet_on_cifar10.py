"""The experiments of the chapter on residual networks, on real photographs and from another random start."""

from itertools import product

import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F

NETWORKS = ["shortcuts", "branch", "network-code", "network-build", "network-count", "train"]
CLAIM = ["claim-train", "gradients", "gradients-ratio", "shattered-code", "shattered", "remove"]
STEPS, SEED = 60, 1  # the chapter takes 100 steps from seed 0


@pytest.fixture(scope="module")
def experiment() -> dict:
    """What the chapter's cells define when they see CIFAR-10 and start from `SEED`."""
    names = {"torch": torch, "nn": nn, "F": F, "product": product}
    data = cifar10(8000, 1000)
    pixels = {split: images.permute(0, 3, 1, 2) / 255 for split, (images, _) in data.items()}
    mean = pixels["train"].mean(dim=(0, 2, 3), keepdim=True)
    std = pixels["train"].std(dim=(0, 2, 3), keepdim=True)
    for split, prefix in (("train", ""), ("test", "test_")):
        names[f"{prefix}images"] = F.avg_pool2d((pixels[split] - mean) / std, 2)
        names[f"{prefix}labels"] = data[split][1]
    run_cells("resnet", NETWORKS, names)
    _, rate, _ = names["train"].__defaults__
    names["train"].__defaults__ = (STEPS, rate, SEED)
    width, _ = names["network"].__defaults__
    names["network"].__defaults__ = (width, SEED)
    return run_cells("resnet", CLAIM, names)


def end(experiment: dict, name: str) -> float:
    """The training loss at the end: mean of the last 20 steps."""
    assert len(experiment["losses"][name]) == STEPS
    return experiment["losses"][name][-20:].mean().item()


def test_on_cifar10_56_plain_layers_end_with_a_higher_training_loss_than_20(experiment):
    assert end(experiment, "plain-56") > end(experiment, "plain-20") + 0.05
    assert end(experiment, "plain-20") < 2.2


def test_on_cifar10_the_same_56_layers_learn_with_shortcuts(experiment):
    nets = experiment["nets"]
    assert experiment["parameters"](nets["plain-56"]) == experiment["parameters"](nets["residual-56"])
    assert end(experiment, "plain-56") > end(experiment, "residual-56") + 0.05
    assert end(experiment, "residual-20") < end(experiment, "plain-20") + 0.05


def test_on_cifar10_gradients_explode_in_the_plain_network_and_stay_level_with_shortcuts(experiment):
    ratios = experiment["ratios"]
    assert min(ratios["plain-56"]) > 50
    assert max(ratios["residual-56"]) < 20


def test_on_cifar10_gradients_of_nearly_equal_images_agree_with_shortcuts_only(experiment):
    assert experiment["cosine"]["plain-56"] < 0.3
    assert experiment["cosine"]["residual-56"] > 0.5


def test_on_cifar10_a_residual_network_survives_the_removal_of_a_block_better_than_a_plain_one(experiment):
    kept = {name: torch.tensor(shares).median() for name, shares in experiment["kept"].items()}
    assert kept["residual-20"] > kept["plain-20"] + 0.2
