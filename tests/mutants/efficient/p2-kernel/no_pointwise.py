"""The pointwise weights are left out.

Feedback: Likely mistake: the pointwise weights are left out
"""


def full_kernel(depthwise, pointwise):
    return depthwise.transpose(0, 1).expand(len(pointwise), -1, -1, -1).clone()
