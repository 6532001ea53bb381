"""One number is added to the other images.

Feedback: Likely mistake: the other images are only shifted by one number
"""

import torch


def depends_on_batch(norm, x):
    replaced = torch.cat([x[:1], x[1:] + 1])
    return not torch.allclose(norm(x)[0], norm(replaced)[0], atol=1e-6)
