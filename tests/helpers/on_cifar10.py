"""A chapter's own experiment on real photographs: its cells, run on CIFAR-10 instead of drawn images."""

import contextlib
import importlib.util
import io
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT.parent / "shared" / "cifar10"


def cifar10(train: int, test: int) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """The first images, uint8, shape (N, 32, 32, 3), and labels, int64, shape (N,), of each split.

    The files are no part of the repository; without them the test is skipped.
    """
    packed = FOLDER / "cifar10-jpeg.npz"
    if not packed.exists():
        pytest.skip(f"real CIFAR-10 is not at {packed}")
    spec = importlib.util.spec_from_file_location("unpack", FOLDER / "unpack.py")
    unpack = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(unpack)
    with np.load(packed) as data:
        return {
            split: (
                torch.from_numpy(unpack.decode(data[f"{split}_bytes"], data[f"{split}_offsets"][: n + 1])),
                torch.from_numpy(data[f"{split}_labels"][:n].astype(np.int64)),
            )
            for split, n in (("train", train), ("test", test))
        }


def run_cells(chapter: str, ids: list[str], names: dict) -> dict:
    """Run a chapter's code cells, given by their ids, in the namespace `names`; return it."""
    source = {cell.id: cell.source for cell in nbformat.read(ROOT / "book" / f"{chapter}.ipynb", 4).cells}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in ids:
            exec(source[cell], names)
    return names
