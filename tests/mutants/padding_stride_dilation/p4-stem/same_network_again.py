"""One network, handed out again and again.

Feedback: stem(): two such networks share layers
"""

from torch import nn

network = nn.Sequential(
    nn.Conv2d(3, 8, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Conv2d(8, 8, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Conv2d(8, 16, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Conv2d(16, 16, 3, padding=1),
)


def stem():
    return network
