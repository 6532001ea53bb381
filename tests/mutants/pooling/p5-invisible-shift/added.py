"""The strides are added.

Feedback: the strides are added; they multiply
"""


def invisible_shift(layers):
    return sum(stride for _, stride in layers)
