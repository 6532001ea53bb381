"""A tensor of zeros, filled in part."""


def zero_pad_shortcut(x, channels, stride=1):
    N, C, H, W = x.shape
    y = x.new_zeros(N, channels, (H + stride - 1) // stride, (W + stride - 1) // stride)
    y[:, :C] = x[..., ::stride, ::stride]
    return y
