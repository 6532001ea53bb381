"""Windows of the pixels' numbers say where each weight goes."""

import torch


def dense_matrix(kernel, height, width):
    numbers = torch.arange(height * width).reshape(height, width)
    places = numbers.unfold(0, kernel.shape[0], 1).unfold(1, kernel.shape[1], 1).flatten(0, 1).flatten(1)
    matrix = kernel.new_zeros(len(places), height * width)
    return matrix.scatter(1, places, kernel.flatten().expand(len(places), -1))
