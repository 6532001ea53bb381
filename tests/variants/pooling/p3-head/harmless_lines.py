"""Layers by computed names, and introspection."""

import gc

from torch import nn


class Head(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.pool = getattr(nn, f"AdaptiveAvgPool{2}d")(1)
        for i, layer in enumerate((nn.Flatten(), nn.Linear(channels, classes))):
            setattr(self, f"layer{i}", layer)

    def forward(self, x):
        return self.layer1(self.layer0(self.pool(x)))


def any_size_head(channels, classes):
    return Head(channels, classes)


gc.collect()
print(len(Head(2, 3).__dict__), dir(Head)[-1])
