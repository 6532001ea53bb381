"""ε is left out.

Feedback: Likely mistake: eps is left out
"""

import torch


def instance_norm(input, eps=1e-5):
    var, mean = torch.var_mean(input, dim=(2, 3), correction=0, keepdim=True)
    return (input - mean) / torch.sqrt(var)
