"""A convolution without a bias gets none.

Feedback: Likely mistake: a convolution without a bias gets none
"""

import torch


def fold_batch_norm(conv_weight, conv_bias, running_mean, running_var, weight, bias, eps=1e-5):
    scale = weight / torch.sqrt(running_var + eps)
    new_bias = None if conv_bias is None else bias + (conv_bias - running_mean) * scale
    return conv_weight * scale[:, None, None, None], new_bias
