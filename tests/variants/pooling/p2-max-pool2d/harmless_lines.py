"""PyTorch's own helper for pairs, and harmless lines around a right answer."""

%matplotlib inline
import gc
import inspect

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.utils import _pair

torch.set_printoptions(precision=2, sci_mode=False)
torch.backends.cudnn.benchmark = True
gc.collect()
F.pad?


class Holder(nn.Module):
    """A helper that nobody needs."""

    def __init__(self):
        super().__init__()
        for i in range(2):
            setattr(self, f"conv{i}", getattr(nn, f"Conv{2}d")(1, 1, 1))


print(list(Holder().__dict__))


def max_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False):
    (kh, kw), (sh, sw), (ph, pw) = map(_pair, (kernel_size, stride or kernel_size, padding))
    sizes = []
    for size, kernel, step, pad in ((input.shape[2], kh, sh, ph), (input.shape[3], kw, sw, pw)):
        starts = range(-pad, size, step)
        fitting = sum(start + kernel <= size + pad for start in starts)
        more = ceil_mode and fitting < len(starts) and (size + 2 * pad - kernel) % step > 0
        sizes.append(fitting + more)
    x = F.pad(input, (pw, pw + kw + sw, ph, ph + kh + sh), value=-torch.inf)
    windows = x.unfold(2, kh, sh).unfold(3, kw, sw)[:, :, : sizes[0], : sizes[1]]
    return windows.amax((-2, -1))


print(inspect.signature(max_pool2d))
