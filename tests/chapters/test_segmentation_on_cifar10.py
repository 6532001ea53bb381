"""What the chapter on segmentation shows without masks, on real photographs."""

import pytest
import torch
from on_cifar10 import cifar10, run_cells
from torch import nn
from torch.nn import functional as F


@pytest.fixture(scope="module")
def photographs() -> torch.Tensor:
    """50 photographs, shape (50, 3, 32, 32)."""
    images, _ = cifar10(1, 50)["test"]
    return images.permute(0, 3, 1, 2).double() / 255 - 0.5


@pytest.fixture(scope="module")
def names(photographs) -> dict:
    """What the chapter's cells on windows define."""
    torch.set_default_dtype(torch.float64)
    names = run_cells(
        "segmentation", ["fcn-build", "fcn-equal"], {"torch": torch, "nn": nn, "x": photographs}
    )
    torch.set_default_dtype(torch.float32)
    return names


def test_on_cifar10_a_fully_convolutional_network_gives_the_scores_of_all_windows(names, photographs):
    with torch.no_grad():
        windows, at_once = names["sliding"](names["patch_net"], photographs), names["fcn"](photographs)
    assert at_once.shape == (50, 6, 9, 9)
    assert torch.allclose(windows, at_once, atol=1e-10)
    assert at_once.std(dim=(2, 3)).min() > 1e-4  # the windows differ, so an equal score means something


def test_on_cifar10_the_windows_are_those_that_stand_two_pixels_apart(names, photographs):
    with torch.no_grad():
        shifted = names["fcn"](photographs[..., 2:])
        assert torch.allclose(shifted, names["fcn"](photographs)[..., 1:], atol=1e-10)
        assert not torch.allclose(names["fcn"](photographs[..., 1:-1]), shifted, atol=1e-3)


def test_on_cifar10_the_transposed_convolution_is_the_adjoint_and_not_the_inverse(photographs):
    torch.manual_seed(0)
    w = torch.randn(8, 3, 3, 3).double()
    forth = F.conv2d(photographs, w, stride=2, padding=1)
    y = torch.randn_like(forth)
    back = F.conv_transpose2d(y, w, stride=2, padding=1, output_padding=1)
    assert back.shape == photographs.shape
    assert torch.allclose((forth * y).sum(), (photographs * back).sum())
    again = F.conv_transpose2d(forth, w, stride=2, padding=1, output_padding=1)
    scale = (again * photographs).sum() / again.square().sum()  # the best that a factor can do
    assert (scale * again - photographs).norm() > 0.2 * photographs.norm()


def test_on_cifar10_unpooling_keeps_the_maxima_where_they_were_and_loses_the_rest(photographs):
    values, places = F.max_pool2d(photographs, 2, return_indices=True)
    back = F.max_unpool2d(values, places, 2)
    kept = back != 0
    assert torch.equal(back[kept], photographs[kept])
    assert kept.double().mean() <= 0.25
    assert torch.equal(F.max_pool2d(back - 9 * (~kept).double(), 2), values)
    assert not torch.allclose(back, photographs, atol=0.1)
