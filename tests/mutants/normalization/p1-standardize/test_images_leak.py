"""The statistics are measured over all three sets: the test images leak.

Feedback: Likely mistake: the statistics are those of all three sets together
"""

import torch


def standardize(train, val, test):
    std, mean = torch.std_mean(torch.cat([train, val, test]).float(), dim=(0, 1, 2), correction=0)
    train, val, test = (((images - mean) / std).permute(0, 3, 1, 2) for images in (train, val, test))
    return train, val, test, mean, std
