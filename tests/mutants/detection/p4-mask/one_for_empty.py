"""Two empty masks give 1.

Feedback: two empty masks give 1
"""

import torch


def mask_iou(masks, others):
    a, b = masks.flatten(1).float(), others.flatten(1).float()
    inside = a @ b.T
    union = a.sum(1)[:, None] + b.sum(1) - inside
    return torch.where(union > 0, inside / union, torch.ones_like(union))
