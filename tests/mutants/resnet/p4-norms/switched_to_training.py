"""The mode of the model is changed."""

import torch.nn.functional as F
from torch import nn


def gradient_norms(model, images, labels):
    model.train()
    F.cross_entropy(model(images), labels).backward()
    return [layer.weight.grad.norm().item() for layer in model.modules() if isinstance(layer, nn.Conv2d)]
