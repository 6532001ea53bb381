"""A tensor divides, in float32, which rounds the number of windows on a long axis.

Feedback: expected 15000000
"""

import torch


def pool_output_size(size, kernel_size, stride=None, padding=0, ceil_mode=False):
    stride = kernel_size if stride is None else stride
    steps = torch.tensor(size + 2 * padding - kernel_size) / stride
    if not ceil_mode:
        return int(steps.floor()) + 1
    windows = int(steps.ceil()) + 1
    return windows - 1 if (windows - 1) * stride >= size + padding else windows
