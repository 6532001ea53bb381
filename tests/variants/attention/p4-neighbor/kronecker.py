"""Two diagonals, by a Kronecker product."""

import torch


def neighbor_weights(height, width, dy, dx):
    """Return the weights of a head in which each pixel looks at one neighbor.

    height, width, dy, dx : int
    returns : float32 Tensor, shape (height * width, height * width)
    """

    def step(n, by):
        return torch.diag(torch.ones(n - abs(by)), by) if abs(by) < n else torch.zeros(n, n)

    return torch.kron(step(height, dy), step(width, dx))
