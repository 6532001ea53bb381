"""Wrapped around.

Feedback: the map is wrapped around
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
            there = (row + dy) % height * width + (column + dx) % width
            weights[row * width + column, there] = 1
    return weights
