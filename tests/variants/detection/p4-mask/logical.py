"""Logical operations and sums."""

import torch


def mask_iou(masks, others):
    inside = (masks[:, None] & others[None]).sum((2, 3))
    union = (masks[:, None] | others[None]).sum((2, 3))
    return torch.where(union == 0, torch.tensor(0.0), inside / union)
