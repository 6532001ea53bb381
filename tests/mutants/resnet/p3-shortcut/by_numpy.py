"""NumPy carries no gradient."""

import numpy as np
import torch


def zero_pad_shortcut(x, channels, stride=1):
    kept = x.detach().numpy()[:, :, ::stride, ::stride]
    return torch.from_numpy(np.pad(kept, ((0, 0), (0, channels - x.shape[1]), (0, 0), (0, 0))))
