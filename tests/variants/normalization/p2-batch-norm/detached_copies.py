"""Means by sums, the spread of each value kept; the running statistics under no_grad."""

import torch


def batch_norm(input, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
    shape = (1, -1, 1, 1)
    if training:
        count = input.shape[0] * input.shape[2] * input.shape[3]
        mean = input.sum((0, 2, 3), keepdim=True) / count
        var = torch.mean((input - mean) ** 2, (0, 2, 3), keepdim=True)
        with torch.no_grad():
            running_mean = running_mean * (1 - momentum) + momentum * mean.flatten()
            running_var = running_var * (1 - momentum) + momentum * var.flatten() * (count / (count - 1))
    else:
        mean, var = running_mean.reshape(shape), running_var.reshape(shape)
    normalized = (input - mean) / (var + eps).sqrt()
    return (normalized * weight.reshape(shape) + bias.reshape(shape), running_mean, running_var)
