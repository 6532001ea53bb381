"""One of the other images is replaced.

Feedback: Likely mistake: only the second image is replaced
"""

import torch


def depends_on_batch(norm, x):
    replaced = x.clone()
    replaced[1] = torch.rand_like(x[1])
    return not torch.allclose(norm(x)[0], norm(replaced)[0], atol=1e-6)
