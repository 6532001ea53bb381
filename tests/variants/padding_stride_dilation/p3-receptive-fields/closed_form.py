"""Sums over layers with the product of the strides before them."""

from math import prod


def receptive_fields(layers):
    jumps = [prod(stride for _, stride, _, _ in layers[:depth]) for depth in range(len(layers) + 1)]
    spans = [d * (k - 1) * jump for (k, _, _, d), jump in zip(layers, jumps, strict=False)]
    starts = [-p * jump for (_, _, p, _), jump in zip(layers, jumps, strict=False)]
    return [(1 + sum(spans[:n]), jumps[n], sum(starts[:n])) for n in range(1, len(layers) + 1)]
