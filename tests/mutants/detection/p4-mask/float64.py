"""The result is float64."""


def mask_iou(masks, others):
    a, b = masks.flatten(1).double(), others.flatten(1).double()
    inside = a @ b.T
    union = a.sum(1)[:, None] + b.sum(1) - inside
    return inside / union.clamp(min=1)  # an empty union holds nothing inside
