"""Lines that have nothing to do with the answer."""


import math

import torch
import torch.nn.functional as F


%time 1
import gc
import inspect

!echo hello
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


F.pad?
gc.collect()
inspect.signature(attention)
torch.set_printoptions(precision=3)
F.scaled_dot_product_attention  # only looked at
torch.backends.cudnn.benchmark = True
