"""Evaluation mode passes no gradient.

Feedback: Likely mistake: evaluation mode passes no gradient; it should, as training mode does
"""

import torch


def batch_norm(input, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        var, mean = torch.var_mean(input, dim=(0, 2, 3), correction=0)
        n = input.numel() / input.shape[1]
        running_mean = (1 - momentum) * running_mean + momentum * mean.detach()
        running_var = (1 - momentum) * running_var + momentum * var.detach() * n / (n - 1)
    mean, var, weight, bias = (values[:, None, None] for values in (mean, var, weight, bias))
    y = weight * (input - mean) / torch.sqrt(var + eps) + bias
    return y if training else y.detach(), running_mean, running_var
