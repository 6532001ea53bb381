"""The result is in single precision.

Feedback: returned dtype float32, expected float64
"""

import torch


def layer_norm(input, weight, bias, eps=1e-5):
    var, mean = torch.var_mean(input, dim=(1, 2, 3), correction=0, keepdim=True)
    return ((input - mean) / torch.sqrt(var + eps) * weight + bias).float()
