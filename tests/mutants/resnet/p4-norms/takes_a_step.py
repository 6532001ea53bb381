"""Goes on to a step of gradient descent, as a training loop does.

Feedback: gradient_norms changes the model's weights; it should only measure.
"""

import torch
import torch.nn.functional as F
from torch import nn


def gradient_norms(model, images, labels):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    F.cross_entropy(model(images), labels).backward()
    optimizer.step()
    return [layer.weight.grad.norm().item() for layer in model.modules() if isinstance(layer, nn.Conv2d)]
