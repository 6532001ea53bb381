"""The mode is left as it was.

Feedback: Likely mistake: the model is not switched to evaluation mode
"""

import torch


def predict(model, batches):
    with torch.no_grad():
        return torch.cat([model(x) for x, _ in batches])
