"""Circular puts the row's beginning before it and its end after it.

Feedback: Likely mistake: circular puts the row's beginning before it
"""


def source_indices(size, before, after, mode):
    row = list(range(size))
    if mode == "zeros":
        return [None] * before + row + [None] * after
    if mode == "replicate":
        return [0] * before + row + [size - 1] * after
    if mode == "circular":
        return row[:before] + row + row[size - after :]
    return row[1 : before + 1][::-1] + row + row[size - 1 - after : size - 1][::-1]
