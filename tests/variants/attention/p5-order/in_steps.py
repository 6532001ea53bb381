"""Step by step, with index_select."""

import torch


def order_error(layer, x, order):
    """Return how much it matters whether tokens are reordered before or after a layer.

    layer : function of a Tensor of shape (N, L, D)
    x : Tensor, shape (N, L, D)
    order : int Tensor, shape (L,), a permutation
    returns : float
    """
    first = layer(torch.index_select(x, 1, order))
    second = torch.index_select(layer(x), 1, order)
    return float(torch.max(torch.abs(first - second)))
