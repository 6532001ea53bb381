"""Every convolution has a bias.

Feedback: basic_64: 74112 is not right. That includes a bias for each channel of a convolution; there is none.
"""


def by_hand():
    return {
        "basic_64": 74_112,
        "basic_256": 1_181_184,
        "bottleneck_256": 70_784,
        "projection": 8_576,
        "layers_basic": 34,
        "layers_bottleneck": 50,
    }
