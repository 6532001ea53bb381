"""A function for each kind; NumPy's products; lists for rows."""

import math


def size_table(input_shape, layers):
    def windows(size, kernel_size, stride, padding=0):
        return len(range(0, size + 2 * padding - kernel_size + 1, stride))

    def conv(shape, out_channels, kernel_size, stride, padding):
        C, H, W = shape
        new = (
            out_channels,
            windows(H, kernel_size, stride, padding),
            windows(W, kernel_size, stride, padding),
        )
        return new, (C * kernel_size**2 + 1) * out_channels, math.prod(new) * C * kernel_size**2

    def pool(shape, kernel_size, stride):
        return (
            (shape[0], windows(shape[1], kernel_size, stride), windows(shape[2], kernel_size, stride)),
            0,
            0,
        )

    def average(shape):
        return (shape[0],), 0, 0

    def linear(shape, out_features):
        return (out_features,), (math.prod(shape) + 1) * out_features, math.prod(shape) * out_features

    of_kind = {"conv": conv, "pool": pool, "global": average, "linear": linear}
    rows, shape = [], input_shape
    for kind, *numbers in layers:
        rows.append([*of_kind[kind](shape, *numbers)])
        shape = rows[-1][0]
    return rows
