"""ε and the momentum are always the default ones.

Feedback: Likely mistake: momentum is always 0.1
"""

import torch


def batch_norm(input, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
    mean, var = running_mean, running_var
    if training:
        var, mean = torch.var_mean(input, dim=(0, 2, 3), correction=0)
        n = input.numel() / input.shape[1]
        running_mean = 0.9 * running_mean + 0.1 * mean.detach()
        running_var = 0.9 * running_var + 0.1 * var.detach() * n / (n - 1)
    mean, var, weight, bias = (values[:, None, None] for values in (mean, var, weight, bias))
    return weight * (input - mean) / torch.sqrt(var + 1e-5) + bias, running_mean, running_var
