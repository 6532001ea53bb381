"""The result is in single precision.

Feedback: returned dtype float32, expected float64
"""

import torch


def spread_of_batch_means(x, batch_size):
    batches = x.float().split(batch_size)[: len(x) // batch_size]
    means = torch.stack([batch.mean(dim=(0, 2, 3)) for batch in batches])
    return means.std(dim=0, correction=0)
