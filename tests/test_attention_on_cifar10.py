"""The experiments of the chapter on attention, on real photographs."""

import itertools

import pytest
import torch
from on_cifar10 import cifar10
from torch.nn import functional as F

from cnnlib.data import Loader, Loaders
from cnnlib.recorded import attention as recipe


@pytest.fixture(scope="module")
def loaders() -> Loaders:
    """CIFAR-10's first images, standardized; there is no validation, since no rate is chosen here."""
    data = cifar10(5000, 2000)
    pixels = data["train"][0].double() / 255
    mean, std = pixels.mean(dim=(0, 1, 2)).float(), pixels.std(dim=(0, 1, 2)).float()
    train, test = (Loader(*data[split], mean, std, batch_size=100) for split in ("train", "test"))
    return Loaders(train, test, test, tuple("0123456789"), mean, std)


@pytest.fixture(scope="module")
def accuracies(loaders) -> dict[tuple[str, int], torch.Tensor]:
    """Test accuracy of two seeds, for each way to mix and number of images a class."""
    results = {}
    for mixer, per_class in itertools.product(("attention", "convolution"), (32, 400)):
        nets = [
            recipe.train(mixer, per_class, recipe.RATES[mixer], seed, loaders=loaders) for seed in range(2)
        ]
        results[mixer, per_class] = torch.tensor([recipe.accuracy(net, loaders.test) for net in nets])
    return results
