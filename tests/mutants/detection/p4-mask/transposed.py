"""Rows and columns are exchanged.

Feedback: rows and columns are exchanged
"""


def mask_iou(masks, others):
    a, b = masks.flatten(1).float(), others.flatten(1).float()
    inside = a @ b.T
    union = a.sum(1)[:, None] + b.sum(1) - inside
    return (inside / union.clamp(min=1)).T  # an empty union holds nothing inside
