"""The running mean and variance are taken for parameters.

Feedback: projection: 8704 is not right. That includes the running mean and variance
"""


def by_hand():
    return {
        "basic_64": 74_240,
        "basic_256": 1_181_696,
        "bottleneck_256": 71_168,
        "projection": 8_704,
        "layers_basic": 34,
        "layers_bottleneck": 50,
    }
