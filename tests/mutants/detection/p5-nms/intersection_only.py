"""The intersection is compared with the threshold."""

import torch


def nms(boxes, scores, iou_threshold):
    order, kept = scores.argsort(descending=True, stable=True), []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(int(best))
        low = torch.maximum(boxes[best, :2], boxes[order, :2])
        high = torch.minimum(boxes[best, 2:], boxes[order, 2:])
        inside = (high - low).clamp(min=0).prod(1)
        order = order[inside <= iou_threshold]
    return torch.tensor(kept, dtype=torch.int64)
