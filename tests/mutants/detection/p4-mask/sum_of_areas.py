"""The union counts the intersection twice.

Feedback: counts the intersection twice
"""


def mask_iou(masks, others):
    a, b = masks.flatten(1).float(), others.flatten(1).float()
    inside = a @ b.T
    union = a.sum(1)[:, None] + b.sum(1)
    return inside / union.clamp(min=1)  # an empty union holds nothing inside
