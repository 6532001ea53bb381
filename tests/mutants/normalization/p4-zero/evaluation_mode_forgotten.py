"""Batch norm is taken to use the batch in both modes.

Feedback: Likely mistake: batch norm is taken to use the batch's mean in evaluation mode, too
"""


def always_zero(norm, shape, training, num_groups):
    N, C, H, W = shape
    values = {"batch": N, "layer": C, "group": C // num_groups, "instance": 1}[norm]
    return values * H * W == 1
