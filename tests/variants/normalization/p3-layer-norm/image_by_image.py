"""One image after the other."""

import torch


def layer_norm(input, weight, bias, eps=1e-5):
    results = []
    for image in input:
        centered = image - image.mean()
        results.append(weight * centered / (centered.square().mean() + eps) ** 0.5 + bias)
    return torch.stack(results)
