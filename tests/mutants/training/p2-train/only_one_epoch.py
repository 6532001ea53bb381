"""It returns after the first epoch."""

import torch
import torch.nn.functional as F


def train(model, epochs, rate, momentum=0.0):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
    model.train()
    history = []
    for batches in epochs:
        total, images = 0.0, 0
        for x, y in batches:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            images += len(y)
        history.append(total / images)
        return history
