"""Whole groups change places.

Feedback: Likely mistake: the groups change places as wholes
"""

import torch


def channel_shuffle(input, groups):
    order = torch.arange(input.shape[1]).reshape(groups, -1).flip(0).flatten()
    return input[:, order]
