"""Helpers for a course on convolutional neural networks: data, arithmetic, figures, training and checks."""

from importlib.metadata import PackageNotFoundError, version

from cnnlib import arithmetic, challenge, check, data, show, train
from cnnlib.arithmetic import (
    conv_macs,
    conv_output_size,
    conv_parameters,
    conv_transpose_output_size,
    effective_receptive_field,
    receptive_field,
    summary,
)
from cnnlib.data import denormalize, load
from cnnlib.train import evaluate, fit, seed_everything

try:
    __version__ = version("cnnlib")  # pyproject.toml has it
except PackageNotFoundError:  # imported from its folder without being installed
    __version__ = "0+not.installed"

__all__ = [
    "arithmetic",
    "challenge",
    "check",
    "conv_macs",
    "conv_output_size",
    "conv_parameters",
    "conv_transpose_output_size",
    "data",
    "denormalize",
    "effective_receptive_field",
    "evaluate",
    "fit",
    "load",
    "receptive_field",
    "seed_everything",
    "show",
    "summary",
    "train",
]
