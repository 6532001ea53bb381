"""Box i is compared with box i only."""

import torch


def box_iou(boxes, others):
    low = torch.maximum(boxes[:, :2], others[:, :2])
    high = torch.minimum(boxes[:, 2:], others[:, 2:])
    inside = (high - low).clamp(min=0).prod(1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    union = area + (others[:, 2:] - others[:, :2]).prod(1) - inside
    return torch.where(union > 0, inside / union, torch.zeros_like(inside))
