"""ε is added to the standard deviation.

Feedback: Likely mistake: eps is added outside the root
"""

import torch


def layer_norm(input, weight, bias, eps=1e-5):
    std, mean = torch.std_mean(input, dim=(1, 2, 3), correction=0, keepdim=True)
    return (input - mean) / (std + eps) * weight + bias
