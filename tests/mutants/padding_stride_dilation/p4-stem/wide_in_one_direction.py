"""The last kernel is a row, so the height of the field is that of three layers.

Feedback: spans 15 x 31 pixels, expected 31 x 31: -16 rows and +0 columns
"""

from torch import nn


def stem():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 16, (1, 3), padding=(0, 1)),
    )
