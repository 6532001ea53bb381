"""A norm of PyTorch, timed and printed."""

%cd .
import gc
import time

import torch

torch.set_num_threads(1)
start = time.perf_counter()


def shift_change(f, images, shift):
    with torch.no_grad():
        before, after = f(images), f(torch.roll(images, tuple(shift), dims=(-2, -1)))
    return torch.norm(after - before).item() / torch.norm(before).item()


gc.collect()
print(shift_change.__code__.co_argcount, time.perf_counter() - start > 0)
