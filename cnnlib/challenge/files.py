"""Read a submission without trusting it, and write it anew with nothing but what is scored."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnlib.challenge.rules import MAX_BYTES, MAX_PARTS

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

__all__ = [
    "BrokenFile",
    "constants",
    "first_line",
    "need",
    "numbers",
    "plain",
    "quote",
    "read",
    "save",
    "stored",
]


_FLOAT, _INT64 = 1, 7  # of TensorProto.DataType


class BrokenFile(ValueError):  # noqa: N818 (it reads as what was found)
    """The file cannot be read as a model at all; the message is one sentence."""


def need(*names: str) -> None:
    """Raise one sentence if a package of the extra ``challenge`` is missing."""
    import importlib.util

    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise ImportError(
            f"The challenge needs {' and '.join(missing)}, which is not installed; "
            'run: pip install "cnnlib[challenge]" (in a notebook: %pip install onnx onnxruntime onnxscript)'
        )


def read(path: str | os.PathLike) -> ModelProto:
    """Read a model of at most `MAX_BYTES`; other files that it names are never opened.

    Raises
    ------
    BrokenFile
        If the file is missing, not a plain file, too large or no ONNX model.
    """
    need("onnx")
    import onnx
    from google.protobuf.message import DecodeError

    path = Path(path)
    try:
        if not path.is_file():
            raise BrokenFile(f"{path.name} is not a file; expected one ONNX file.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BrokenFile(f"{path.name} cannot be read ({error.strerror or error}).") from error
    if len(data) > MAX_BYTES:
        raise BrokenFile(f"The file is larger than {MAX_BYTES:,} bytes, which is the limit.")
    try:
        model = onnx.ModelProto.FromString(data)
    except DecodeError as error:
        raise BrokenFile(
            "The file is not an ONNX model, or it is cut off; write it with cnnlib.challenge.export."
        ) from error
    _check_parts(model)
    if not model.HasField("graph") or not model.graph.node:
        raise BrokenFile("The file holds no model; write it with cnnlib.challenge.export.")
    return model


def _check_parts(model: ModelProto) -> None:
    """Refuse a file of so many parts that looking at each would take long, and texts that are none."""
    parts, seen = [model], 0
    while parts:
        for field, value in parts.pop().ListFields():
            values = value if field.is_repeated else (value,)
            if field.type == field.TYPE_MESSAGE:
                seen += len(values)
                if seen > MAX_PARTS:
                    raise BrokenFile(
                        f"The file has more than {MAX_PARTS:,} parts (nodes, attributes, tensors); no model "
                        "that fits a board needs so many."
                    )
                parts.extend(values)
            elif field.type == field.TYPE_STRING and any(isinstance(text, bytes) for text in values):
                # Protobuf gives bytes for what is not UTF-8.
                raise BrokenFile("The file is damaged: a name in it has letters that do not exist.")


def save(model: ModelProto, path: str | os.PathLike) -> Path:
    """Write in one step: whatever happens, `path` holds a whole model or what it held before."""
    path = Path(path)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            file.write(model.SerializeToString(deterministic=True))
        os.chmod(file.name, 0o644)  # else only its maker could read it
        os.replace(file.name, path)
    except OSError as error:
        raise OSError(f"{path} cannot be written ({error.strerror or error}).") from error
    return path


def quote(text: str) -> str:
    """A name out of a file, fit for a sentence: short, printable, in quotes."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text[:41])
    return "'" + (clean if len(text) <= 40 else clean[:39] + "…") + "'"


def first_line(error: Exception) -> str:
    """What a library says, cut to one short printable line."""
    line = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return "".join(letter if letter.isprintable() else "?" for letter in line[:200]).strip().rstrip(".")


