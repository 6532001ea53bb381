"""The other images only change places.

Feedback: Likely mistake: the other images are not replaced
"""

import torch


def depends_on_batch(norm, x):
    replaced = torch.cat([x[:1], x[1:].flip(0)])
    return not torch.allclose(norm(x)[0], norm(replaced)[0], atol=1e-6)
