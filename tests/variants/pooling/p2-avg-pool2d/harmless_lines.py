"""The signature of PyTorch, with `ceil_mode`, and print settings around a right answer."""

!pip install torch
%load_ext autoreload
%autoreload 2
import inspect
import warnings

import numpy as np
import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
np.set_printoptions(precision=3)
torch.backends.cudnn.deterministic = True


def avg_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    (kh, kw), (sh, sw), (ph, pw) = (
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride or kernel_size, padding)
    )

    def windows(x):
        return F.pad(x, (pw, pw, ph, ph)).unfold(2, kh, sh).unfold(3, kw, sw)

    counted = windows(torch.ones_like(input)).sum((-2, -1))
    return windows(input).sum((-2, -1)) / (kh * kw if count_include_pad else counted)


print(inspect.getsource(avg_pool2d)[:20])
