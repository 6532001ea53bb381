"""The linear layer has no bias.

Feedback: has no bias
"""

from torch import nn


class Head(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.linear = nn.Linear(channels, classes, bias=False)

    def forward(self, x):
        return self.linear(x.mean((2, 3)))


def any_size_head(channels, classes):
    return Head(channels, classes)
