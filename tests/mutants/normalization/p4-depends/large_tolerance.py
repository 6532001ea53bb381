"""Small changes are overlooked."""

import torch


def depends_on_batch(norm, x):
    replaced = torch.cat([x[:1], torch.rand_like(x[1:])])
    return not torch.allclose(norm(x)[0], norm(replaced)[0], atol=0.1)
