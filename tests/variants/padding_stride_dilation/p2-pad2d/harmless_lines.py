"""Indexing by `source_indices`, in a compiled helper, among lines that many notebooks have."""

%matplotlib inline
import gc
import inspect

import torch
import torch.nn.functional as F

torch.backends.cudnn.deterministic = True
torch.set_printoptions(precision=2, sci_mode=False)
F.pad?


def pad2d(x, amounts, mode="zeros"):
    left, right, top, bottom = amounts
    rows = source_indices(x.shape[2], top, bottom, "replicate" if mode == "zeros" else mode)
    columns = source_indices(x.shape[3], left, right, "replicate" if mode == "zeros" else mode)
    y = getattr(x[:, :, rows][..., columns], "clone")()
    if mode == "zeros":
        H, W = x.shape[2:]
        y[:, :, :top], y[:, :, top + H :] = 0, 0
        y[..., :left], y[..., left + W :] = 0, 0
    gc.collect()
    return y


print(inspect.signature(pad2d))
