"""No norm is taken to have a mean of its own in evaluation mode.

Feedback: Likely mistake: evaluation mode is taken to change all norms; it changes batch norm alone
"""


def always_zero(norm, shape, training, num_groups):
    N, C, H, W = shape
    values = {"batch": N, "layer": C, "group": C // num_groups, "instance": 1}[norm]
    return training and values * H * W == 1
