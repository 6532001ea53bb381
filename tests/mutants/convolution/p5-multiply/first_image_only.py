"""Only the first image of a batch is used.

Feedback: Likely mistake: only the first image is used
"""


def conv2d_from_columns(columns, weight, output_size):
    return (weight.flatten(1) @ columns[:1]).unflatten(2, output_size)
