"""`F.interpolate` with mode area is adaptive average pooling.

Feedback: the library's interpolate is called
"""

import torch.nn.functional as F


def adaptive_avg_pool2d(input, output_size):
    if isinstance(output_size, int):
        output_size = (output_size, output_size)
    return F.interpolate(input, size=output_size, mode="area")
