"""The features are detached: no gradient reaches the layers before.

Feedback: gradient for the input
"""

from torch import nn


class Head(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.linear = nn.Linear(channels, classes)

    def forward(self, x):
        return self.linear(x.detach().mean((2, 3)))


def any_size_head(channels, classes):
    return Head(channels, classes)
