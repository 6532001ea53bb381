"""What the chapter on transfer says about photographs, run again with the stored network."""

from types import SimpleNamespace

import pytest
import torch
from on_cifar10 import cifar10

from cnnlib import recorded


@pytest.fixture(scope="module")
def recipe():
    """The recipe; its new classes come from the first 20,000 training and 4,000 test photographs."""
    module = recorded.load("transfer")
    splits = cifar10(20000, 4000)
    pixels = splits["train"][0][:5000].double() / 255
    mean, std = (statistic(pixels, dim=(0, 1, 2)).float() for statistic in (torch.mean, torch.std))

    def images(_name, split, classes):
        x, y = splits[split]
        chosen = (y >= classes.start) & (y < classes.stop)
        return x[chosen].permute(0, 3, 1, 2).contiguous(), y[chosen] - classes.start

    module.images = images
    module.loaded = lambda _name: SimpleNamespace(mean=mean, std=std)
    return module


def accuracy(recipe, way, labels, seed=1):
    return recipe.run(**recipe.line(way, labels, recipe.CHOSEN[way][labels], seed))["accuracy"]


def test_with_ten_labels_a_near_body_is_far_ahead_of_scratch_and_of_random_features(recipe):
    scratch, probe, tuned, random = (
        accuracy(recipe, way, 10) for way in ("scratch", "probe", "fine-tune", "random probe")
    )

    assert min(probe, tuned) > scratch + 0.03
    assert probe > random + 0.1


def test_fixed_features_of_a_far_body_are_worth_little_more_than_random_ones(recipe):
    far, random, scratch = (accuracy(recipe, way, 30) for way in ("far probe", "random probe", "scratch"))

    assert far < random + 0.06
    assert far < scratch - 0.03


def test_as_a_start_a_far_body_helps_less_than_a_near_one(recipe):
    near, far, scratch = (accuracy(recipe, way, 30) for way in ("fine-tune", "far fine-tune", "scratch"))

    assert scratch - 0.02 < far < near - 0.02


def test_the_stored_network_knows_its_own_five_classes(recipe):
    model, mean, std = recipe.pretrained("cifar10")
    x, y = recipe.images("cifar10", "test", recipe.SOURCE)

    assert recipe.accuracy(model, recipe.standardize(x, mean, std), y) > 0.75
    assert recipe.accuracy(model, x.float(), y) < 0.5
