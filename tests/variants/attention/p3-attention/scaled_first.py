"""The query is scaled, the mask is added."""

import torch
import torch.nn.functional as F


def attention(query, key, value, mask=None):
    """Return the mean of the values, weighted by how well each key fits the query.

    query : Tensor, shape (..., L, E)
    key : Tensor, shape (..., S, E)
    value : Tensor, shape (..., S, Ev)
    mask : bool Tensor, shape (L, S) or (..., L, S), True where a query may look; or None
    returns : Tensor, shape (..., L, Ev)
    """
    scores = torch.matmul(query / query.size(-1) ** 0.5, key.transpose(-2, -1))
    if mask is not None:
        scores = scores + torch.zeros_like(mask, dtype=scores.dtype).masked_fill(~mask, float("-inf"))
    return torch.matmul(F.softmax(scores, dim=-1), value)
