"""The product is NumPy's."""

import numpy as np
import torch


def conv2d_from_columns(columns, weight, output_size):
    maps = np.matmul(weight.numpy().reshape(len(weight), -1), columns.numpy())
    return torch.from_numpy(maps.reshape(len(columns), len(weight), *output_size))
