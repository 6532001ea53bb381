"""The course's own evaluation.

Feedback: evaluate
"""

import math

from torch import nn

import cnnlib


def summarize(scores, labels):
    found = cnnlib.evaluate(nn.Identity(), [(scores, labels)])
    p, images = found.accuracy, found.confusion.sum(dim=1)
    shares = {k: found.confusion[k, k].item() / n.item() for k, n in enumerate(images) if n > 0}
    return {
        "confusion": found.confusion,
        "accuracy": p,
        "error": math.sqrt(p * (1 - p) / len(labels)),
        "hardest": min(shares, key=shares.get),
    }
