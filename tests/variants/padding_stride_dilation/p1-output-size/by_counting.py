"""No formula: the window is moved until it does not fit."""


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    def at(value, axis):
        return value if isinstance(value, int) else value[axis]

    counts = [0, 0]
    for axis in (0, 1):
        last_read = at(dilation, axis) * (at(kernel_size, axis) - 1) - at(padding, axis)
        while last_read < size[axis] + at(padding, axis):
            counts[axis] += 1
            last_read += at(stride, axis)
    if 0 in counts:
        raise ValueError(f"a window of {kernel_size} does not fit on {size}")
    return tuple(counts)
