"""The mirror stands behind the border pixel, which is repeated.

Feedback: Likely mistake: reflect repeats the border pixel
"""


def source_indices(size, before, after, mode):
    rules = {
        "zeros": lambda i: i if 0 <= i < size else None,
        "reflect": lambda i: -1 - i if i < 0 else i if i < size else 2 * size - 1 - i,
        "replicate": lambda i: min(max(i, 0), size - 1),
        "circular": lambda i: i % size,
    }
    return [rules[mode](i) for i in range(-before, size + after)]
