"""Only the first filter is used.

Feedback: conv2d_from_columns returned shape
"""


def conv2d_from_columns(columns, weight, output_size):
    return (weight[:1].flatten(1) @ columns).unflatten(2, output_size)
