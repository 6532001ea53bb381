"""A rolled identity with its border cut off."""

import torch
import torch.nn.functional as F


def neighbor_weights(height, width, dy, dx):
    """Return the weights of a head in which each pixel looks at one neighbor.

    height, width, dy, dx : int
    returns : float32 Tensor, shape (height * width, height * width)
    """
    rows = torch.arange(height * width) // width + dy
    columns = torch.arange(height * width) % width + dx
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    places = (rows.clamp(0, height - 1) * width + columns.clamp(0, width - 1)).long()
    return F.one_hot(places, height * width).float() * inside[:, None]
