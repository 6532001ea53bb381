"""The maps are as high as they should be wide.

Feedback: Likely mistake: height and width are exchanged
"""


def conv2d_from_columns(columns, weight, output_size):
    return (weight.flatten(1) @ columns).unflatten(2, output_size[::-1])
