"""Harmless lines around a right answer."""

%cd .
!pip --version
import gc
import inspect

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.modules.utils import _pair

torch.set_printoptions(precision=3, sci_mode=False)
torch.backends.cudnn.benchmark = True
gc.collect()
F.pad?


class Holder(nn.Module):
    """A helper that nobody needs."""

    def __init__(self):
        super().__init__()
        for i in range(2):
            setattr(self, f"conv{i}", getattr(nn, f"Conv{2}d")(1, 1, 1))


holder = Holder()
print(list(holder.__dict__), _pair(3))


def layer_norm(input, weight, bias, eps=1e-5):
    mean = input.mean(dim=(1, 2, 3), keepdim=True)
    var = input.var(dim=(1, 2, 3), keepdim=True, correction=0)
    return (input - mean) / (var + eps).sqrt() * weight + bias


print(inspect.signature(layer_norm))
