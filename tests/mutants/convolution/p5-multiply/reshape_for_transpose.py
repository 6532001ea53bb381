"""The product has a row for each window; a reshape does not turn it.

Feedback: Likely mistake: positions and filters are mixed up by a reshape
"""


def conv2d_from_columns(columns, weight, output_size):
    return (columns.mT @ weight.flatten(1).T).reshape(len(columns), len(weight), *output_size)
