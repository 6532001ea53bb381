"""The next row is taken for the neighbor.

Feedback: the end of one row is taken
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
            if 0 <= (row + dy) * width + column + dx < height * width:
                weights[row * width + column, (row + dy) * width + column + dx] = 1
    return weights
