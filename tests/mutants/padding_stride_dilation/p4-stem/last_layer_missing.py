"""Three strided layers see 15 pixels only.

Feedback: spans 15 x 15 pixels, expected 31 x 31: -16 rows and -16 columns
"""

from torch import nn


def stem():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
    )
