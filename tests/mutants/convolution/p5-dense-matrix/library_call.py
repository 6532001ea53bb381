"""Every unit image is convolved by the library.

Feedback: the library's conv2d is called
"""

import torch
import torch.nn.functional as F


def dense_matrix(kernel, height, width):
    pixels = torch.eye(height * width).reshape(-1, 1, height, width)
    return F.conv2d(pixels, kernel[None, None]).flatten(1).T
