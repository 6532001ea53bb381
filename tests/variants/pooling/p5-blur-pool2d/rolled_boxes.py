"""Repeated means of two neighbors, by `roll`."""


def blur_pool2d(input, kernel_size=3, stride=2):
    x = input
    for axis in (2, 3):
        for step in range(kernel_size - 1):
            x = (x + x.roll(1 if step % 2 else -1, axis)) / 2
    return x[..., ::stride, ::stride]
