"""A loop; the gradients are removed before and after."""

import torch.nn.functional as F
from torch import nn


def gradient_norms(model, images, labels):
    model.zero_grad()
    loss = F.nll_loss(F.log_softmax(model(images), dim=1), labels)
    loss.backward()
    norms = []
    for layer in model.modules():
        if type(layer) is nn.Conv2d:
            norms.append((layer.weight.grad**2).sum().sqrt().item())
    model.zero_grad()
    return norms
