"""The places that the stamps cover are collected, then cut."""


def transposed_output_size(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    def at(value, axis):
        return value if isinstance(value, int) else value[axis]

    sides = []
    for axis in (0, 1):
        taps = range(0, at(kernel_size, axis) * at(dilation, axis), at(dilation, axis))
        covered = [n * at(stride, axis) + tap for n in range(size[axis]) for tap in taps]
        sides.append(max(covered) + 1 - 2 * at(padding, axis) + at(output_padding, axis))
    return tuple(sides)
