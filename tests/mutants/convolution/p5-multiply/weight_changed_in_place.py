"""The weight loses its shape in place.

Feedback: changed its argument in place
"""


def conv2d_from_columns(columns, weight, output_size):
    weight.resize_(len(weight), weight[0].numel())
    return (weight @ columns).unflatten(2, output_size)
