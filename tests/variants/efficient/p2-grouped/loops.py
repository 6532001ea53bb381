"""Five loops, over positions and groups."""


def grouped_conv2d(input, weight, groups, stride=1, padding=0):
    N, C, H, W = input.shape
    out_channels, width, kh, kw = weight.shape
    x = input.new_zeros(N, C, H + 2 * padding, W + 2 * padding)
    x[:, :, padding : padding + H, padding : padding + W] = input
    rows, columns = (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1
    y = input.new_zeros(N, out_channels, rows, columns)
    each = out_channels // groups
    for o in range(out_channels):
        start = o // each * width
        for i in range(rows):
            for j in range(columns):
                top, left = i * stride, j * stride
                window = x[:, start : start + width, top : top + kh, left : left + kw]
                y[:, o, i, j] = (window * weight[o]).sum((1, 2, 3))
    return y
