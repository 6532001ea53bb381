"""Of equal scores the later box comes first.

Feedback: the later box comes first
"""

import torch


def nms(boxes, scores, iou_threshold):
    order, kept = scores.argsort(stable=True).flip(0), []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(int(best))
        low = torch.maximum(boxes[best, :2], boxes[order, :2])
        high = torch.minimum(boxes[best, 2:], boxes[order, 2:])
        inside = (high - low).clamp(min=0).prod(1)
        areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
        union = areas[best] + areas[order] - inside
        order = order[inside <= iou_threshold * union]
    return torch.tensor(kept, dtype=torch.int64)
