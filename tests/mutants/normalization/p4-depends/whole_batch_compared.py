"""The results of all images are compared, of the replaced ones, too.

Feedback: Likely mistake: the first image is changed as well
"""

import torch


def depends_on_batch(norm, x):
    replaced = torch.cat([x[:1], torch.rand_like(x[1:])])
    return not torch.allclose(norm(x), norm(replaced), atol=1e-6)
