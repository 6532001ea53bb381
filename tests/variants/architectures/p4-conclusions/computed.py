"""Layers tell the numbers; the letters as a list."""

from torch import nn


def conclusions():
    def weights(*sizes):
        return sum(nn.Conv2d(*size).weight.numel() for size in sizes)

    naive = [(192, 64, 1), (192, 128, 3), (192, 32, 5)]
    reduced = [(192, 64, 1), (192, 96, 1), (96, 128, 3), (192, 16, 1), (16, 32, 5), (192, 32, 1)]
    return {
        "naive_weights": weights(*naive),
        "naive_channels": sum(size[1] for size in naive) + 192,
        "reduced_weights": weights(*reduced),
        "true_statements": list("bcef"),
        "stack_channels": 192 + 5 * sum(size[1] for size in naive),
        "stack_field": 13,
        "reduced_macs": weights(*reduced) * 28 * 28,
    }
