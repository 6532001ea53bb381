"""`/` instead of `//`.

Feedback: // divides without a remainder
"""

import math


def pool_output_size(size, kernel_size, stride=None, padding=0, ceil_mode=False):
    stride = kernel_size if stride is None else stride
    room = size + 2 * padding - kernel_size
    if not ceil_mode:
        return (room - room % stride) / stride + 1
    windows = math.ceil(room / stride) + 1
    return windows - 1 if (windows - 1) * stride >= size + padding else windows
