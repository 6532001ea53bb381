"""The experiment of the chapter on attention, on real photographs."""

import itertools

import pytest
from on_cifar10 import cifar10

from cnnlib.data import Loader, Loaders
from cnnlib.recorded import attention as recipe


@pytest.fixture(scope="module")
def accuracies() -> dict[tuple[str, int], float]:
    """Test accuracy for each way to mix and number of images a class, with the chapter's rates for 160."""
    data = cifar10(5000, 2000)
    pixels = data["train"][0].double() / 255
    mean, std = pixels.mean(dim=(0, 1, 2)).float(), pixels.std(dim=(0, 1, 2)).float()
    train, test = (Loader(*data[split], mean, std, batch_size=100) for split in ("train", "test"))
    loaders = Loaders(train, test, test, (), mean, std)  # no validation: no rate is chosen here
    return {
        (mixer, per_class): recipe.accuracy(
            recipe.train(mixer, per_class, recipe.RATES[mixer, 160], seed=0, loaders=loaders), test
        )
        for mixer, per_class in itertools.product(("attention", "convolution"), (32, 400))
    }


def test_on_cifar10_both_ways_to_mix_learn_and_gain_by_more_images(accuracies):
    for mixer in ("attention", "convolution"):
        assert accuracies[mixer, 32] > 0.18  # guessing gives 0.1
        assert accuracies[mixer, 400] > accuracies[mixer, 32] + 0.01


def test_on_cifar10_the_convolution_is_ahead_with_few_images_and_with_more(accuracies):
    for per_class in (32, 400):
        assert accuracies["convolution", per_class] > accuracies["attention", per_class] + 0.01
