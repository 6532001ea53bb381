"""einsum, and the largest score subtracted by hand."""

import torch


def attention(query, key, value, mask=None):
    """Return the mean of the values, weighted by how well each key fits the query.

    query : Tensor, shape (..., L, E)
    key : Tensor, shape (..., S, E)
    value : Tensor, shape (..., S, Ev)
    mask : bool Tensor, shape (L, S) or (..., L, S), True where a query may look; or None
    returns : Tensor, shape (..., L, Ev)
    """
    scores = torch.einsum("...ld,...sd->...ls", query, key) * query.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    powers = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    return torch.einsum("...ls,...sv->...lv", powers / powers.sum(dim=-1, keepdim=True), value)
