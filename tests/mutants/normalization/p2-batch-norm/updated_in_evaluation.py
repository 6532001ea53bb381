"""The running statistics are updated in evaluation mode, too.

Feedback: Likely mistake: the running statistics are updated in evaluation mode, too
"""

import torch


def batch_norm(input, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
    var, mean = torch.var_mean(input, dim=(0, 2, 3), correction=0)
    n = input.numel() / input.shape[1]
    new_mean = (1 - momentum) * running_mean + momentum * mean.detach()
    new_var = (1 - momentum) * running_var + momentum * var.detach() * n / max(n - 1, 1)
    if not training:
        mean, var = running_mean, running_var
    mean, var, weight, bias = (values[:, None, None] for values in (mean, var, weight, bias))
    return weight * (input - mean) / torch.sqrt(var + eps) + bias, new_mean, new_var
