"""The other images change their sign.

Feedback: Likely mistake: the other images only change their sign
"""

import torch


def depends_on_batch(norm, x):
    replaced = torch.cat([x[:1], -x[1:]])
    return not torch.allclose(norm(x)[0], norm(replaced)[0], atol=1e-6)
