"""ε is left out.

Feedback: Likely mistake: eps is left out
"""

import torch


def fold_batch_norm(conv_weight, conv_bias, running_mean, running_var, weight, bias, eps=1e-5):
    scale = weight / torch.sqrt(running_var)
    shift = bias - running_mean * scale
    new_bias = shift if conv_bias is None else shift + conv_bias * scale
    return conv_weight * scale[:, None, None, None], new_bias
