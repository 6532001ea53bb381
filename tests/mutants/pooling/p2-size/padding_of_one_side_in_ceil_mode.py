"""With `ceil_mode` the padding behind the input is forgotten: right where only one option is set."""

import math


def pool_output_size(size, kernel_size, stride=None, padding=0, ceil_mode=False):
    stride = kernel_size if stride is None else stride
    if not ceil_mode:
        return (size + 2 * padding - kernel_size) // stride + 1
    return math.ceil((size + padding - kernel_size) / stride) + 1
