"""PyTorch's own layer.

Feedback: channel_shuffle is called
"""

from torch import nn


def channel_shuffle(input, groups):
    return nn.ChannelShuffle(groups)(input)
