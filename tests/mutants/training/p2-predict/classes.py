"""The predicted classes.

Feedback: Likely mistake: that are classes
"""

import torch


def predict(model, batches):
    model.eval()
    with torch.no_grad():
        return torch.cat([model(x) for x, _ in batches]).argmax(dim=1)
