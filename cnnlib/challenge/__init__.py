"""The CIFAR-10 challenge: write a model as an ONNX file, count its parameters, learn what the board will say.

Importing this needs neither onnx nor onnxruntime; using it needs ``pip install "cnnlib[challenge]"``.

It sets the environment variable ``ORT_DISABLE_TELEMETRY`` to 1. Otherwise importing onnxruntime would start a
thread that reports to its maker, and a database in the user's cache folder. Who imports onnxruntime before
cnnlib sets the variable before that.
"""

import os

from cnnlib.challenge.exporting import export
from cnnlib.challenge.inspection import Inspection, count_parameters, inspect
from cnnlib.challenge.intervals import wilson
from cnnlib.challenge.new_images import score_drawn
from cnnlib.challenge.report import Report, validate
from cnnlib.challenge.rounding import rounded
from cnnlib.challenge.rules import BUDGETS, MAX_BYTES
from cnnlib.challenge.scoring import batch_problem, predict, public_half
from cnnlib.challenge.text import as_text, from_text

__all__ = [
    "BUDGETS",
    "MAX_BYTES",
    "Inspection",
    "Report",
    "as_text",
    "batch_problem",
    "count_parameters",
    "export",
    "from_text",
    "inspect",
    "predict",
    "public_half",
    "rounded",
    "score_drawn",
    "validate",
    "wilson",
]

# Before onnxruntime is imported, which nothing above does.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
