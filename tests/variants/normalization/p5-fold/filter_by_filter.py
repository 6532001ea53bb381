"""One filter after the other."""

import math


def fold_batch_norm(conv_weight, conv_bias, running_mean, running_var, weight, bias, eps=1e-5):
    new_weight, new_bias = conv_weight.clone(), bias.clone()
    for o in range(len(conv_weight)):
        std = math.sqrt(running_var[o].item() + eps)
        new_weight[o] *= weight[o] / std
        before = 0.0 if conv_bias is None else conv_bias[o].item()
        new_bias[o] += weight[o] * (before - running_mean[o].item()) / std
    return [new_weight, new_bias]
