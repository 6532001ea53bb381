"""The kernels are flipped.

Feedback: Likely mistake: the depthwise kernels are flipped
"""


def full_kernel(depthwise, pointwise):
    return pointwise * depthwise.transpose(0, 1).flip(2, 3)
