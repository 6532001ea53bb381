"""`reshape` gives the right shape and mixes the channels.

Feedback: Likely mistake: the axes are reordered by reshape or view
"""

import torch


def standardize(train, val, test):
    std, mean = torch.std_mean(train.float(), dim=(0, 1, 2), correction=0)
    train, val, test = (
        ((images - mean) / std).reshape(len(images), -1, *images.shape[1:3]) for images in (train, val, test)
    )
    return train, val, test, mean, std
