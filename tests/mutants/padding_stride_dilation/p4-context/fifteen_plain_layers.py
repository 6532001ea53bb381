"""The field is right, the budget is not.

Feedback: It has 8,400 parameters, 6,400 more than 2,000
"""

from torch import nn


def context_network():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), *[nn.Conv2d(8, 8, 3, padding=1) for _ in range(14)], nn.ReLU()
    )
