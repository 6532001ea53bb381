"""A diagonal matrix times the flattened filters, in double precision."""

import torch


def fold_batch_norm(conv_weight, conv_bias, running_mean, running_var, weight, bias, eps=1e-5):
    scale = torch.diag(weight.double() / (running_var.double() + eps) ** 0.5)
    new_weight = (scale @ conv_weight.double().flatten(1)).reshape(conv_weight.shape)
    old_bias = torch.zeros_like(running_mean) if conv_bias is None else conv_bias
    new_bias = scale @ (old_bias - running_mean).double() + bias
    return new_weight.to(conv_weight.dtype), new_bias.to(bias.dtype)
