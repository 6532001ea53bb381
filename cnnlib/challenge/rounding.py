"""Round a model's numbers to bfloat16: what is scored, so that no float32 carries two weights."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from cnnlib.challenge.files import numbers, save
from cnnlib.challenge.inspection import checked
from cnnlib.challenge.rules import CLASSES, IMAGE_SHAPE

if TYPE_CHECKING:
    from onnx import ModelProto

__all__ = ["rounded"]

_FLOAT = 1


def rounded(path: str | os.PathLike, to: str | os.PathLike) -> Path:
    """Write the model with every counted number rounded to bfloat16, and with nothing else but its graph.

    The numbers stay float32 in the new file, with 8 significant bits each, so arithmetic is not rounded.
    Names, texts, tensors that nothing uses and everything else that no score depends on are left out: files
    that differ in these alone give the same file.

    Parameters
    ----------
    path, to : path
        A file without problems, and the file to write.

    Returns
    -------
    Path
        `to`.

    Raises
    ------
    ValueError
        If the file breaks a rule; the message is the first of the problems.
    OSError
        If `to` cannot be written.
    """
    model = checked(path)
    for tensor in model.graph.initializer:
        if tensor.data_type == _FLOAT:
            tensor.raw_data = round_to_bfloat16(numbers(tensor)).tobytes()
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.type == _FLOAT:  # the number of this type is the same here
                attribute.f = round_to_bfloat16(np.float32(attribute.f)).item()
    _rename(model)
    return save(model, to)


def _rename(model: ModelProto) -> None:
    """Name tensors by their place and put them in its order, so that a renamed copy gives the same file."""
    graph = model.graph
    names = {"": "", graph.input[0].name: "images", graph.output[0].name: "scores"}
    for node in graph.node:
        for name in (*node.input, *node.output):
            names.setdefault(name, f"t{len(names)}")
    for node in graph.node:
        node.input[:] = [names[name] for name in node.input]
        node.output[:] = [names[name] for name in node.output]
        attributes = sorted(node.attribute, key=lambda attribute: attribute.name)
        del node.attribute[:]
        node.attribute.extend(attributes)
    used = {names[tensor.name]: tensor for tensor in graph.initializer if tensor.name in names}
    tensors = [used[name] for name in names.values() if name in used]
    for name, tensor in used.items():
        tensor.name = name
    del graph.initializer[:]
    graph.initializer.extend(tensors)
    for value, name, shape in (
        (graph.input[0], "images", IMAGE_SHAPE),
        (graph.output[0], "scores", (CLASSES,)),
    ):
        value.Clear()
        value.name = name
        value.type.tensor_type.elem_type = _FLOAT
        value.type.tensor_type.shape.dim.add(dim_param="N")
        for size in shape:
            value.type.tensor_type.shape.dim.add(dim_value=size)


def round_to_bfloat16(values: np.ndarray) -> np.ndarray:
    """Round float32 values to the nearest that bfloat16 has, ties to even; the result is float32."""
    tensor = torch.from_numpy(np.array(values, dtype=np.float32))
    return tensor.to(torch.bfloat16).to(torch.float32).numpy()
