"""The forbidden call.

Feedback: scaled_dot_product_attention
"""

import torch.nn.functional as F


def attention(query, key, value, mask=None):
    """Return the mean of the values, weighted by how well each key fits the query.

    query : Tensor, shape (..., L, E)
    key : Tensor, shape (..., S, E)
    value : Tensor, shape (..., S, Ev)
    mask : bool Tensor, shape (L, S) or (..., L, S), True where a query may look; or None
    returns : Tensor, shape (..., L, Ev)
    """
    return F.scaled_dot_product_attention(query, key, value, mask)
