"""The statistics go over N, H and W.

Feedback: Likely mistake: the statistics go over N, H and W, as in batch norm
"""

import torch


def layer_norm(input, weight, bias, eps=1e-5):
    var, mean = torch.var_mean(input, dim=(0, 2, 3), correction=0, keepdim=True)
    return (input - mean) / torch.sqrt(var + eps) * weight + bias
