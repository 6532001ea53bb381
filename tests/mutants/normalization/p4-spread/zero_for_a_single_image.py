"""Batches of one image are taken to have no spread."""

import torch


def spread_of_batch_means(x, batch_size):
    if batch_size == 1:
        return torch.zeros(x.shape[1], dtype=x.dtype)
    batches = x.split(batch_size)[: len(x) // batch_size]
    means = torch.stack([batch.mean(dim=(0, 2, 3)) for batch in batches])
    return means.std(dim=0, correction=0)
