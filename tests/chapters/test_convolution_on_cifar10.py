"""The experiments of the chapter on convolution, on real photographs."""

import numpy as np
import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F

CELLS = ["shift-error", "shift-stride", "race", "race-train", "race-fit", "race-errors"]


@pytest.fixture(scope="module")
def experiment() -> dict:
    """What the chapter's cells define when they see CIFAR-10 instead of their own images."""
    gray = {
        split: images.double().mean(dim=3)[:, None] / 255 - 0.5
        for split, (images, _) in cifar10(1100, 200).items()
    }
    sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    names = {"np": np, "torch": torch, "nn": nn, "F": F, "sobel": sobel}
    names |= {"train_images": gray["train"], "test_images": gray["test"]}
    return run_cells("convolution", CELLS, names)


def shift_errors(experiment: dict, layer: str, inside: slice = slice(None)) -> float:
    f, x, shift = experiment[layer], experiment["test_images"], experiment["shift"]
    with torch.no_grad():
        return experiment["distance"](f(shift(x))[..., inside], shift(f(x))[..., inside])


def test_on_cifar10_a_convolution_moves_with_the_image_and_a_dense_layer_does_not(experiment):
    assert shift_errors(experiment, "circular") < 1e-12
    assert shift_errors(experiment, "zeros") > 0.01
    assert shift_errors(experiment, "zeros", slice(4, 31)) < 1e-12
    assert shift_errors(experiment, "dense") > 1


def test_on_cifar10_a_stride_of_two_is_equivariant_to_a_shift_by_two_only(experiment):
    strided, x, shift = (experiment[name] for name in ("strided", "test_images", "shift"))
    gaps = {
        by: [experiment["distance"](strided(shift(x, by)), shift(strided(x), k)) for k in range(16)]
        for by in (1, 2)
    }
    assert gaps[2][1] < 1e-12
    assert min(gaps[1]) > 0.3


def test_on_cifar10_gradient_descent_finds_sobels_kernel_in_ten_images(experiment):
    assert experiment["error"] < 1e-3


def test_on_cifar10_one_image_teaches_a_convolution_nine_a_local_layer_and_ten_no_dense_layer(experiment):
    errors, teacher, images = (experiment[name] for name in ("errors", "teacher", "train_images"))
    for start in (0, 100, 200):
        assert errors(images[start : start + 1], teacher)[0] < 1e-6
        local_of_three = errors(images[start : start + 3], teacher)[1]
        convolution, local, dense = errors(images[start : start + 9], teacher)
        assert local_of_three > 0.1
        assert max(convolution, local) < 1e-3
        assert dense > 0.7
    assert errors(images, teacher)[2] < 1e-3


def test_on_cifar10_a_convolution_cannot_learn_two_kernels_for_two_places(experiment):
    names = run_cells("convolution", ["race-unfair"], dict(experiment))
    convolution, local, dense = (names[layer] for layer in ("conv", "local", "dense"))
    assert convolution > 0.2
    assert max(local, dense) < 1e-3
