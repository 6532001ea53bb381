"""The padding is finite: it wins over minus infinity.

Feedback: an empty place is filled with the smallest finite number
"""

import torch
import torch.nn.functional as F


def max_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False):
    def pair(value):
        return (value, value) if isinstance(value, int) else value

    def windows(size, kernel, stride, padding):
        """First and last + 1 place of each window, in the padded input."""
        starts = range(0, size + padding, stride)
        if not ceil_mode:
            starts = [start for start in starts if start + kernel <= size + 2 * padding]
        else:
            starts = [start for start in starts if start < stride + size + 2 * padding - kernel]
        return [(start, start + kernel) for start in starts]

    kernel_size, padding = pair(kernel_size), pair(padding)
    stride = kernel_size if stride is None else pair(stride)
    rows, columns = (
        windows(*numbers) for numbers in zip(input.shape[2:], kernel_size, stride, padding, strict=True)
    )
    smallest = torch.finfo(input.dtype).min
    x = F.pad(input, (padding[1], padding[1], padding[0], padding[0]), value=smallest)
    y = [[x[:, :, top:bottom, left:right].amax((2, 3)) for left, right in columns] for top, bottom in rows]
    return torch.stack([torch.stack(row, -1) for row in y], -2)
