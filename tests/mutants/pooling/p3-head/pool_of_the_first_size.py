"""The window is that of the first image seen, also for later ones."""

from torch import nn


class Head(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.linear = nn.Linear(channels, classes)
        self.size = None

    def forward(self, x):
        if self.size is None:
            self.size = x.shape[2] * x.shape[3]
        return self.linear(x.sum((2, 3)) / self.size)


def any_size_head(channels, classes):
    return Head(channels, classes)
