"""Timing, shell lines and introspection around a right answer."""

%load_ext autoreload
%autoreload 2
!nvidia-smi
import gc

import torch


def spread_of_batch_means(x, batch_size):
    images = x.mean(dim=(2, 3))
    batches = [images[i : i + batch_size] for i in range(0, len(x) - batch_size + 1, batch_size)]
    return torch.stack([batch.mean(0) for batch in batches]).std(0, correction=0)


@torch.compile
def spread(values):
    """A helper that is compiled and not needed."""
    return values.std(0, correction=0)


gc.collect()
torch.set_printoptions(linewidth=120)
torch.std?
