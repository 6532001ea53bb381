"""Group norms are folded as well.

Feedback: Likely mistake: group norms are folded, too; their statistics are not fixed
"""

from itertools import pairwise

from torch import nn


def parameters_saved(model):
    saved = 0
    for conv, norm in pairwise(model):
        if isinstance(conv, nn.Conv2d) and hasattr(norm, "eps") and not norm.training:
            saved += conv.out_channels * (1 if conv.bias is None else 2)
    return saved
