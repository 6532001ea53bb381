"""The pointwise or depthwise weights are changed.

Feedback: changed its argument in place
"""


def full_kernel(depthwise, pointwise):
    depthwise *= 1 + 0 * depthwise
    depthwise.neg_()
    return pointwise * -depthwise.transpose(0, 1)
