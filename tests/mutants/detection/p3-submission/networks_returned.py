"""The networks are returned instead of a text.

Feedback: expected text
"""

from torch import nn


def submission():
    return nn.Sequential(nn.Conv2d(3, 3, 1)), nn.Sequential(nn.Conv2d(3, 3, 1))
