"""The mixing matrix is not transposed."""

import torch.nn.functional as F


def convolution_by_heads(x, weight):
    """A convolution with zero padding, written as one head for each place of the kernel.

    x : Tensor, shape (N, C_in, H, W)
    weight : Tensor, shape (C_out, C_in, K, K), K odd
    returns : Tensor, shape (N, C_out, H, W)
    """
    N, _, H, W = x.shape
    K = weight.shape[-1]
    padded = F.pad(x, (K // 2,) * 4)
    y = x.new_zeros(N, H * W, weight.shape[0])
    for i in range(K):
        for j in range(K):
            moved = padded[:, :, i : i + H, j : j + W].flatten(2).mT
            y = y + moved @ weight[:, :, i, j]
    return y.mT.reshape(N, -1, H, W)
