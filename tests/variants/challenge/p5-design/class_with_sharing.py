"""A class; one convolution is used three times, and counts once."""

from torch import nn


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 18, 4, 2, 1)
        self.shared = nn.Conv2d(18, 18, 3, padding=1)
        self.norms = nn.ModuleList(nn.BatchNorm2d(18) for _ in range(3))
        self.last = nn.Linear(18, 10)

    def forward(self, x):
        x = self.first(x).relu()
        for norm in self.norms:
            x = nn.functional.max_pool2d((x + norm(self.shared(x))).relu(), 2)
        return self.last(x.mean((2, 3)))


def design():
    return Shared()
