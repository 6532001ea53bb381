"""The result is in single precision.

Feedback: returned dtype float32, expected float64
"""

import torch


def group_norm(input, num_groups, weight, bias, eps=1e-5):
    groups = input.float().reshape(len(input), num_groups, -1)
    var, mean = torch.var_mean(groups, dim=2, correction=0, keepdim=True)
    normalized = ((groups - mean) / torch.sqrt(var + eps)).reshape(input.shape)
    return (normalized * weight[:, None, None] + bias[:, None, None]).float()
