"""A map of one pixel is refused, as by the library.

Feedback: raised ValueError (expected more than one value)
"""

import torch


def instance_norm(input, eps=1e-5):
    if input[0, 0].numel() == 1:
        raise ValueError("expected more than one value")
    var, mean = torch.var_mean(input, dim=(2, 3), correction=0, keepdim=True)
    return (input - mean) / torch.sqrt(var + eps)
