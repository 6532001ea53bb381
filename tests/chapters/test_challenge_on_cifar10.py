"""The measured claim of the chapter on the challenge, on real photographs; its long run is too long here."""

import copy
import math
from types import SimpleNamespace

import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F

import cnnlib
from cnnlib import challenge
from cnnlib.data import Loader
from cnnlib.recorded import challenge as recipe

CLAIM = ["networks", "more-networks", "all-networks", "claim-train", "claim-run"]


@pytest.fixture(scope="module")
def claim() -> dict:
    """What the chapter's cells define when they see 4,000 photographs three times."""
    splits = cifar10(4000, 1000)
    pixels = splits["train"][0].double() / 255
    mean, std = (statistic(pixels, dim=(0, 1, 2)).float() for statistic in (torch.mean, torch.std))
    train = Loader(*splits["train"], mean, std, batch_size=32, shuffle=True)
    photographs = SimpleNamespace(train=train, val=Loader(*splits["test"], mean, std, batch_size=250))
    names = {"copy": copy, "torch": torch, "nn": nn, "F": F, "math": math, "cnnlib": cnnlib}
    # Too few images and epochs for the order of all four, which the chapter asserts when it is executed.
    names |= {"loaders": photographs, "on_photographs": False, "IMAGES": 4000, "EPOCHS": 3}
    return run_cells("challenge", CLAIM, names)


def test_on_cifar10_the_network_with_the_fewest_parameters_beats_lenet_and_keeps_up_with_the_mlp(claim):
    scores, counts = claim["scores"], claim["counts"]
    assert scores["separable"] > max(scores["LeNet"], scores["linear"]) + 0.01, scores
    assert scores["separable"] > scores["MLP"] - 0.03, scores
    assert counts["separable"] < min(counts[name] for name in counts if name != "separable") / 5


def test_on_cifar10_batch_norm_decides_whether_the_separable_network_beats_lenet(monkeypatch):
    """Lines of the record again, on half of its images."""
    photographs = cifar10(4000, 4000)
    std, mean = torch.std_mean(photographs["train"][0] / 255, dim=(0, 1, 2))
    splits = {}
    for name, (images, labels) in zip(("train", "val"), photographs.values(), strict=True):
        x = ((images / 255 - mean) / std).permute(0, 3, 1, 2)
        splits[name] = x.contiguous(memory_format=torch.channels_last), labels
    monkeypatch.setattr(recipe, "images", splits.__getitem__)
    found = {}
    for kind, width in (("separable", 16), ("LeNet", 0)):
        for norm in (True, False):
            rate = recipe.BEST[kind, norm, width]
            found[kind, norm] = recipe.run(kind, norm, width, rate, seed=1)["accuracy"]
    assert found["separable", False] < found["LeNet", False] - 0.05, found
    assert found["separable", True] > found["separable", False] + 0.08, found
    assert found["separable", True] > found["LeNet", True] - 0.06, found


def test_on_cifar10_the_file_holds_one_number_a_normalized_channel_less(claim, tmp_path):
    model = claim["trained"]["separable"][0]
    channels = sum(module.num_features for module in model.modules() if isinstance(module, nn.BatchNorm2d))
    path = challenge.export(model, tmp_path / "separable.onnx")
    assert challenge.count_parameters(path) == claim["counts"]["separable"] - channels
    x = torch.cat([batch for batch, _ in claim["few"].val])
    kept = torch.from_numpy(challenge.predict(path, x.numpy()))
    rounded = challenge.rounded(path, tmp_path / "rounded.onnx")
    changed = torch.from_numpy(challenge.predict(rounded, x.numpy()))
    truth = claim["few"].val.labels
    assert abs((kept == truth).double().mean() - claim["scores"]["separable"]) < 0.003
    assert abs((changed == truth).double().mean() - (kept == truth).double().mean()) < 0.02
