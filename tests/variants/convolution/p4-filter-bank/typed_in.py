"""Every weight is typed in."""

import torch


def filter_bank():
    ninth = 1 / 9
    return torch.tensor(
        [
            [[[0, 0, 0], [0, 1, 0], [0, 0, 0]]],
            [[[ninth] * 3] * 3],
            [[[-ninth] * 3, [-ninth, 2 - ninth, -ninth], [-ninth] * 3]],
            [[[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]],
            [[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]],
            [[[-1, -2, -1], [0, 0, 0], [1, 2, 1]]],
        ]
    )
