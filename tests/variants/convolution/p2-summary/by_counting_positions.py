"""No size formula: the positions of the window are counted with `range`."""


def conv2d_summary(
    input_shape, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True
):
    def at(value, axis):
        return value if isinstance(value, int) else value[axis]

    shape = [out_channels]
    weights = out_channels * (input_shape[0] // groups)
    for axis in (0, 1):
        span = at(dilation, axis) * (at(kernel_size, axis) - 1) + 1
        length = input_shape[1 + axis] + 2 * at(padding, axis)
        shape.append(len(range(0, length - span + 1, at(stride, axis))))
        weights *= at(kernel_size, axis)
    return tuple(shape), weights + out_channels * bool(bias)
