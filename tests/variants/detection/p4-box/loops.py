"""Two loops."""

import torch


def box_iou(boxes, others):
    result = torch.zeros(len(boxes), len(others), dtype=boxes.dtype)
    for i, (a0, b0, a1, b1) in enumerate(boxes.tolist()):
        for j, (c0, d0, c1, d1) in enumerate(others.tolist()):
            inside = max(0, min(a1, c1) - max(a0, c0)) * max(0, min(b1, d1) - max(b0, d0))
            union = (a1 - a0) * (b1 - b0) + (c1 - c0) * (d1 - d0) - inside
            if union > 0:
                result[i, j] = inside / union
    return result
