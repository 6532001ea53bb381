"""The forbidden layer."""

from torch import nn


def multi_head(x, in_weight, out_weight, heads):
    """Self-attention with several heads, without biases.

    x : Tensor, shape (N, L, D)
    in_weight : Tensor, shape (3 * D, D)
    out_weight : Tensor, shape (D, D)
    heads : int, divides D
    returns : Tensor, shape (N, L, D)
    """
    layer = nn.MultiheadAttention(x.shape[-1], heads, bias=False, batch_first=True, dtype=x.dtype)
    layer.in_proj_weight = nn.Parameter(in_weight)
    layer.out_proj.weight = nn.Parameter(out_weight)
    return layer(x, x, x)[0].detach()
