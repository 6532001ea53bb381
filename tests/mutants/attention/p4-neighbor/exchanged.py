"""dy and dx.

Feedback: dy and dx are exchanged
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
            if 0 <= row + dx < height and 0 <= column + dy < width:
                weights[row * width + column, (row + dx) * width + column + dy] = 1
    return weights
