"""A removed box removes others.

Feedback: only kept boxes do
"""

import torch


def nms(boxes, scores, iou_threshold):
    order = scores.argsort(descending=True, stable=True)
    b = boxes[order]
    side = torch.minimum(b[:, None, 2:], b[:, 2:]) - torch.maximum(b[:, None, :2], b[:, :2])
    inside = side.clamp(min=0).prod(2)
    area = (b[:, 2:] - b[:, :2]).prod(1)
    over = inside > iou_threshold * (area[:, None] + area - inside)
    return order[~over.tril(-1).any(1)]
