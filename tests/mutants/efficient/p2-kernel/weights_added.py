"""The weights are added, not multiplied.

Feedback: Likely mistake: the weights are added, not multiplied
"""


def full_kernel(depthwise, pointwise):
    return pointwise + depthwise.transpose(0, 1)
