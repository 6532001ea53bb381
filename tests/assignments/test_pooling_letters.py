"""The statements of the pooling exercise, decided by measuring the networks of its table."""

import assignments
import torch
import torch.nn.functional as F
from torch import nn

from cnnlib.data.shapes10 import draw

ROUNDING = 1e-5


def keep(x):
    return x


def second(x):
    return x[:, :, ::2, ::2]


def dense_max(x):
    x = torch.maximum(x, x.roll(-1, 2))
    return torch.maximum(x, x.roll(-1, 3))


def largest(x):
    return second(dense_max(x))


def mean(x):
    return F.avg_pool2d(x, 2)


def blurred(x):
    x = dense_max(x)
    for axis in (2, 3):
        x = (x.roll(-1, axis) + 2 * x + x.roll(1, axis)) / 4
    return second(x)


def convolutions(seed):
    torch.manual_seed(seed)
    return [nn.Conv2d(channels, 16, 3, padding=1, padding_mode="circular") for channels in (3, 16, 16)]


def changes(halve, *shifts):
    """How much each diagonal shift changes the features, as the mean of two random networks."""
    pictures = torch.from_numpy(draw(2, seed=0)[0]).permute(0, 3, 1, 2) / 255
    total = dict.fromkeys(shifts, 0.0)
    for seed in (0, 1):
        x = torch.cat([pictures, *(pictures.roll((pixels, pixels), (2, 3)) for pixels in shifts)])
        with torch.no_grad():
            for convolution in convolutions(seed):
                x = halve(convolution(x).relu())
        before, *after = x.mean((2, 3)).split(len(pictures))
        for pixels, moved in zip(shifts, after, strict=True):
            total[pixels] += float((moved - before).norm() / before.norm()) / 2
    return total


def test_the_letters_are_those_of_the_statements_that_hold():
    found = {halve: changes(halve, 1, 2, 8) for halve in (second, largest, mean, blurred)}
    kept = changes(keep, 1, 4)
    holds = {
        "a": max(kept.values()) < ROUNDING,
        "b": found[largest][1] < ROUNDING,
        "c": found[largest][1] < found[second][1],
        "d": found[blurred][1] < found[largest][1] / 2,
        "e": min(of_step[2] for of_step in found.values()) < ROUNDING,
        "f": max(of_step[8] for of_step in found.values()) < ROUNDING,
        "g": False,  # blur pooling has no parameters
    }
    right = assignments.module_of("pooling").conclusions.right["true_statements"]
    assert tuple(letter for letter, true in holds.items() if true) == right
