"""The results are in double precision.

Feedback: returned at [0]: dtype float64, expected float32
"""

import torch


def standardize(train, val, test):
    std, mean = torch.std_mean(train.double(), dim=(0, 1, 2), correction=0)
    train, val, test = (((images - mean) / std).permute(0, 3, 1, 2) for images in (train, val, test))
    return train, val, test, mean, std
