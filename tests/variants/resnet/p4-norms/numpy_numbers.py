"""NumPy's numbers, and all gradients in one list first."""

import numpy as np
from torch import nn


def gradient_norms(model, images, labels):
    nn.CrossEntropyLoss()(model(images), labels).backward()
    gradients = [layer.weight.grad.numpy() for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    return [np.sqrt(np.square(gradient).sum()) for gradient in gradients]
