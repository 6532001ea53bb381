"""The rest of the branch as one Sequential."""

from torch import nn


class MendedBlock(nn.Module):
    def __init__(self, in_channels, channels, stride=1):
        super().__init__()
        same = stride == 1 and in_channels == channels
        self.skip = None if same else nn.Conv2d(in_channels, channels, (1, 1), (stride, stride), bias=False)
        self.activate = nn.Sequential(nn.BatchNorm2d(in_channels), nn.ReLU(inplace=True))
        self.branch = nn.Sequential(
            nn.Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding="same", bias=False),
        )

    def forward(self, x):
        activated = self.activate(x)
        shortcut = x if self.skip is None else self.skip(activated)
        return self.branch(activated) + shortcut
