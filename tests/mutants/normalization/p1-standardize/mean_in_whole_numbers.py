"""The mean is subtracted from whole numbers, as a whole number."""

import torch


def standardize(train, val, test):
    std, mean = torch.std_mean(train.float(), dim=(0, 1, 2), correction=0)
    train, val, test = (
        ((images.int() - mean.int()) / std).permute(0, 3, 1, 2) for images in (train, val, test)
    )
    return train, val, test, mean, std
