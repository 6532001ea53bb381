"""Only the first channel of the image is read.

Feedback: Output channels that see the whole field in each of the 3 channels of the image: 0, expected 8
"""

from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        layers, channels = [], 1
        for dilation in (1, 2, 4, 8):
            layers += [nn.Conv2d(channels, 8, 3, padding=dilation, dilation=dilation), nn.ReLU()]
            channels = 8
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x[:, :1])


def context_network():
    return Network()
