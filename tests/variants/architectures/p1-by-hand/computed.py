"""The layers tell the numbers; lists for tuples."""

import torch
from torch import nn


def by_hand():
    def macs(layer, y):
        return y[0].numel() * layer.weight[0].numel()

    def count(layers):
        return sum(parameter.numel() for layer in layers for parameter in layer.parameters())

    image = torch.zeros(8, 3, 32, 32)
    first, second = nn.Conv2d(3, 10, 7), nn.Conv2d(10, 6, 5, stride=2)
    y = first(image)
    z = second(y)
    convolutions, work, x = [], [], torch.zeros(1, 3, 32, 32)
    for channels in (32, 64, 128):
        for _ in range(2):
            convolutions.append(nn.Conv2d(x.shape[1], channels, 3, padding=1))
            x = convolutions[-1](x)
            work.append(macs(convolutions[-1], x))
        x = nn.functional.max_pool2d(x, 2)
    dense = [nn.Linear(x.numel(), 256), nn.Linear(256, 10)]
    dense_work = sum(layer.weight.numel() for layer in dense)
    return {
        "a_macs_1": macs(first, y),
        "a_macs_2": macs(second, z),
        "a_bytes": 4 * (y.numel() + z.numel()),
        "b_layers": len(convolutions) + len(dense),
        "b_map": list(x.shape[1:]),
        "b_macs": work[1::2],
        "b_dense": count(dense),
        "b_global": count([nn.Linear(128, 10)]),
        "b_share_parameters": round(100 * count(dense) / count(convolutions + dense)),
        "b_share_macs": round(100 * dense_work / (dense_work + sum(work))),
    }
