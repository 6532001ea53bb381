"""A list of scores, a tensor for each batch.

Feedback: expected a float32 tensor
"""

import torch


def predict(model, batches):
    model.eval()
    with torch.no_grad():
        return [model(x) for x, _ in batches]
