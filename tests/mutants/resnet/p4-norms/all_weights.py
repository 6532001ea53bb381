"""Every parameter with more than one axis counts, linear layers too.

Feedback: Likely mistake: linear layers are included
"""

import torch.nn.functional as F


def gradient_norms(model, images, labels):
    F.cross_entropy(model(images), labels).backward()
    return [parameter.grad.norm().item() for parameter in model.parameters() if parameter.dim() > 1]
