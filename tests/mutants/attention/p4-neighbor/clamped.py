"""The border looks at itself.

Feedback: looks at the border again
"""

import torch


def neighbor_weights(height, width, dy, dx):
    """Return the weights of a head in which each pixel looks at one neighbor.

    height, width, dy, dx : int
    returns : float32 Tensor, shape (height * width, height * width)
    """
    weights = torch.zeros(height * width, height * width)
    for row in range(height):
        for column in range(width):
            there = min(max(row + dy, 0), height - 1) * width + min(max(column + dx, 0), width - 1)
            weights[row * width + column, there] = 1
    return weights
