"""The squares are added, and no root is taken.

Feedback: Likely mistake: the square root is missing
"""

import torch
import torch.nn.functional as F


def gradient_magnitude(images):
    sobel_x = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    weight = torch.stack([sobel_x, sobel_x.T]).unsqueeze(1)
    return F.conv2d(images, weight).square().sum(dim=1, keepdim=True)
