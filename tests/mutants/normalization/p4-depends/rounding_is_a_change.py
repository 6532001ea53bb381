"""The results must be equal to the last digit.

Feedback: Likely mistake: rounding is taken for a change
"""

import torch


def depends_on_batch(norm, x):
    replaced = torch.cat([x[:1], torch.rand_like(x[1:])])
    return not torch.equal(norm(x)[0], norm(replaced)[0])
