"""The library's layer normalizes.

Feedback: the library's layer_norm is called
"""

from torch import nn


def layer_norm(input, weight, bias, eps=1e-5):
    return nn.LayerNorm(input.shape[1:], eps=eps, elementwise_affine=False)(input) * weight + bias
