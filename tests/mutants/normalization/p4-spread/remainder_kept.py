"""The smaller batch at the end is kept.

Feedback: Likely mistake: the smaller batch at the end is kept
"""

import torch


def spread_of_batch_means(x, batch_size):
    batches = x.split(batch_size)
    means = torch.stack([batch.mean(dim=(0, 2, 3)) for batch in batches])
    return means.std(dim=0, correction=0)
