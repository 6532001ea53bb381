"""With groups, each group starts again at the first bias."""

import torch.nn.functional as F


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    (sh, sw), (ph, pw), (dh, dw) = (
        (value, value) if isinstance(value, int) else value for value in (stride, padding, dilation)
    )
    x = F.pad(input, (pw, pw, ph, ph))
    N, _, H, W = x.shape
    out_channels, group_channels, kh, kw = weight.shape
    h_out = (H - dh * (kh - 1) - 1) // sh + 1
    w_out = (W - dw * (kw - 1) - 1) // sw + 1
    y = x.new_zeros(N, out_channels, h_out, w_out)
    for o in range(out_channels):
        first = o * groups // out_channels * group_channels
        for h in range(h_out):
            for w in range(w_out):
                rows = slice(h * sh, h * sh + dh * (kh - 1) + 1, dh)
                columns = slice(w * sw, w * sw + dw * (kw - 1) + 1, dw)
                window = x[:, first : first + group_channels, rows, columns]
                y[:, o, h, w] = (window * weight[o]).sum(dim=(1, 2, 3))
        if bias is not None:
            y[:, o] += bias[o % (out_channels // groups)]
    return y
