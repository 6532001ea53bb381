"""The sum of the squares.

Feedback: Likely mistake: the square root is missing
"""

import torch.nn.functional as F
from torch import nn


def gradient_norms(model, images, labels):
    F.cross_entropy(model(images), labels).backward()
    return [
        layer.weight.grad.square().sum().item() for layer in model.modules() if isinstance(layer, nn.Conv2d)
    ]
