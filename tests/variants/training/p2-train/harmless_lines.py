"""Magics, a seed, a closed-over helper and print settings around a right answer."""

!pip install torch
%load_ext autoreload
%autoreload 2
import gc
import inspect
import warnings

import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
torch.manual_seed(0)
torch.set_printoptions(precision=2, sci_mode=False)
torch.backends.cudnn.benchmark = True
F.cross_entropy?


def one_epoch(model, batches, optimizer):
    total, seen = 0.0, 0
    for x, y in batches:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total, seen = total + loss.item() * len(x), seen + len(x)
    return total / seen


def train(model, epochs, rate, momentum=0.0):
    model.train()
    optimizer = getattr(torch.optim, "S" + "GD")(model.parameters(), lr=rate, momentum=momentum)
    return [one_epoch(model, batches, optimizer) for batches in epochs]


gc.collect()
print(inspect.signature(train), train.__code__.co_argcount)
