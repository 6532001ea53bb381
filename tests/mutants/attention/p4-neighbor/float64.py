"""float64.

Feedback: dtype
"""

import torch


def neighbor_weights(height, width, dy, dx):
    """Return the weights of a head in which each pixel looks at one neighbor.

    height, width, dy, dx : int
    returns : float32 Tensor, shape (height * width, height * width)
    """
    weights = torch.zeros(height * width, height * width, dtype=torch.float64)
    for row in range(height):
        for column in range(width):
            if 0 <= row + dy < height and 0 <= column + dx < width:
                weights[row * width + column, (row + dy) * width + column + dx] = 1
    return weights
