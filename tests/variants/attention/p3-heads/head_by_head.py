"""A loop over heads."""

import torch
import torch.nn.functional as F


def multi_head(x, in_weight, out_weight, heads):
    """Self-attention with several heads, without biases.

    x : Tensor, shape (N, L, D)
    in_weight : Tensor, shape (3 * D, D)
    out_weight : Tensor, shape (D, D)
    heads : int, divides D
    returns : Tensor, shape (N, L, D)
    """
    D = x.shape[-1]
    size = D // heads
    q, k, v = (F.linear(x, in_weight[i * D : (i + 1) * D]) for i in range(3))
    found = []
    for head in range(heads):
        part = slice(head * size, (head + 1) * size)
        scores = torch.bmm(q[:, :, part], k[:, :, part].transpose(1, 2)) / size**0.5
        found.append(torch.bmm(torch.softmax(scores, dim=2), v[:, :, part]))
    return F.linear(torch.cat(found, dim=2), out_weight)
