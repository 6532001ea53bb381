"""The result is in float32, whatever the weights.

Feedback: returned dtype float32, expected float64
"""


def full_kernel(depthwise, pointwise):
    return pointwise.float() * depthwise.transpose(0, 1).float()
