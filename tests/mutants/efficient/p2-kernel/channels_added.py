"""The input channels are added up.

Feedback: Likely mistake: the input channels are added up
"""


def full_kernel(depthwise, pointwise):
    return (pointwise * depthwise.transpose(0, 1)).sum(1, keepdim=True)
