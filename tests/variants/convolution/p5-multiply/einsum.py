"""The product is an `einsum`."""

import torch


def conv2d_from_columns(columns, weight, output_size):
    product = torch.einsum("ok,nkl->nol", weight.reshape(weight.shape[0], -1), columns)
    return product.reshape(columns.shape[0], weight.shape[0], *output_size)
