"""Shares, not counts."""

import math

import torch


def summarize(scores, labels):
    N, K = scores.shape
    confusion = torch.zeros(K, K, dtype=torch.int64)
    for label, predicted in zip(labels, scores.argmax(dim=1), strict=True):
        confusion[label, predicted] += 1
    p = confusion.trace().item() / N
    images = confusion.sum(dim=1)
    shares = {k: confusion[k, k].item() / images[k].item() for k in range(K) if images[k] > 0}
    return {
        "confusion": confusion / images[:, None],
        "accuracy": p,
        "error": math.sqrt(p * (1 - p) / N),
        "hardest": min(shares, key=shares.get),
    }
