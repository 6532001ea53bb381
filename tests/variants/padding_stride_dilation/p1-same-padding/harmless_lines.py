"""PyTorch's own helper for pairs, and a look at what was made."""

import inspect

from torch.nn.modules.utils import _pair


def same_padding(kernel_size, dilation=1):
    amounts = []
    for k, d in zip(_pair(kernel_size), _pair(dilation), strict=True):
        before, rest = divmod(d * (k - 1), 2)
        amounts = [before, before + rest, *amounts]
    return tuple(amounts)


print(inspect.signature(same_padding), same_padding.__dict__)
%whos
