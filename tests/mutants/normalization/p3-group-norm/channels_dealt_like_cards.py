"""Channel c is given to group c % num_groups.

Feedback: Likely mistake: channel c is given to group c % num_groups
"""

import torch


def group_norm(input, num_groups, weight, bias, eps=1e-5):
    N, C, H, W = input.shape
    groups = input.reshape(N, C // num_groups, num_groups, H, W)
    var, mean = torch.var_mean(groups, dim=(1, 3, 4), correction=0, keepdim=True)
    normalized = ((groups - mean) / torch.sqrt(var + eps)).reshape(N, C, H, W)
    return normalized * weight[:, None, None] + bias[:, None, None]
