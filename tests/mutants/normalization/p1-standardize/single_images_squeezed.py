"""Axes of length 1 are lost: a gray image, or a set of one image."""

import torch


def standardize(train, val, test):
    std, mean = torch.std_mean(train.float(), dim=(0, 1, 2), correction=0)
    train, val, test = (((images.squeeze(0) - mean) / std).movedim(-1, -3) for images in (train, val, test))
    return train, val, test, mean, std
