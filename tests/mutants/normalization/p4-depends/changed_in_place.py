"""The given batch itself is changed.

Feedback: changed its argument in place
"""

import torch


def depends_on_batch(norm, x):
    before = norm(x)[0]
    x[1:] = 0
    return not torch.allclose(before, norm(x)[0], atol=1e-6)
