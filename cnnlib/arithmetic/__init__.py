"""Sizes, parameters and multiply-accumulates in exact integers: of a convolution, and of whole models.

Models also have receptive fields here, by the recurrence and by gradients.
"""

from cnnlib.arithmetic.convolutions import (
    conv_macs,
    conv_output_size,
    conv_parameters,
    conv_transpose_output_size,
)
from cnnlib.arithmetic.effective_fields import effective_receptive_field
from cnnlib.arithmetic.receptive_fields import ReceptiveField, receptive_field
from cnnlib.arithmetic.summaries import Summary, summary

__all__ = [
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
