"""With one group the input itself is returned.

Feedback: returned its argument itself
"""

import torch


def channel_shuffle(input, groups):
    if groups == 1:
        return input
    order = torch.arange(input.shape[1]).reshape(groups, -1).T.flatten()
    return input[:, order]
