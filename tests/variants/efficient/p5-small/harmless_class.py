"""A class with computed names, groups and a shuffle; and a harmless line."""

import gc

from torch import nn

gc.collect()


class Small(nn.Module):
    def __init__(self, widths=(3, 16, 32, 32)):
        super().__init__()
        self.stages = len(widths) - 1
        for i in range(self.stages):
            conv = getattr(nn, f"Conv{2}d")(
                widths[i], widths[i + 1], 3, 1 + (i < 2), 1, groups=1 if i == 0 else 4, bias=False
            )
            setattr(self, f"conv{i}", conv)
            setattr(self, f"norm{i}", nn.BatchNorm2d(widths[i + 1]))
        self.head = nn.Linear(widths[-1], 10)

    def forward(self, x):
        for i in range(self.stages):
            x = getattr(self, f"norm{i}")(getattr(self, f"conv{i}")(x)).relu()
            if i:
                x = channel_shuffle(x, 4)
        return self.head(x.mean((2, 3)))


def small_network():
    return Small()
