"""A kernel larger than the image is refused, although it fits into the padded image.

Feedback: the kernel is larger than the image
"""

import torch.nn.functional as F


def im2col(input, kernel_size, stride=1, padding=0):
    if kernel_size[0] > input.shape[2] or kernel_size[1] > input.shape[3]:
        raise ValueError("the kernel is larger than the image")
    x = F.pad(input, [padding] * 4)
    N, C, H, W = x.shape
    kh, kw = kernel_size
    h_out, w_out = (H - kh) // stride + 1, (W - kw) // stride + 1
    columns = x.new_empty(N, C, kh, kw, h_out, w_out)
    for i in range(kh):
        for j in range(kw):
            columns[:, :, i, j] = x[:, :, i::stride, j::stride][:, :, :h_out, :w_out]
    return columns.reshape(N, C * kh * kw, h_out * w_out)
