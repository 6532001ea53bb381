"""The default of `std_mean` divides by n - 1.

Feedback: Likely mistake: the variance divides by n - 1
"""

import torch


def standardize(train, val, test):
    std, mean = torch.std_mean(train.float(), dim=(0, 1, 2))
    train, val, test = (((images - mean) / std).permute(0, 3, 1, 2) for images in (train, val, test))
    return train, val, test, mean, std
