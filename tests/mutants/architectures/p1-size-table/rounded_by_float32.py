"""The products are made in float32, which rounds above 16 million."""

import torch


def size_table(input_shape, layers):
    shape, rows = tuple(input_shape), []
    for kind, *numbers in layers:
        parameters = macs = 0
        if kind == "conv":
            channels, kernel_size, stride, padding = numbers
            weights = kernel_size * kernel_size * shape[0]
            places = [(size + 2 * padding - kernel_size) // stride + 1 for size in shape[1:]]
            parameters = channels * (weights + 1)
            macs = int(torch.tensor([channels, *places, weights], dtype=torch.float32).prod())
            shape = (channels, *places)
        elif kind == "pool":
            kernel_size, stride = numbers
            shape = (shape[0], *[(size - kernel_size) // stride + 1 for size in shape[1:]])
        elif kind == "global":
            shape = (shape[0],)
        else:
            macs = int(torch.tensor([*shape, numbers[0]], dtype=torch.float32).prod())
            parameters = macs + numbers[0]
            shape = (numbers[0],)
        rows.append((shape, parameters, macs))
    return rows
