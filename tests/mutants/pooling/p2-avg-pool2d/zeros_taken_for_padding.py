"""Whatever is not zero counts as a place in the input."""

import torch.nn.functional as F


def avg_pool2d(input, kernel_size, stride=None, padding=0, count_include_pad=True):
    stride = kernel_size if stride is None else stride
    (kh, kw), (sh, sw), (ph, pw) = (
        (value, value) if isinstance(value, int) else value for value in (kernel_size, stride, padding)
    )
    windows = F.pad(input, (pw, pw, ph, ph)).unfold(2, kh, sh).unfold(3, kw, sw)
    places = kh * kw if count_include_pad else (windows != 0).sum((-2, -1)).clamp(min=1)
    return windows.sum((-2, -1)) / places
