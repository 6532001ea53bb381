"""An assertion takes the place of the error that is asked for.

Feedback: raised AssertionError (the window does not fit)
"""


def output_size(size, kernel_size, stride=1, padding=0, dilation=1):
    options = [
        (value, value) if isinstance(value, int) else value
        for value in (kernel_size, stride, padding, dilation)
    ]
    rooms = [n + 2 * p - d * (k - 1) - 1 for n, k, _, p, d in zip(size, *options, strict=True)]
    assert min(rooms) >= 0, "the window does not fit"
    return tuple(room // s + 1 for room, s in zip(rooms, options[1], strict=True))
