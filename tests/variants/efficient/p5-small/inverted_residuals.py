"""Inverted residuals of part 4 with a small expansion."""

from torch import nn


def small_network():
    block = InvertedResidual  # noqa: F821
    blocks = [block(12, 12, expansion=2), block(12, 20, 2, expansion=3), block(20, 20, expansion=3)]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(20, 10)]
    stem = [nn.Conv2d(3, 12, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(12), nn.ReLU6()]
    return nn.Sequential(*stem, *blocks, *head)
