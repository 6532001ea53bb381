"""The input is never added.

Feedback: Likely mistake: the input is not added
"""

from torch import nn


class InvertedResidual(nn.Module):
    def __init__(self, in_channels, channels, stride=1, expansion=6):
        super().__init__()
        hidden = expansion * in_channels
        layers = []
        if expansion != 1:
            layers += [nn.Conv2d(in_channels, hidden, 1, bias=False), nn.BatchNorm2d(hidden), nn.ReLU6()]
        layers += [
            nn.Conv2d(hidden, hidden, 3, stride, padding=1, groups=hidden, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(),
            nn.Conv2d(hidden, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        ]
        self.branch = nn.Sequential(*layers)
        self.residual = stride == 1 and in_channels == channels

    def forward(self, x):
        y = self.branch(x)
        return y
