"""A zero is marked by -1, not by None."""


def source_indices(size, before, after, mode):
    rules = {
        "zeros": lambda i: i if 0 <= i < size else -1,
        "reflect": lambda i: size - 1 - abs(size - 1 - abs(i)),
        "replicate": lambda i: min(max(i, 0), size - 1),
        "circular": lambda i: i % size,
    }
    return [rules[mode](i) for i in range(-before, size + after)]
