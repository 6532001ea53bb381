"""Sizes, parameters and multiply-accumulates in exact integers, and receptive fields.

The size formulas are those of Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*
(2016, arXiv:1603.07285), with the dilation and the floor of the "Shape" sections of PyTorch's
``torch.nn.Conv2d`` and ``torch.nn.ConvTranspose2d``. Argument names and order are PyTorch's.
"""

from cnnlib.arithmetic.convolutions import (
    conv_macs,
    conv_output_size,
    conv_parameters,
    conv_transpose_output_size,
)
from cnnlib.arithmetic.effective_fields import effective_receptive_field
from cnnlib.arithmetic.receptive_fields import ReceptiveField, receptive_field
from cnnlib.arithmetic.summaries import LayerSummary, Summary, summary

__all__ = [
    "LayerSummary",
    "ReceptiveField",
    "Summary",
    "conv_macs",
    "conv_output_size",
    "conv_parameters",
    "conv_transpose_output_size",
    "effective_receptive_field",
    "receptive_field",
    "summary",
]
