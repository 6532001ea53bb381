"""Plain Python; the kept boxes are asked."""

import torch


def nms(boxes, scores, iou_threshold):
    def overlap(a, b):
        inside = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
        union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inside
        return inside / union if union else 0

    rows, kept = boxes.tolist(), []
    for i in sorted(range(len(rows)), key=scores.tolist().__getitem__, reverse=True):
        if all(overlap(rows[i], rows[j]) <= iou_threshold for j in kept):
            kept.append(i)
    return torch.LongTensor(kept)
