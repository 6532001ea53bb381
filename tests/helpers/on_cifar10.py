"""A chapter's own experiment on real photographs: its cells, run on CIFAR-10 instead of drawn images."""

import contextlib
import io
import os
from pathlib import Path
from unittest import mock

import nbformat
import pytest
import torch

import cnnlib
from cnnlib.data import Loaders

ROOT = Path(__file__).resolve().parents[2]


def photographs() -> Loaders:
    """CIFAR-10 from the folder that CNNLIB_DATA names, or the user's cache; a test downloads nothing.

    Where it is not, the test is skipped.
    """
    with mock.patch.dict(os.environ, CNNLIB_OFFLINE="1"):
        try:
            return cnnlib.load("cifar10")
        except FileNotFoundError as missing:
            pytest.skip(str(missing))


def cifar10(train: int, test: int) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """The first images of two splits, uint8, shape (N, 32, 32, 3), and their labels, int64, shape (N,)."""
    loaders = photographs()
    return {
        split: (loader.images[:n], loader.labels[:n])
        for split, loader, n in (("train", loaders.train, train), ("test", loaders.test, test))
    }


def run_cells(chapter: str, ids: list[str], names: dict) -> dict:
    """Run a chapter's code cells, given by their ids, in the namespace `names`; return it."""
    source = {cell.id: cell.source for cell in nbformat.read(ROOT / "book" / f"{chapter}.ipynb", 4).cells}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in ids:
            exec(source[cell], names)
    return names
