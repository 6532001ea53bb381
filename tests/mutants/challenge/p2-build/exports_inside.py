"""The file is written and counted for each width.

Feedback: this exercise asks you to write that step yourself
"""

from torch import nn

from cnnlib import challenge


def build(budget):
    def make(w):
        return nn.Sequential(
            nn.Conv2d(3, w, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(w),
            nn.ReLU(),
            SeparableBlock(w, w),  # noqa: F821 (of the cell above)
            SeparableBlock(w, 2 * w, stride=2),  # noqa: F821
            SeparableBlock(2 * w, 2 * w),  # noqa: F821
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(2 * w, 10),
        )

    w = 1
    while challenge.count_parameters(challenge.export(make(w + 1), "model.onnx")) <= budget:
        w += 1
    return make(w)
