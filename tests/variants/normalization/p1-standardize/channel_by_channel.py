"""One channel after the other, the variance by its definition, in double precision."""

import torch


def standardize(train, val, test):
    channels = train.shape[3]
    mean, std = torch.zeros(channels), torch.zeros(channels)
    results = [torch.zeros(len(images), channels, *images.shape[1:3]) for images in (train, val, test)]
    for c in range(channels):
        pixels = train[:, :, :, c].double()
        mean[c] = pixels.sum() / pixels.numel()
        std[c] = ((pixels - pixels.sum() / pixels.numel()) ** 2).mean().sqrt()
        for result, images in zip(results, (train, val, test), strict=True):
            result[:, c] = (images[:, :, :, c].float() - mean[c]) / std[c]
    return *results, mean, std
