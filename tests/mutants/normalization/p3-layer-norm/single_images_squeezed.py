"""A batch of one image loses its axis."""

import torch


def layer_norm(input, weight, bias, eps=1e-5):
    images = input.squeeze()
    var, mean = torch.var_mean(images, dim=(-3, -2, -1), correction=0, keepdim=True)
    return (images - mean) / torch.sqrt(var + eps) * weight + bias
