"""Only the first image is used.

Feedback: Likely mistake: only the first image is used
"""

import torch


def channel_shuffle(input, groups):
    order = torch.arange(input.shape[1]).reshape(groups, -1).T.flatten()
    return input[:1, order]
