"""Only the first image of a batch is used.

Feedback: Likely mistake: only the first image is used
"""

import torch.nn.functional as F


def im2col(input, kernel_size, stride=1, padding=0):
    x = F.pad(input[:1], [padding] * 4)
    N, C, H, W = x.shape
    kh, kw = kernel_size
    h_out, w_out = (H - kh) // stride + 1, (W - kw) // stride + 1
    columns = x.new_empty(N, C, kh, kw, h_out, w_out)
    for i in range(kh):
        for j in range(kw):
            columns[:, :, i, j] = x[:, :, i::stride, j::stride][:, :, :h_out, :w_out]
    return columns.reshape(N, C * kh * kw, h_out * w_out)
