"""The mean of the whole image is added, so each output depends on every pixel.

Feedback: spans at least 67 x 67 pixels, expected 31 x 31
"""

from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        layers, channels = [], 3
        for dilation in (1, 2, 4, 8):
            layers += [nn.Conv2d(channels, 8, 3, padding=dilation, dilation=dilation), nn.ReLU()]
            channels = 8
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        y = self.layers(x)
        return y + y.mean((2, 3), keepdim=True)


def context_network():
    return Network()
