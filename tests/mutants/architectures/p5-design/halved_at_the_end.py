"""Nothing is halved before the last layers, so the field is small and the work large.

Feedback: Receptive field: 26 x 26 pixels
"""


def design():
    return [("conv", 16, 3, 1, 1)] * 7 + [("pool", 4, 4), ("conv", 64, 3, 1, 1), ("global",), ("linear", 10)]
