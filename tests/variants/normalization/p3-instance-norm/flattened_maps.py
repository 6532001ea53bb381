"""The maps are flattened; the mean of the squares less the squared mean, in double precision."""

import torch


def instance_norm(input, eps=1e-5):
    maps = input.double().flatten(2)
    mean = maps.mean(-1, keepdim=True)
    var = (maps**2).mean(-1, keepdim=True) - mean**2
    return ((maps - mean) * torch.rsqrt(var + eps)).reshape(input.shape).to(input.dtype)
