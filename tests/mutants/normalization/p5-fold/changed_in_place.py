"""The weight of the convolution is overwritten.

Feedback: in place
"""

import torch


def fold_batch_norm(conv_weight, conv_bias, running_mean, running_var, weight, bias, eps=1e-5):
    scale = weight / torch.sqrt(running_var + eps)
    shift = bias - running_mean * scale
    new_bias = shift if conv_bias is None else shift + conv_bias * scale
    conv_weight *= scale[:, None, None, None]
    return conv_weight, new_bias
