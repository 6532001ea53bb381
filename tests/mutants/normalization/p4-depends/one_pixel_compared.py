"""One pixel of the result is compared.

Feedback: Likely mistake: only one pixel of the result is compared
"""

import torch


def depends_on_batch(norm, x):
    replaced = torch.cat([x[:1], torch.rand_like(x[1:])])
    return not torch.allclose(norm(x)[0, 0, 0, 0], norm(replaced)[0, 0, 0, 0], atol=1e-6)
