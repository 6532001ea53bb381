"""A ball that bounces, a ring, and slices."""


def source_indices(size, before, after, mode):
    if mode == "zeros":
        return [None] * before + list(range(size)) + [None] * after
    if mode == "replicate":
        return [0] * before + [*range(size)] + [size - 1] * after
    if mode == "circular":
        ring = list(range(size)) * 3
        return ring[size - before : 2 * size + after]
    there_and_back = [*range(size), *range(size - 2, 0, -1)]
    return [there_and_back[place % len(there_and_back)] for place in range(-before, size + after)]
