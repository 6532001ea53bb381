"""`children()` finds no layer inside another."""

import torch.nn.functional as F
from torch import nn


def gradient_norms(model, images, labels):
    F.cross_entropy(model(images), labels).backward()
    return [layer.weight.grad.norm().item() for layer in model.children() if isinstance(layer, nn.Conv2d)]
