"""Reshaped to a table and back, never transposed.

Feedback: Likely mistake: nothing is moved
"""

import torch


def channel_shuffle(input, groups):
    order = torch.arange(input.shape[1]).reshape(groups, -1).flatten()
    return input[:, order]
