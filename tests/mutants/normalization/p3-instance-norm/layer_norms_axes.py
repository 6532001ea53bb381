"""All channels of an image share their statistics.

Feedback: Likely mistake: all channels of an image share their statistics
"""

import torch


def instance_norm(input, eps=1e-5):
    var, mean = torch.var_mean(input, dim=(1, 2, 3), correction=0, keepdim=True)
    return (input - mean) / torch.sqrt(var + eps)
