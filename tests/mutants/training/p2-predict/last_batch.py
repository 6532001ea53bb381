"""Only the last batch."""

import torch


def predict(model, batches):
    model.eval()
    with torch.no_grad():
        for x, _ in batches:
            scores = model(x)
    return scores
