"""The input's channels are overwritten.

Feedback: changed its argument in place
"""

import torch


def channel_shuffle(input, groups):
    order = torch.arange(input.shape[1]).reshape(groups, -1).T.flatten()
    input[:] = input[:, order].clone()
    return input.clone()
