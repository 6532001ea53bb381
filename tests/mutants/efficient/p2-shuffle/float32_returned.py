"""The result is in float32, whatever the input.

Feedback: returned dtype float32, expected float64
"""

import torch


def channel_shuffle(input, groups):
    order = torch.arange(input.shape[1]).reshape(groups, -1).T.flatten()
    return input[:, order].float()
