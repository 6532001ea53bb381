"""The groups are a view of the input, which is overwritten.

Feedback: changed its argument in place
"""

import torch


def group_norm(input, num_groups, weight, bias, eps=1e-5):
    groups = input.view(len(input), num_groups, -1)
    var, mean = torch.var_mean(groups, dim=2, correction=0, keepdim=True)
    groups.sub_(mean).div_(torch.sqrt(var + eps))
    return groups.view(input.shape) * weight[:, None, None] + bias[:, None, None]
