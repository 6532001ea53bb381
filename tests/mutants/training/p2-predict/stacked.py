"""Batches are stacked; they must be equal for that.

Feedback: raised RuntimeError
"""

import torch


def predict(model, batches):
    model.eval()
    with torch.no_grad():
        return torch.stack([model(x) for x, _ in batches])
