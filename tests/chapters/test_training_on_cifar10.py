"""The cheap experiments of the chapter on training, on real photographs; its long run is too long here."""

import copy
from collections import OrderedDict
from types import SimpleNamespace

import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F

import cnnlib
from cnnlib.data import Loader

LOOP = ["blocks", "network", "schedule", "train-epoch", "evaluate", "train"]
CLAIM = ["claim-mistakes", "claim-script", "claim-step", "claim-data", "claim-run", "claim-check"]
SMALL = ["part", "fresh"]


@pytest.fixture(scope="module")
def chapter() -> dict:
    """What the chapter's cells define when they see CIFAR-10 instead of drawn images."""
    splits = cifar10(4000, 1000)
    pixels = splits["train"][0].double() / 255
    mean, std = (statistic(pixels, dim=(0, 1, 2)).float() for statistic in (torch.mean, torch.std))
    train = Loader(*splits["train"], mean, std, batch_size=128, shuffle=True, augment=True)
    val = Loader(*splits["test"], mean, std, batch_size=128)
    names = {"copy": copy, "OrderedDict": OrderedDict, "SimpleNamespace": SimpleNamespace}
    names |= {"torch": torch, "nn": nn, "F": F, "cnnlib": cnnlib}
    names["loaders"] = SimpleNamespace(train=train, val=val, mean=mean, std=std)
    return run_cells("training", LOOP + SMALL, names)


@pytest.fixture(scope="module")
def checks(chapter) -> dict:
    return run_cells("training", CLAIM, dict(chapter))["checks"]


def test_on_cifar10_every_augmented_image_is_one_of_the_162_variants(chapter):
    run_cells("training", ["augment-check", "augment-count"], dict(chapter))


def test_on_cifar10_the_correct_script_passes_all_three_checks(checks):
    first, last, right = checks["none"]
    assert abs(first - 2.303) < 0.5
    assert last < 0.1
    assert right > 0.2


def test_on_cifar10_a_softmax_passes_the_first_check_and_stays_above_its_floor(checks):
    first, last, _ = checks["softmax before the loss"]
    assert abs(first - 2.303) < abs(checks["none"][0] - 2.303)
    assert last > 1.46


def test_on_cifar10_learning_by_heart_exposes_what_is_not_connected(checks):
    assert checks["last layer 30 times too large"][0] > 5
    assert min(checks[name][1] for name in ("no zero_grad", "optimizer of another model")) > 0.5


def test_on_cifar10_only_new_images_expose_wrong_labels_and_a_wrong_validation(checks):
    for name in ("labels of the image before", "validation not standardized"):
        assert checks[name][1] < 0.1
        assert checks[name][2] < 0.8 * checks["none"][2]


def test_on_cifar10_the_loop_equals_fit_and_a_resumed_run_equals_an_uninterrupted_one(chapter):
    run_cells("training", ["fit-check", "save", "state", "restore", "resume"], dict(chapter))
