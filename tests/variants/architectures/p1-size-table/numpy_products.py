"""NumPy's products and numbers."""

import numpy as np


def size_table(input_shape, layers):
    shape, rows = np.array(input_shape), []
    for kind, *numbers in layers:
        weights = biases = 0
        if kind in ("conv", "pool"):
            kernel_size, stride, padding = numbers[-3:] if kind == "conv" else (*numbers, 0)
            filters = numbers[0] if kind == "conv" else shape[0]
            places = (shape[1:] + 2 * padding - kernel_size) // stride + 1
            if kind == "conv":
                weights, biases = filters * shape[0] * np.square(kernel_size), filters
            shape = np.array([filters, *places])
        elif kind == "global":
            shape = shape[:1]
        else:
            weights, biases = np.prod(shape) * numbers[0], numbers[0]
            shape = np.array(numbers)
        rows.append((tuple(shape), weights + biases, weights * np.prod(shape[1:], dtype=int)))
    return rows
