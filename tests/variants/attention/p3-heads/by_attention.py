"""Uses the function of the first half."""

import math


def attention(query, key, value, mask=None):
    """Return the mean of the values, weighted by how well each key fits the query.

    query : Tensor, shape (..., L, E)
    key : Tensor, shape (..., S, E)
    value : Tensor, shape (..., S, Ev)
    mask : bool Tensor, shape (L, S) or (..., L, S), True where a query may look; or None
    returns : Tensor, shape (..., L, Ev)
    """
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1) @ value


def multi_head(x, in_weight, out_weight, heads):
    """Self-attention with several heads, without biases.

    x : Tensor, shape (N, L, D)
    in_weight : Tensor, shape (3 * D, D)
    out_weight : Tensor, shape (D, D)
    heads : int, divides D
    returns : Tensor, shape (N, L, D)
    """
    query, key, value = (
        part.unflatten(-1, (heads, -1)).transpose(1, 2) for part in (x @ in_weight.T).chunk(3, -1)
    )
    return attention(query, key, value).transpose(1, 2).flatten(2) @ out_weight.mT
