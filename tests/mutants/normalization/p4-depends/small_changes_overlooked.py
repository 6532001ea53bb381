"""Changes of less than a thousandth are taken for rounding.

Feedback: Likely mistake: a small change is taken for rounding
"""

import torch


def depends_on_batch(norm, x):
    replaced = torch.cat([x[:1], torch.rand_like(x[1:])])
    return not torch.allclose(norm(x)[0], norm(replaced)[0], atol=1e-3)
