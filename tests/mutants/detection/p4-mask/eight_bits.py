"""The pixels are counted in eight bits."""

import torch


def mask_iou(masks, others):
    a, b = masks.flatten(1), others.flatten(1)
    inside = (a[:, None] & b).sum(2, dtype=torch.uint8).float()
    union = (a[:, None] | b).sum(2, dtype=torch.uint8).float()
    return inside / union.clamp(min=1)  # an empty union holds nothing inside
