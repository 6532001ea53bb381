"""A last window may start in the padding behind the input, but not beyond it."""


def pool_output_size(size, kernel_size, stride=None, padding=0, ceil_mode=False):
    if stride is None:
        stride = kernel_size
    room = size + 2 * padding - kernel_size
    if not ceil_mode:
        return room // stride + 1
    windows = (room + stride - 1) // stride + 1
    return windows - 1 if (windows - 1) * stride >= size + 2 * padding else windows
