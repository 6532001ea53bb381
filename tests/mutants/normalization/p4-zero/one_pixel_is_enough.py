"""Any map of one pixel is taken to give zeros.

Feedback: Likely mistake: a set is taken for a map
"""


def always_zero(norm, shape, training, num_groups):
    _, _, H, W = shape
    return H * W == 1 and (training or norm != "batch")
