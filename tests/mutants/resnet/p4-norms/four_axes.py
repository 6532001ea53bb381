"""Every weight with four axes is taken for that of an nn.Conv2d.

Feedback: Likely mistake: every weight with four axes is included, not only those of nn.Conv2d
"""

import torch.nn.functional as F


def gradient_norms(model, images, labels):
    F.cross_entropy(model(images), labels).backward()
    return [parameter.grad.norm().item() for parameter in model.parameters() if parameter.dim() == 4]
