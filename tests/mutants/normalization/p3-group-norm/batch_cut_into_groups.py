"""The batch is cut into groups, not the channels.

Feedback: Likely mistake: the batch is cut into num_groups pieces
"""

import torch


def group_norm(input, num_groups, weight, bias, eps=1e-5):
    groups = input.reshape(num_groups, -1)
    var, mean = torch.var_mean(groups, dim=1, correction=0, keepdim=True)
    normalized = ((groups - mean) / torch.sqrt(var + eps)).reshape(input.shape)
    return normalized * weight[:, None, None] + bias[:, None, None]
