"""By the function of the first half, head by head."""

import torch


def neighbor_weights(height, width, dy, dx):
    """Return the weights of a head in which each pixel looks at one neighbor.

    height, width, dy, dx : int
    returns : float32 Tensor, shape (height * width, height * width)
    """
    weights = torch.zeros(height * width, height * width)
    for row in range(height):
        for column in range(width):
            if 0 <= row + dy < height and 0 <= column + dx < width:
                weights[row * width + column, (row + dy) * width + column + dx] = 1
    return weights


def convolution_by_heads(x, weight):
    """A convolution with zero padding, written as one head for each place of the kernel.

    x : Tensor, shape (N, C_in, H, W)
    weight : Tensor, shape (C_out, C_in, K, K), K odd
    returns : Tensor, shape (N, C_out, H, W)
    """
    N, _, H, W = x.shape
    K = weight.shape[-1]
    y = 0
    for i in range(K):
        for j in range(K):
            moved = neighbor_weights(H, W, i - K // 2, j - K // 2).to(x.dtype) @ x.flatten(2).mT
            y = y + moved @ weight[:, :, i, j].T
    return y.mT.reshape(N, -1, H, W)
