"""The model runs once more, to look at its outputs.

Feedback: gradient_norms runs the model 2 times, expected once.
"""

import torch.nn.functional as F
from torch import nn


def gradient_norms(model, images, labels):
    model(images)
    F.cross_entropy(model(images), labels).backward()
    return [layer.weight.grad.norm().item() for layer in model.modules() if isinstance(layer, nn.Conv2d)]
