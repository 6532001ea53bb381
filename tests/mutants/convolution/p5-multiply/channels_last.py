"""The weight is flattened with its channels last.

Feedback: Likely mistake: the weight is flattened with the channels last
"""


def conv2d_from_columns(columns, weight, output_size):
    flat = weight.permute(0, 2, 3, 1).flatten(1)
    return (flat @ columns).unflatten(2, output_size)
