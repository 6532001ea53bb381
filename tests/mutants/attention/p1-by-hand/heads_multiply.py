"""Each head is taken to have 96 numbers.

Feedback: The heads share the 96 numbers
"""


def by_hand():
    """Return a dict: tuples of whole numbers and whole numbers, with the keys of the task."""
    return {
        "scores": (2, 1, 0, 3),
        "percent": (10, 20, 50, 20),
        "output": (3, 5),
        "masked_percent": (20, 80, 0, 0),
        "tokens": 8 * 8,
        "patch_numbers": 3 * 4 * 4,
        "embedding_parameters": 48 * 96 + 96,
        "weights_per_head": 64 * 64,
        "weights_doubled": 256 * 256,
        "qkv_parameters": 3 * (96 * 96 + 96),
        "qkv_parameters_heads": 12 * (96 * 96 + 96),
    }
