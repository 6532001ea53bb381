"""A convolution without a bias is thought to get none.

Feedback: Likely mistake: the new bias of a convolution that had none is not counted
"""

from itertools import pairwise

from torch import nn


def parameters_saved(model):
    saved = 0
    for conv, norm in pairwise(model):
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d) and not norm.training:
            saved += 2 * norm.num_features
    return saved
