"""The result is in single precision.

Feedback: returned dtype float32, expected float64
"""

import torch


def instance_norm(input, eps=1e-5):
    maps = input.float()
    var, mean = torch.var_mean(maps, dim=(2, 3), correction=0, keepdim=True)
    return (maps - mean) / torch.sqrt(var + eps)
