"""Tries the plain ways to take the rule against library functions away, in the course's package."""

import contextlib

import cnnlib.check.forbidden as forbidden
import torch
from cnnlib import check

forbidden._BLOCKS.set(())
forbidden.catch = lambda names, hit: contextlib.nullcontext()
forbidden._Functions.__torch_function__ = lambda self, f, types, args=(), kwargs=None: f(
    *args, **(kwargs or {})
)
forbidden.forbid = check.forbid = lambda *names: contextlib.nullcontext()


def rectify(x):
    return torch.relu(x)
