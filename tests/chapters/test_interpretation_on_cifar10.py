"""What the chapter on interpretation says of pictures of a network, with one trained on photographs."""

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

PICTURES = ["grad-cam", "occlusion", "guided", "edges", "rank-correlation", "randomize", "some", "sanity"]


@pytest.fixture(scope="module")
def chapter() -> dict:
    """What the chapter's cells define for a narrow network that saw 4,000 photographs twice."""
    splits = cifar10(4000, 1000)
    std, mean = torch.std_mean(splits["train"][0] / 255, dim=(0, 1, 2))
    train = Loader(*splits["train"], mean, std, batch_size=64, shuffle=True)
    val = Loader(*splits["test"], mean, std, batch_size=128)
    names = {"copy": copy, "OrderedDict": OrderedDict, "torch": torch, "nn": nn, "F": F, "cnnlib": cnnlib}
    names["loaders"] = loaders = SimpleNamespace(train=train, val=val, mean=mean, std=std)
    run_cells("interpretation", ["blocks", "network"], names)
    torch.manual_seed(0)
    names["model"] = model = names["network"](width=8)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=2 * len(train))
    cnnlib.fit(model, loaders, optimizer, epochs=2, scheduler=cycle)
    model.eval()
    return run_cells("interpretation", PICTURES, names)


def test_on_cifar10_edges_survive_random_weights_and_grad_cam_and_saliency_do_not(chapter):
    likeness = chapter["likeness"]
    assert likeness["edges"][-1] > 0.999
    assert max(likeness["saliency"][-1], likeness["Grad-CAM"][-1]) < 0.5
    assert sum(likeness["guided"]) > sum(likeness["saliency"]) + 0.2


def test_on_cifar10_grad_cam_and_covering_agree_in_part_only(chapter):
    assert 0 < chapter["agreement"] < 0.9


def test_on_cifar10_a_class_that_is_not_there_has_a_map_too(chapter):
    model, x, k = (chapter[name] for name in ("model", "x", "k"))
    with torch.no_grad():
        second = model(x).topk(2).indices[:, 1]
    maps = chapter["grad_cam"](model[-3:], model[:-3](x), second)
    assert (second != k).all()
    assert (maps.amax(dim=(1, 2)) > 0).double().mean() > 0.5


def test_on_cifar10_covering_a_square_that_is_gray_already_changes_nothing(chapter):
    model, x = chapter["model"], chapter["x"][:4].clone()
    x[:, :, :8, :8] = 0
    falls = chapter["occlusion"](model, x, torch.tensor([0, 1, 2, 3]))
    assert falls[:, 0, 0].abs().max() < 1e-5 < falls.abs().max()
