"""Each set is standardized by its own mean and standard deviation.

Feedback: Likely mistake: each set is standardized by its own statistics
"""

import torch


def standardize(train, val, test):
    results = []
    for images in (train, val, test):
        pixels = images.float()
        mean, std = pixels.mean(dim=(0, 1, 2)), pixels.std(dim=(0, 1, 2), correction=0)
        results.append(((pixels - mean) / std).permute(0, 3, 1, 2))
    std, mean = torch.std_mean(train.float(), dim=(0, 1, 2), correction=0)
    return *results, mean, std
