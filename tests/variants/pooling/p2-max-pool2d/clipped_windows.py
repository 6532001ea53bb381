"""Nothing is padded: each window is clipped to the input."""

import torch


def max_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False):
    kernel_size, stride, padding = [
        (value, value) if isinstance(value, int) else tuple(value)
        for value in (kernel_size, kernel_size if stride is None else stride, padding)
    ]
    sizes = []
    for size, kernel, step, pad in zip(input.shape[2:], kernel_size, stride, padding, strict=True):
        count = (size + 2 * pad - kernel + ceil_mode * (step - 1)) // step + 1
        sizes.append(count - 1 if (count - 1) * step >= size + pad else count)
    out = torch.empty(*input.shape[:2], *sizes, dtype=input.dtype)
    for h in range(sizes[0]):
        top = h * stride[0] - padding[0]
        band = input[:, :, max(top, 0) : top + kernel_size[0]].amax(2)
        for w in range(sizes[1]):
            left = w * stride[1] - padding[1]
            out[:, :, h, w] = band[:, :, max(left, 0) : left + kernel_size[1]].amax(2)
    return out
