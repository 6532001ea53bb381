"""Pixels are added one at a time, first after, then before; the result is a list."""


def same_padding(kernel_size, dilation=1):
    kernel = [kernel_size] * 2 if isinstance(kernel_size, int) else list(kernel_size)
    steps = [dilation] * 2 if isinstance(dilation, int) else list(dilation)
    sides = []
    for axis in (1, 0):
        amounts = [0, 0]
        for missing in range(steps[axis] * (kernel[axis] - 1)):
            amounts[1 - missing % 2] += 1
        sides += amounts
    return sides
