"""The course's package finds the fields.

Feedback: the library's
"""

from torch import nn

import cnnlib


def receptive_fields(layers):
    model = nn.Sequential(*[nn.Conv1d(1, 1, k, s, p, d) for k, s, p, d in layers])
    fields = cnnlib.receptive_field(model, (1, 1, 1000)).values()
    return [(f.size[0], f.jump[0], int(f.center[0] - (f.size[0] - 1) / 2)) for f in fields]
