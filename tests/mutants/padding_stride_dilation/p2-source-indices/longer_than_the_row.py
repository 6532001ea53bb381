"""Reflect is right on the left only: on the right it goes on from the first pixel."""


def source_indices(size, before, after, mode):
    rules = {
        "zeros": lambda i: i if 0 <= i < size else None,
        "reflect": lambda i: abs(i) % size,
        "replicate": lambda i: min(max(i, 0), size - 1),
        "circular": lambda i: i % size,
    }
    return [rules[mode](i) for i in range(-before, size + after)]
