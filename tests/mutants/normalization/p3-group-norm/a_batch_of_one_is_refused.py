"""A batch of one image is refused.

Feedback: raised ValueError (a batch has several images)
"""

import torch


def group_norm(input, num_groups, weight, bias, eps=1e-5):
    if len(input) < 2:
        raise ValueError("a batch has several images")
    groups = input.reshape(len(input), num_groups, -1)
    var, mean = torch.var_mean(groups, dim=2, correction=0, keepdim=True)
    normalized = ((groups - mean) / torch.sqrt(var + eps)).reshape(input.shape)
    return normalized * weight[:, None, None] + bias[:, None, None]
