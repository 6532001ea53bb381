"""The standard deviation of the pixels in each batch is averaged.

Feedback: Likely mistake: the pixels' standard deviation within each batch is averaged
"""

import torch


def spread_of_batch_means(x, batch_size):
    batches = x.split(batch_size)[: len(x) // batch_size]
    means = torch.stack([batch.std(dim=(0, 2, 3), correction=0) for batch in batches])
    return means.mean(dim=0)
