"""The library normalizes.

Feedback: the library's batch_norm is called
"""

import torch.nn.functional as F


def batch_norm(input, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
    mean, var = running_mean.clone(), running_var.clone()
    y = F.batch_norm(input, mean, var, weight, bias, training, momentum, eps)
    return y, mean, var
