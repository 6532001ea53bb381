"""A softmax before the cross-entropy.

Feedback: Likely mistake: a softmax is applied before the cross-entropy
"""

import torch.nn.functional as F
from torch import nn


def gradient_norms(model, images, labels):
    F.cross_entropy(model(images).softmax(1), labels).backward()
    return [layer.weight.grad.norm().item() for layer in model.modules() if isinstance(layer, nn.Conv2d)]
