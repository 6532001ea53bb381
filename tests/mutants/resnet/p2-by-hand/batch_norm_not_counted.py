"""The parameters of the convolutions only.

Feedback: basic_64: 73728 is not right. That is the convolutions; each has a batch norm after it
"""


def by_hand():
    return {
        "basic_64": 73_728,
        "basic_256": 1_179_648,
        "bottleneck_256": 69_632,
        "projection": 8_192,
        "layers_basic": 34,
        "layers_bottleneck": 50,
    }
