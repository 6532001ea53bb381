"""The projection pools with a window that sticks out at odd sizes; other activations in blocks 2 and 3."""

from torch import nn


def residual_blocks():
    def branch(channels, between, stride=1, dilation=1):
        return nn.Sequential(
            nn.Conv2d(8, channels, 3, stride, padding=dilation, dilation=dilation),
            between,
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    pooled = nn.Sequential(nn.AvgPool2d(2, ceil_mode=True), nn.Conv2d(8, 16, 1))
    return [
        Residual(branch(8, nn.ReLU())),  # noqa: F821
        Residual(branch(16, nn.GELU(), stride=2), pooled),  # noqa: F821
        Residual(branch(12, nn.Tanh(), dilation=2), nn.Conv2d(8, 12, 1, bias=False)),  # noqa: F821
    ]
