"""Numbers are dealt to heads in turn.

Feedback: the numbers are dealt to the heads in turn
"""

import math


def multi_head(x, in_weight, out_weight, heads):
    """Self-attention with several heads, without biases.

    x : Tensor, shape (N, L, D)
    in_weight : Tensor, shape (3 * D, D)
    out_weight : Tensor, shape (D, D)
    heads : int, divides D
    returns : Tensor, shape (N, L, D)
    """
    N, L, D = x.shape
    parts = (x @ in_weight.T).reshape(N, L, 3, D // heads, heads).transpose(3, 4)
    query, key, value = parts.permute(2, 0, 3, 1, 4)
    scores = query @ key.mT / math.sqrt(D // heads)
    mixed = scores.softmax(-1) @ value
    return mixed.permute(0, 2, 3, 1).reshape(N, L, D) @ out_weight.T
