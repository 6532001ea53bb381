"""The course's summary knows the fields.

Feedback: the library's cnnlib.summary is called
"""

from torch import nn

import cnnlib


def receptive_fields(layers):
    model = nn.Sequential(*[nn.Conv1d(1, 1, k, s, p, d) for k, s, p, d in layers])
    rows = cnnlib.summary(model, (1, 1, 1000)).layers
    fields = [row.receptive_field for row in rows]
    return [(f.size[0], f.jump[0], int(f.center[0] - (f.size[0] - 1) / 2)) for f in fields]
