"""The identity looks at the top left pixel.

Feedback: ['identity']
"""

import torch


def filter_bank():
    identity = torch.zeros(3, 3)
    identity[0, 0] = 1
    blur = torch.full((3, 3), 1 / 9)
    slope = torch.tensor([-1.0, 0.0, 1.0])
    prewitt_x = slope.repeat(3, 1)
    sobel_x = torch.outer(torch.tensor([1.0, 2.0, 1.0]), slope)
    return torch.stack([identity, blur, 2 * identity - blur, prewitt_x, sobel_x, sobel_x.T]).unsqueeze(1)
