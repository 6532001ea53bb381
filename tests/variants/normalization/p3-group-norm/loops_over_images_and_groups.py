"""A loop over images and one over groups, by slices."""

import torch


def group_norm(input, num_groups, weight, bias, eps=1e-5):
    size = input.shape[1] // num_groups
    result = torch.empty_like(input)
    for n in range(input.shape[0]):
        for first in range(0, input.shape[1], size):
            values = input[n, first : first + size]
            std = torch.sqrt(values.var(correction=0) + eps)
            result[n, first : first + size] = (values - values.mean()) / std
    return result * weight.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)
