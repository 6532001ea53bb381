"""The optimizer made from `parameter_groups`, another loss, and gradients cleared by the model."""

import numpy as np
import torch
from torch import nn


def train(model, epochs, rate, momentum=0.0):
    model = model.train()
    criterion = nn.CrossEntropyLoss(reduction="none")
    optimizer = torch.optim.SGD([{"params": list(model.parameters())}], lr=rate, momentum=momentum)
    history = []
    for batches in epochs:
        losses = []
        for images, labels in batches:
            each = criterion(model(images), labels)
            model.zero_grad(set_to_none=True)
            each.mean().backward()
            optimizer.step()
            losses.extend(each.detach().tolist())
        history.append(np.mean(losses))
    return history
