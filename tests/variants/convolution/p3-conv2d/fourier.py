"""Multiplication in the Fourier domain: the kernel is spread out, its spectrum conjugated."""

import torch
import torch.nn.functional as F


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    def pair(value):
        return (value, value) if isinstance(value, int) else value

    (sh, sw), (ph, pw), (dh, dw) = pair(stride), pair(padding), pair(dilation)
    x = F.pad(input, (pw, pw, ph, ph)).double()
    size = x.shape[2:]
    spread = torch.zeros(
        *weight.shape[:2], dh * (weight.shape[2] - 1) + 1, dw * (weight.shape[3] - 1) + 1, dtype=torch.float64
    )
    spread[:, :, ::dh, ::dw] = weight.double()
    image = torch.fft.rfft2(x).unflatten(1, (groups, -1))
    kernel = torch.fft.rfft2(spread, s=size).conj().unflatten(0, (groups, -1))
    product = torch.einsum("ngchw,gochw->ngohw", image, kernel).flatten(1, 2)
    y = torch.fft.irfft2(product, s=size)
    y = y[:, :, : size[0] - spread.shape[2] + 1 : sh, : size[1] - spread.shape[3] + 1 : sw]
    return (y if bias is None else y + bias.double()[:, None, None]).to(input.dtype)
