"""Gradients are kept.

Feedback: requires a gradient
"""

import torch


def predict(model, batches):
    model.eval()
    return torch.cat([model(x) for x, _ in batches])
