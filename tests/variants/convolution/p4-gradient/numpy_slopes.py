"""The slopes and the root are NumPy's."""

import numpy as np
import torch


def gradient_magnitude(images):
    x = images.numpy()
    across, along = x[..., 2:] - x[..., :-2], x[:, :, 2:] - x[:, :, :-2]
    gx = across[:, :, :-2] + 2 * across[:, :, 1:-1] + across[:, :, 2:]
    gy = along[..., :-2] + 2 * along[..., 1:-1] + along[..., 2:]
    return torch.from_numpy(np.sqrt(gx**2 + gy**2))
