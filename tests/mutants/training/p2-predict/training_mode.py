"""Predicted in training mode.

Feedback: the model is in training mode
"""

import torch


def predict(model, batches):
    model.train()
    with torch.no_grad():
        return torch.cat([model(x) for x, _ in batches])
