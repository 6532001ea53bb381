"""`num_groups` is taken for the channels of a group.

Feedback: Likely mistake: num_groups is taken for the number of channels in a group
"""


def always_zero(norm, shape, training, num_groups):
    N, C, H, W = shape
    values = {"batch": N, "layer": C, "group": num_groups, "instance": 1}[norm]
    return (training or norm != "batch") and values * H * W == 1
