"""torch.autograd.grad, which stores nothing."""

import torch
from torch import nn


def gradient_norms(model, images, labels):
    convs = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    loss = nn.CrossEntropyLoss()(model(images), labels)
    gradients = torch.autograd.grad(loss, [conv.weight for conv in convs])
    return [float(torch.linalg.vector_norm(gradient)) for gradient in gradients]
