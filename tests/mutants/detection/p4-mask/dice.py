"""Dice instead of intersection over union.

Feedback: Dice
"""


def mask_iou(masks, others):
    a, b = masks.flatten(1).float(), others.flatten(1).float()
    inside = a @ b.T
    union = a.sum(1)[:, None] + b.sum(1) - inside
    return 2 * inside / (union + inside).clamp(min=1)  # an empty union holds nothing inside
