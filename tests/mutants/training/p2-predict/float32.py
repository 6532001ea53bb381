"""Always float32.

Feedback: returned at
"""

import torch


def predict(model, batches):
    model.eval()
    with torch.no_grad():
        return torch.cat([model(x) for x, _ in batches]).float()
