"""The table has `groups` columns.

Feedback: Likely mistake: it is the way back
"""

import torch


def channel_shuffle(input, groups):
    order = torch.arange(input.shape[1]).reshape(-1, groups).T.flatten()
    return input[:, order]
