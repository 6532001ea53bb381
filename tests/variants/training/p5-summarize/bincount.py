"""Counted at once, and NumPy's root."""

import numpy as np
import torch


def summarize(scores, labels):
    N, K = scores.shape
    predicted = scores.max(dim=1).indices
    confusion = torch.bincount(labels * K + predicted, minlength=K * K).reshape(K, K)
    accuracy = (predicted == labels).double().mean().item()
    recall = confusion.diagonal() / confusion.sum(dim=1)
    recall[recall.isnan()] = 2
    error = np.sqrt(accuracy * (1 - accuracy) / N)
    return dict(confusion=confusion, accuracy=accuracy, error=error, hardest=recall.argmin().item())
