"""The sizes of everything that a model would compute, found without computing it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cnnlib.challenge.files import first_line, quote
from cnnlib.challenge.rules import CLASSES, IMAGE_SHAPE, LARGEST_TENSOR, LARGEST_TOTAL

if TYPE_CHECKING:
    from onnx import ModelProto, ValueInfoProto

__all__ = ["check_interface", "check_sizes"]

_FLOAT = 1
_WANTED = "float32 images (N, 3, 32, 32) and gives scores (N, 10)"


def check_interface(model: ModelProto) -> list[str]:
    """Say what is wrong with the declared input and output."""
    inputs, outputs = model.graph.input, model.graph.output
    if len(inputs) != 1 or len(outputs) != 1:
        return [
            f"The model has {len(inputs)} inputs and {len(outputs)} outputs; expected one of each: "
            f"it takes {_WANTED}."
        ]
    problems = []
    for value, role in ((inputs[0], "input"), (outputs[0], "output")):
        tensor = value.type.tensor_type
        if not value.type.HasField("tensor_type") or tensor.elem_type != _FLOAT:
            problems.append(f"The {role} is not a float32 tensor; expected a model that takes {_WANTED}.")
    if problems:
        return problems
    dims = list(inputs[0].type.tensor_type.shape.dim)
    if tuple(dim.dim_value for dim in dims[1:]) != IMAGE_SHAPE:
        return [f"The input has shape ({_text(inputs[0])}); expected (N, 3, 32, 32)."]
    if dims[0].HasField("dim_value"):
        return [
            f"The batch size is fixed to {dims[0].dim_value}; it must be free, so that any number of images "
            "can be scored: write the file with cnnlib.challenge.export."
        ]
    return []


def check_sizes(model: ModelProto) -> list[str]:
    """Infer every shape for 3 and for 5 images, and say what does not fit or is too large.

    The model is in the form that `plain` gives, and only has allowed operators.
    """
    import onnx

    try:
        onnx.checker.check_model(model)  # attributes that an operator does not have, and the like
    except Exception as error:  # onnx has several, without a common base
        return [f"The file is not valid ONNX: {first_line(error)}."]
    for images in (3, 5):  # two numbers that no layer has by chance: a batch size that is built in shows
        problem = _check_for(model, images)
        if problem:
            return [problem]
    return []


def _check_for(model: ModelProto, images: int) -> str | None:
    import onnx

    model = onnx.ModelProto.FromString(model.SerializeToString())
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = images
    model.graph.output[0].type.tensor_type.ClearField("shape")
    try:
        model = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except Exception as error:  # as above
        return f"The model cannot take {images} images of shape (3, 32, 32): {first_line(error)}."
    known = {value.name: value for value in (*model.graph.value_info, *model.graph.output)}
    total = 0
    for node in model.graph.node:
        for name in filter(None, node.output):
            dims = known[name].type.tensor_type.shape.dim if name in known else None
            if dims is None or not all(dim.HasField("dim_value") and dim.dim_value >= 0 for dim in dims):
                return f"The size of {quote(name)} ({node.op_type}) cannot be told before the model runs."
            size = math.prod(dim.dim_value for dim in dims) / images
            total += size
            if size > LARGEST_TENSOR:
                return (
                    f"{node.op_type} gives a tensor of {size:,.0f} numbers for one image ({quote(name)}); "
                    f"at most {LARGEST_TENSOR:,} are allowed."
                )
    if total > LARGEST_TOTAL:
        return (
            f"The model computes {total:,.0f} numbers for one image; at most {LARGEST_TOTAL:,} are allowed."
        )
    shape = tuple(dim.dim_value for dim in model.graph.output[0].type.tensor_type.shape.dim)
    if shape != (images, CLASSES):
        wanted = (images, CLASSES)
        return f"For {images} images the output has shape {shape}; expected {wanted}, a score for each class."
    return None


def _text(value: ValueInfoProto) -> str:
    dims = value.type.tensor_type.shape.dim
    return ", ".join(str(dim.dim_value) if dim.HasField("dim_value") else "N" for dim in list(dims)[:8])
