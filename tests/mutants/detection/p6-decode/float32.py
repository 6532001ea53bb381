"""The result is float32."""

import torch


def decode(output, stride):
    dx, dy, dw, dh = output.unbind(1)
    H, W = dx.shape[1:]
    x = (torch.arange(W).to(output) + 0.5 + dx) * stride
    y = (torch.arange(H).to(output)[:, None] + 0.5 + dy) * stride
    w, h = dw.exp() * stride, dh.exp() * stride
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], -1).flatten(1, 2).float()
