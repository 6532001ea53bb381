"""A grid of middles, then sides from middles and halves."""

import torch


def decode(output, stride):
    H, W = output.shape[2:]
    rows, columns = torch.meshgrid(torch.arange(H), torch.arange(W), indexing="ij")
    cells = torch.stack([columns, rows]).to(output.dtype) + 0.5
    middle = ((cells + output[:, :2]) * stride).flatten(2).transpose(1, 2)
    half = (output[:, 2:].exp() * stride / 2).flatten(2).transpose(1, 2)
    return torch.cat([middle - half, middle + half], dim=2)