def stored(tensor: TensorProto) -> int:
    """How many numbers a tensor really holds, whatever its sizes claim; letters, for text."""
    if tensor.raw_data:
        bits = _BITS.get(tensor.data_type, 8)
        return -(-8 * len(tensor.raw_data) // bits)
    lists = (tensor.float_data, tensor.int32_data, tensor.int64_data, tensor.double_data, tensor.uint64_data)
    return sum(map(len, lists)) + sum(map(len, tensor.string_data))


# Of the types that are stored as they are; a type that is not here is refused, and counted by the byte.
_BITS = {1: 32, 6: 32, 7: 64, 10: 16, 11: 64, 12: 32, 13: 64, 16: 16, 21: 4, 22: 4}


def numbers(tensor: TensorProto) -> np.ndarray:
    """The values of a float32 or int64 tensor.

    Raises
    ------
    ValueError
        If it has another type, or not as many numbers as its sizes say.
    """
    kinds = {_FLOAT: (np.dtype("<f4"), tensor.float_data), _INT64: (np.dtype("<i8"), tensor.int64_data)}
    if tensor.data_type not in kinds:
        raise ValueError(f"it is {_type_name(tensor.data_type)}, neither float32 nor int64")
    dtype, listed = kinds[tensor.data_type]
    size = math.prod(tensor.dims) if all(n >= 0 for n in tensor.dims) else -1
    other = stored(tensor) - (len(tensor.raw_data) // dtype.itemsize if tensor.raw_data else len(listed))
    if tensor.raw_data and (listed or len(tensor.raw_data) % dtype.itemsize):
        other = -1
    if other or stored(tensor) != size:
        sizes = "×".join(map(str, tensor.dims)) or "1"
        raise ValueError(f"it says {sizes[:40]} numbers and holds {stored(tensor):,}")
    flat = np.frombuffer(tensor.raw_data, dtype) if tensor.raw_data else np.array(listed, dtype)
    return flat.reshape(tuple(tensor.dims))


def _type_name(data_type: int) -> str:
    import onnx

    names = onnx.TensorProto.DataType
    return names.Name(data_type).lower() if data_type in names.values() else f"of type {data_type}"


def constants(model: ModelProto) -> Iterator[tuple[str, Any]]:
    """Name and tensor of each initializer and each Constant node of the main graph.

    Only for nodes with one of the attributes that hold plain numbers; others give nothing.
    """
    for tensor in model.graph.initializer:
        yield tensor.name, tensor
    for node in model.graph.node:
        if node.op_type == "Constant" and len(node.output) == 1 and len(node.attribute) == 1:
            tensor = _constant(node)
            if tensor is not None:
                yield node.output[0], tensor


def _constant(node: NodeProto) -> TensorProto | None:
    import onnx

    attribute = node.attribute[0]
    if attribute.name == "value":
        return attribute.t
    lists = {"value_floats": (_FLOAT, attribute.floats), "value_ints": (_INT64, attribute.ints)}
    if attribute.name in lists:
        data_type, values = lists[attribute.name]
        return onnx.helper.make_tensor("", data_type, [len(values)], list(values))
    scalars = {"value_float": (_FLOAT, attribute.f), "value_int": (_INT64, attribute.i)}
    if attribute.name in scalars:
        data_type, value = scalars[attribute.name]
        return onnx.helper.make_tensor("", data_type, [], [value])
    return None


def plain(model: ModelProto) -> ModelProto:
    """The same model with its constants as initializers in one encoding, and without texts or extras.

    Only for a model whose tensors `numbers` can read. What is not copied here, no program sees.
    """
    import onnx

    graph = onnx.GraphProto(name="challenge", input=model.graph.input, output=model.graph.output)
    for name, tensor in constants(model):
        values = numbers(tensor)
        graph.initializer.append(
            onnx.TensorProto(
                name=name, data_type=tensor.data_type, dims=values.shape, raw_data=values.tobytes()
            )
        )
    for node in model.graph.node:
        if node.op_type != "Constant":
            attributes = [_copy(attribute) for attribute in node.attribute]
            graph.node.append(
                onnx.NodeProto(
                    op_type=node.op_type, input=node.input, output=node.output, attribute=attributes
                )
            )
    versions = [onnx.OperatorSetIdProto(domain="", version=model.opset_import[0].version)]
    return onnx.ModelProto(ir_version=model.ir_version, opset_import=versions, graph=graph)


def _copy(attribute: Any) -> Any:
    import onnx

    fields = {"name": attribute.name, "type": attribute.type}
    name = {1: "f", 2: "i", 3: "s", 7: "ints"}[attribute.type]
    return onnx.AttributeProto(**fields, **{name: getattr(attribute, name)})
