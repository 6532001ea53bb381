"""`num_groups` is taken for the channels of a group.

Feedback: Likely mistake: num_groups is taken for the number of channels in a group
"""

import torch


def group_norm(input, num_groups, weight, bias, eps=1e-5):
    groups = input.reshape(len(input), input.shape[1] // num_groups, -1)
    var, mean = torch.var_mean(groups, dim=2, correction=0, keepdim=True)
    normalized = ((groups - mean) / torch.sqrt(var + eps)).reshape(input.shape)
    return normalized * weight[:, None, None] + bias[:, None, None]
