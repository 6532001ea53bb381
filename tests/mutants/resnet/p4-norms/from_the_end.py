"""The last layer comes first.

Feedback: Likely mistake: the list starts at the last layer
"""

import torch.nn.functional as F
from torch import nn


def gradient_norms(model, images, labels):
    F.cross_entropy(model(images), labels).backward()
    norms = [layer.weight.grad.norm().item() for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    return norms[::-1]
