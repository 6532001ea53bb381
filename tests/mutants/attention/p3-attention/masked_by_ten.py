"""Ten is not far enough below."""

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
        scores = scores.masked_fill(~mask, -10.0)
    return scores.softmax(-1) @ value
