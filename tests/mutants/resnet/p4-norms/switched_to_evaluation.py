"""The model is put into evaluation mode.

Feedback: Likely mistake: the model is switched to evaluation mode
"""

import torch.nn.functional as F
from torch import nn


def gradient_norms(model, images, labels):
    model.eval()
    F.cross_entropy(model(images), labels).backward()
    return [layer.weight.grad.norm().item() for layer in model.modules() if isinstance(layer, nn.Conv2d)]
