"""Deterministic algorithms, computed names, and a look at what was made."""

%load_ext autoreload
%autoreload 2
import gc

import torch
from torch import nn

torch.backends.cudnn.deterministic = True
torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        channels = [3, 16, 24]
        for i in (1, 2):
            setattr(self, f"conv{i}", getattr(nn, f"Conv{2}d")(channels[i - 1], channels[i], 3, 2, 1))
        self.head = nn.Linear(24, 10)

    def forward(self, x):
        for i in (1, 2):
            x = getattr(self, f"conv{i}")(x).relu()
        return self.head(x.mean((2, 3)))


def design():
    gc.collect()
    return Net()


print(list(design().__dict__))
