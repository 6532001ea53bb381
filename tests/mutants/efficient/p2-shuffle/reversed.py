"""The channels are reversed.

Feedback: Likely mistake: the order of the channels is reversed
"""

import torch


def channel_shuffle(input, groups):
    order = torch.arange(input.shape[1]).flip(0)
    return input[:, order]
