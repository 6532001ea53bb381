"""The results are compared by their sums.

Feedback: the results are compared by their sums, in which changes cancel
"""

import torch


def depends_on_batch(norm, x):
    replaced = torch.cat([x[:1], torch.rand_like(x[1:])])
    return not torch.allclose(norm(x)[0].sum(), norm(replaced)[0].sum(), atol=1e-6)
