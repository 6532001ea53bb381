"""The layers are in a list that the module does not know.

Feedback: It has 0 nn.Conv2d, expected 10
"""

from torch import nn


class TenLayerNet(nn.Module):
    def __init__(self, in_channels=3, classes=1000, widths=(64, 64, 64, 64, 128, 128, 256, 256, 512, 512)):
        super().__init__()
        self.blocks = []
        for width in widths:
            conv = nn.Conv2d(in_channels, width, 3, padding=1, bias=False)
            self.blocks.append(nn.Sequential(conv, nn.BatchNorm2d(width), nn.ReLU()))
            in_channels = width
        self.linear = nn.Linear(in_channels, classes)

    def forward(self, x):
        for number, block in enumerate(self.blocks, start=1):
            x = block(x)
            if number in (4, 6, 8):
                x = nn.functional.max_pool2d(x, 2)
        return self.linear(x.mean((2, 3)))
