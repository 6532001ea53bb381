"""A matrix of one row a channel; one factor and one summand for each; the branches apart."""

import torch


def batch_norm(input, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
    N, C, H, W = input.shape
    rows = input.permute(1, 0, 2, 3).reshape(C, -1)
    if training:
        mean = rows.mean(dim=1)
        centered = rows - mean[:, None]
        squares = (centered * centered).sum(dim=1)
        var = squares / rows.shape[1]
        new_mean = running_mean + momentum * (mean.data - running_mean)
        new_var = running_var + momentum * (squares.data / (rows.shape[1] - 1) - running_var)
    else:
        mean, var, new_mean, new_var = running_mean, running_var, running_mean, running_var
        centered = rows - mean[:, None]
    rows = centered * (weight * torch.rsqrt(var + eps))[:, None] + bias[:, None]
    return [rows.reshape(C, N, H, W).permute(1, 0, 2, 3), new_mean, new_var]
