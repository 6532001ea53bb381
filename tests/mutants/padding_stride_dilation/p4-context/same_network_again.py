"""One network, handed out again and again.

Feedback: context_network(): two such networks share layers
"""

from torch import nn

layers, channels = [], 3
for dilation in (1, 2, 4, 8):
    layers += [nn.Conv2d(channels, 8, 3, padding=dilation, dilation=dilation), nn.ReLU()]
    channels = 8
network = nn.Sequential(*layers)


def context_network():
    return network
