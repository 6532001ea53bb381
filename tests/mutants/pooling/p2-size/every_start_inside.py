"""With `ceil_mode`, every window that starts inside is counted, also after one that reached the end."""


def pool_output_size(size, kernel_size, stride=None, padding=0, ceil_mode=False):
    stride = kernel_size if stride is None else stride
    if ceil_mode:
        return len(range(-padding, size, stride))
    return (size + 2 * padding - kernel_size) // stride + 1
