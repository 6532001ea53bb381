"""NumPy compares, and its bool is returned."""

import numpy as np
import torch


def depends_on_batch(norm, x):
    torch.manual_seed(1)
    other = torch.cat([x[:1], 10 + 5 * torch.randn_like(x[1:])])
    one, two = norm(x)[0].numpy(), norm(other)[0].numpy()
    return np.bool_(not np.allclose(one, two, atol=1e-6))
