"""The height stands for the width.

Feedback: Likely mistake: the height is taken for the width
"""


def size_table(input_shape, layers):
    shape, rows = tuple(input_shape), []
    for kind, *numbers in layers:
        parameters = macs = 0
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            weights = kernel_size * kernel_size * shape[0]
            places = [(shape[1] + 2 * padding - kernel_size) // stride + 1] * 2
            parameters = channels * (weights + 1)
            macs = channels * places[0] * places[1] * weights
            shape = (channels, *places)
        elif kind == "pool":
            kernel_size, stride = numbers
            shape = (shape[0], *[(shape[1] - kernel_size) // stride + 1] * 2)
        elif kind == "global":
            shape = (shape[0],)
        else:
            features = 1
            for size in shape:
                features *= size
            macs = features * numbers[0]
            parameters = macs + numbers[0]
            shape = (numbers[0],)
        rows.append((shape, parameters, macs))
    return rows
