"""Quotients of numbers that divide.

Feedback: projection: an answer is a whole number: write 8448 instead of 8448.0.
"""


def by_hand():
    return {
        "basic_64": 73_984,
        "basic_256": 1_180_672,
        "bottleneck_256": 70_400,
        "projection": 128 * (64 + 2) / 1,
        "layers_basic": 34,
        "layers_bottleneck": 50,
    }
