"""The statistics go over the channels, pixel by pixel.

Feedback: Likely mistake: the statistics go over the channels alone, pixel by pixel
"""

import torch


def layer_norm(input, weight, bias, eps=1e-5):
    var, mean = torch.var_mean(input, dim=1, correction=0, keepdim=True)
    return (input - mean) / torch.sqrt(var + eps) * weight + bias
