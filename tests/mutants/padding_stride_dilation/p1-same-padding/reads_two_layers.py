"""Layers in one direction know the amounts as well.

Feedback: the library's torch.nn.Conv1d is called
"""

from torch import nn


def same_padding(kernel_size, dilation=1):
    kernels, dilations = (
        (value, value) if isinstance(value, int) else value for value in (kernel_size, dilation)
    )
    amounts = []
    for k, d in zip(kernels, dilations, strict=True):
        layer = nn.Conv1d(1, 1, k, padding="same", dilation=d)
        amounts = [*layer._reversed_padding_repeated_twice, *amounts]
    return tuple(amounts)
