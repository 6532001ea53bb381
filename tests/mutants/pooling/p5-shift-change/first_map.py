"""Only the first channel of the first image is compared."""

import torch


def shift_change(f, images, shift):
    before, after = f(images)[0, 0], f(torch.roll(images, shift, dims=(2, 3)))[0, 0]
    return float((after - before).norm() / before.norm())
