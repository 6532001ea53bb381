"""The experiments of the chapter on convolution, on real photographs."""

import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F


@pytest.fixture(scope="module")
def experiment() -> dict:
    """What the chapter's cells define when they see CIFAR-10 instead of their own images."""
    gray = {
        split: images.double().mean(dim=3)[:, None] / 255 - 0.5
        for split, (images, _) in cifar10(10, 200).items()
    }
    sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    names = {"torch": torch, "nn": nn, "F": F, "sobel": sobel}
    names |= {"train_images": gray["train"], "test_images": gray["test"]}
    return run_cells("convolution", ["count-parameters", "shift-error", "race", "race-train"], names)


def shift_errors(experiment: dict, layer: str, inside: slice = slice(None)) -> float:
    f, x, shift = experiment[layer], experiment["test_images"], experiment["shift"]
    with torch.no_grad():
        return experiment["distance"](f(shift(x))[..., inside], shift(f(x))[..., inside])


def test_on_cifar10_a_convolution_moves_with_the_image_and_a_dense_layer_does_not(experiment):
    assert shift_errors(experiment, "circular") < 1e-12
    assert shift_errors(experiment, "zeros") > 0.01
    assert shift_errors(experiment, "zeros", slice(4, 31)) < 1e-12
    assert shift_errors(experiment, "dense") > 1


def test_on_cifar10_nine_weights_learn_sobel_from_ten_images_and_a_dense_layer_does_not(experiment):
    miss, teacher, new, ten = (experiment[name] for name in ("miss", "teacher", "test_images", "ten"))
    with torch.no_grad():
        assert miss(experiment["conv"](new), teacher(new)) < 1e-3
        assert miss(experiment["dense"](ten), teacher(ten)) < 1e-3
        assert miss(experiment["dense"](new), teacher(new)) > 1
