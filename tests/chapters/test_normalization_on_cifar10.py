"""The experiments of the chapter on normalization, on real photographs."""

import copy

import pytest
import torch
from on_cifar10 import cifar10, photographs, run_cells
from torch import nn
from torch.nn import functional as F

from cnnlib import recorded

WRONG_MODE = ["statistics", "claim-network", "train", "accuracy", "claim-train", "wrong-mode"]


@pytest.fixture(scope="module")
def tests_of():
    """Test accuracies of the recorded recipe on photographs, one for each of two seeds."""
    photographs()
    recipe = recorded.load("normalization")

    def run(**settings) -> list[float]:
        return [recipe.run("cifar10", seed=seed, **settings)["test"] for seed in (0, 1)]

    return run


def test_on_cifar10_standardized_inputs_are_ahead_of_bytes_without_batch_norm(tests_of):
    plain = {"net": "shallow", "norm": "none"}
    standardized = tests_of(inputs="standardized", rate=0.3, **plain)
    for rate in (0.001, 0.003, 0.01):
        assert max(tests_of(inputs="bytes", rate=rate, **plain)) < min(standardized) - 0.03


def test_on_cifar10_bytes_end_within_two_points_of_standardized_inputs_with_batch_norm(tests_of):
    normed = {"net": "shallow", "norm": "batch", "rate": 0.3}
    bytes_, standardized = (tests_of(inputs=inputs, **normed) for inputs in ("bytes", "standardized"))
    assert min(bytes_) > 0.3
    assert abs(sum(bytes_) - sum(standardized)) / 2 < 0.02


def test_on_cifar10_ten_times_the_weights_need_a_hundred_times_the_rate(tests_of):
    deep = {"net": "deep", "norm": "batch", "rate": 0.3}
    usual = tests_of(**deep)
    assert max(tests_of(scale=10, **deep)) < min(usual) - 0.05
    assert sum(tests_of(scale=10, conv_rate=30.0, **deep)) == pytest.approx(sum(usual), abs=0.08)


def test_on_cifar10_the_network_learns_with_batch_norm_and_hardly_with_hes_weights_alone(tests_of):
    normed = tests_of(net="deep", norm="batch", rate=0.3)
    assert min(normed) > 0.28
    assert max(tests_of(net="deep", norm="none", rate=0.3)) < 0.15
    for rate in (0.1, 0.3, 1.0):
        assert max(tests_of(net="deep", norm="none", init="he", rate=rate)) < min(normed) - 0.05


def test_on_cifar10_batch_norm_collapses_in_the_wrong_mode_and_its_relatives_do_not():
    names = {"copy": copy, "torch": torch, "nn": nn, "F": F}
    for split, (images, labels) in cifar10(3000, 2000).items():
        names[f"{split}_bytes"] = F.avg_pool2d(images.permute(0, 3, 1, 2).float(), 2)
        names[f"{split}_labels"] = labels
    answers = run_cells("normalization", WRONG_MODE, names)["answers"]
    assert len({name for _way, name in answers}) == 3
    for (way, name), tests in answers.items():
        for test, kept in zip(tests, answers["eval", name], strict=True):
            if name != "batch":
                assert abs(test - kept) < 0.01
            elif way == "train, 50 mixed":
                assert abs(test - kept) < 0.1
            elif way in ("train,  1 mixed", "train, one class"):
                assert test < kept - 0.1
