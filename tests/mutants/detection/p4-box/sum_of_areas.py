"""The union counts the intersection twice.

Feedback: counts the intersection twice
"""

import torch


def box_iou(boxes, others):
    low = torch.maximum(boxes[:, None, :2], others[:, :2])
    high = torch.minimum(boxes[:, None, 2:], others[:, 2:])
    inside = (high - low).clamp(min=0).prod(2)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    union = area[:, None] + (others[:, 2:] - others[:, :2]).prod(1)
    return torch.where(union > 0, inside / union, torch.zeros_like(inside))
