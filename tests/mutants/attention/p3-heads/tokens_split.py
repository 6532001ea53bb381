"""Tokens are split among heads.

Feedback: the tokens are split among the heads
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
    query, key, value = (x @ w.T for w in in_weight.chunk(3))
    query, key, value = (t.reshape(N, heads, L, D // heads) for t in (query, key, value))
    weights = (query @ key.mT / math.sqrt(D // heads)).softmax(-1)
    return (weights @ value).reshape(N, L, D) @ out_weight.T
