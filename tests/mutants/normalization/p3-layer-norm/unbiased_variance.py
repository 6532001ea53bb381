"""The default of `var` divides by n - 1.

Feedback: Likely mistake: the unbiased variance is used
"""

import torch


def layer_norm(input, weight, bias, eps=1e-5):
    mean = input.mean(dim=(1, 2, 3), keepdim=True)
    var = input.var(dim=(1, 2, 3), keepdim=True)
    return (input - mean) / torch.sqrt(var + eps) * weight + bias
