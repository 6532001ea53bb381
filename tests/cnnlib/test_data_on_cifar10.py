"""CIFAR-10 as `cnnlib.load` gives it, against what its authors published."""

import pytest
import torch
from on_cifar10 import photographs

from cnnlib.data import Loaders


@pytest.fixture(scope="module")
def real() -> Loaders:
    return photographs()


def test_real_cifar10_has_the_published_shape_classes_and_balance(real: Loaders):
    """50,000 training images, 5,000 a class: https://www.cs.toronto.edu/~kriz/cifar.html."""
    names = "airplane automobile bird cat deer dog frog horse ship truck"
    assert real.classes == tuple(names.split())
    assert real.train.images.shape == (45_000, 32, 32, 3)
    assert real.train.labels.bincount().tolist() == [4500] * 10
    assert real.val.labels.bincount().tolist() == [500] * 10
    counts = real.test.labels.bincount()
    assert len(counts) == 10
    assert counts.min() == counts.max()


def test_real_cifar10_has_the_usual_statistics(real: Loaders):
    """Those over all 50,000 training images, as recipes quote them; JPEG changes little."""
    torch.testing.assert_close(real.mean, torch.tensor([0.4914, 0.4822, 0.4465]), rtol=0, atol=0.003)
    torch.testing.assert_close(real.std, torch.tensor([0.2470, 0.2435, 0.2616]), rtol=0, atol=0.003)
