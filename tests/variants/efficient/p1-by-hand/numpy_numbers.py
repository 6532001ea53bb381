"""NumPy's numbers, and layers of PyTorch that are counted."""

import numpy as np
import torch
from torch import nn


def by_hand():
    def count(*layers):
        return np.int64(sum(p.numel() for layer in layers for p in layer.parameters()))

    depthwise = nn.Conv2d(64, 64, 3, groups=64, bias=False)
    standard = count(nn.Conv2d(64, 128, 3, bias=False))
    separable = count(depthwise, nn.Conv2d(64, 128, 1, bias=False))
    shared = np.gcd(standard, separable)
    block = np.int64(24 * 144 * 2 + 144 * 9)
    return {
        "a_standard": standard,
        "a_grouped": count(nn.Conv2d(64, 128, 3, groups=4, bias=False)),
        "a_separable": separable,
        "a_ratio": (separable // shared, standard // shared),
        "a_late": count(depthwise) * (28**2 - 14**2),
        "b_weights": block,
        "b_macs": block * 784,
        "b_widest": np.prod([144, 28, 28]),
        "c_36": count(nn.Linear(144, 36), nn.Linear(36, 144)),
        "c_6": count(nn.Linear(144, 6), nn.Linear(6, 144)),
        "c_macs": np.int32(144 * 36 * 2),
        "d_order": tuple(torch.arange(12).reshape(3, 4).T.flatten().numpy()),
        "d_seen": (np.int64(2), np.int64(4)),
    }
