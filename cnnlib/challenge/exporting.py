"""Write a PyTorch model as one ONNX file that the leaderboard takes."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from cnnlib.arithmetic.models import check_model, eager, unwrapped
from cnnlib.challenge.files import first_line, need, save
from cnnlib.challenge.folding import fold_batch_norm
from cnnlib.challenge.training_only import at_work

if TYPE_CHECKING:
    from onnx import ModelProto

__all__ = ["export"]

_NO_LIMIT = 2**30  # elements; a submission is far smaller


def export(model: nn.Module, path: str | os.PathLike, *, input_shape: Sequence[int] = (3, 32, 32)) -> Path:
    """Write a model in evaluation mode as one self-contained ONNX file with a free batch size.

    Batch normalization is folded: into the convolution or linear layer before it, and else into one factor
    and one summand a channel. Its running statistics then cost no parameters of their own.

    Parameters
    ----------
    model : Module
        Maps standardized images (N, 3, 32, 32) to scores (N, 10). Mode and weights stay as they are. Of what
        ``torch.compile`` or ``DataParallel`` made, the model in it is written.
    path : path
        The file to write; one that is there is replaced.
    input_shape : sequence of int
        Shape of one image, (C, H, W).

    Warns
    -----
    UserWarning
        If the model drops out in evaluation mode, too; `validate` will say that such a file is refused.

    Returns
    -------
    Path
        `path`. The file's input is ``images``, its output ``scores``. `validate` says whether it is allowed.

    Raises
    ------
    ValueError
        If torch cannot export the model, or would write something else; the message says why.
    ImportError
        If onnx or onnxscript is not installed.
    OSError
        If the file cannot be written.
    """
    need("onnx", "onnxscript")
    model = unwrapped(model)
    name = type(model).__name__
    check_model(model, (2, *input_shape))
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    images = torch.zeros(2, *input_shape, device=device)  # 2: torch takes a batch of 1 for a constant
    with _evaluation(model), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about torch's own code, nothing that the caller could change
        try:
            with eager():
                found = at_work(model, images)
            program = None if found and not found.written else _program(model, images)
        except Exception as error:  # whatever the model or torch's exporter raises, with pages of advice
            raise ValueError(
                f"{name} cannot be exported for images of shape {('N', *input_shape)} with a free batch size "
                f"N: {_cause(error)}."
            ) from error
    if program is None:
        raise ValueError(f"{name} {found.sentence}.")
    if found:
        warnings.warn(f"{name} {found.sentence}; the leaderboard will refuse this file.", stacklevel=2)
    proto = _constants_computed(program.model_proto)
    if proto.graph.input[0].type.tensor_type.shape.dim[0].HasField("dim_value"):
        raise ValueError(
            f"{name} has a batch size built in: where its code needs the number of images, "
            "use x.shape[0] (not len(x), int(…) or a number), or -1 in a view."
        )
    fold_batch_norm(proto)
    _strip(proto)
    return save(proto, path)


def _program(model: nn.Module, images: torch.Tensor) -> torch.onnx.ONNXProgram:
    parameters = inspect.signature(model.forward).parameters.values()
    if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        model = nn.Sequential(model)  # torch.export wants to know how many inputs there are
    return torch.onnx.export(
        model,
        (images,),
        dynamo=True,
        input_names=["images"],
        output_names=["scores"],
        dynamic_shapes=({0: torch.export.Dim("N")},),
        verbose=False,
    )


def _constants_computed(model: ModelProto) -> ModelProto:
    """Store what the model computes from weights alone, such as standardized weights, whatever its size."""
    from onnxscript import optimizer

    return optimizer.optimize(model, input_size_limit=_NO_LIMIT, output_size_limit=_NO_LIMIT)


@contextmanager
def _evaluation(model: nn.Module) -> Iterator[None]:
    modes = [(module, module.training) for module in model.modules()]
    # Where weights lie channels last, torch writes some layers with operators that the rules refuse.
    tensors = [(tensor, tensor.data) for tensor in (*model.parameters(), *model.buffers())]
    model.eval()
    for tensor, values in tensors:
        # A copy: 1 × 1 kernels pass for contiguous in either layout, and stay as they lie.
        tensor.data = values.clone(memory_format=torch.contiguous_format)
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
        for tensor, values in tensors:
            tensor.data = values


def _cause(error: Exception) -> str:
    """What went wrong first, in one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    return first_line(error)


def _strip(model: ModelProto) -> None:
    """Remove what only debugging needs: source lines with the paths of this machine, inner shapes."""
    graph = model.graph
    for message in (model, graph, *graph.node, *graph.initializer, *graph.input, *graph.output):
        message.doc_string = ""
        del message.metadata_props[:]
    del graph.value_info[:]
    for value in (graph.input[0], graph.output[0]):
        for dim in value.type.tensor_type.shape.dim[:1]:
            if dim.HasField("dim_param"):
                dim.dim_param = "N"
