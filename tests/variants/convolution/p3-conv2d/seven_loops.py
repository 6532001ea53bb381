"""One loop for each index of the formula, on Python's numbers."""

import math


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    sh, sw = (stride, stride) if isinstance(stride, int) else stride
    ph, pw = (padding, padding) if isinstance(padding, int) else padding
    dh, dw = (dilation, dilation) if isinstance(dilation, int) else dilation
    N, _, H, W = input.shape
    out_channels, group_channels, kh, kw = weight.shape
    h_out = math.floor((H + 2 * ph - dh * (kh - 1) - 1) / sh + 1)
    w_out = math.floor((W + 2 * pw - dw * (kw - 1) - 1) / sw + 1)
    x, kernel = input.tolist(), weight.tolist()
    y = input.new_zeros(N, out_channels, h_out, w_out)
    for n in range(N):
        for o in range(out_channels):
            group = o // (out_channels // groups)
            for h in range(h_out):
                for w in range(w_out):
                    total = 0.0 if bias is None else float(bias[o])
                    for c in range(group_channels):
                        for i in range(kh):
                            for j in range(kw):
                                row, column = h * sh + i * dh - ph, w * sw + j * dw - pw
                                if 0 <= row < H and 0 <= column < W:
                                    total += (
                                        kernel[o][c][i][j] * x[n][group * group_channels + c][row][column]
                                    )
                    y[n, o, h, w] = total
    return y
