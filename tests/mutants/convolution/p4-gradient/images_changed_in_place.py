"""The slopes are computed in place.

Feedback: changed its argument in place
"""

import torch.nn.functional as F


def gradient_magnitude(images):
    sobel_x = images.new_tensor([[[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]]])
    gx, gy = F.conv2d(images, sobel_x), F.conv2d(images, sobel_x.mT)
    result = images[:, :, 1:-1, 1:-1]
    return result.copy_((gx.square() + gy.square()).sqrt()).clone()
