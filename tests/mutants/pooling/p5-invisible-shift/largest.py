"""The largest stride decides.

Feedback: the largest stride decides
"""


def invisible_shift(layers):
    return max(stride for _, stride in layers)
