"""PyTorch tells the numbers; lists for tuples."""

from torch import nn


def by_hand():
    def size(*layers):
        return sum(values.numel() for layer in layers for values in layer.parameters())

    full = nn.Conv2d(24, 48, 3, bias=False)
    parts = nn.Conv2d(24, 24, 3, groups=24, bias=False), nn.Conv2d(24, 48, 1, bias=False)
    network = nn.Sequential(
        nn.Conv2d(3, 8, 3, bias=False),
        nn.BatchNorm2d(8),
        nn.Conv2d(8, 8, 3, groups=8, bias=False),
        nn.BatchNorm2d(8),
        nn.Conv2d(8, 16, 1, bias=False),
        nn.BatchNorm2d(16),
        nn.Linear(16, 10),
    )
    trained = size(network)
    return {
        "a_standard": size(full),
        "a_separable": size(*parts),
        "a_macs": [256 * size(full), 256 * size(*parts)],
        "b_trained": trained,
        "b_stored": trained + 2 * 32,
        "b_file": trained - 32,
        "c_standard": max(C for C in range(99) if 9 * C * C + C <= 5_000),
        "c_separable": max(C for C in range(99) if (9 + 1) * C + (C + 1) * C <= 5_000),
    }
