"""The official count: every number that a file holds and a model could compute with."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cnnlib.challenge.files import stored
from cnnlib.challenge.rules import LARGEST_SHAPE_LIST

if TYPE_CHECKING:
    from onnx import AttributeProto, ModelProto

__all__ = ["count"]

_FLOAT, _INT64 = 1, 7  # of TensorProto.DataType


def count(model: ModelProto) -> int:
    """Count the numbers in initializers, constants and float attributes, wherever in the file they are.

    Numbers stored twice count once, bit for bit: some exporters merge equal tensors, others do not. Free are
    lists of at most 16 whole numbers, which can only be sizes and positions (see `flow`), and a float
    attribute with its operator's default value.
    """
    opset = max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=0)
    sizes = dict(_parts(model, opset))
    return sum(sizes.values())


def _parts(message: Any, opset: int, operator: str = "") -> Iterator[tuple[tuple, int]]:
    """What the numbers are, and how many, of everything inside a message of the file.

    Fields are walked whatever they are called, so no place is forgotten: subgraphs, functions, training.
    """
    kind = message.DESCRIPTOR.name
    if kind == "TensorProto":
        free = message.data_type == _INT64 and stored(message) <= LARGEST_SHAPE_LIST
        if not free and stored(message):
            yield _content(message), stored(message)
        return
    if kind == "NodeProto":
        operator = message.op_type
    if kind == "AttributeProto":
        yield from _attribute(message, operator, opset)
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in value if field.is_repeated else (value,):
                yield from _parts(part, opset, operator)


def _content(tensor: Any) -> tuple:
    if tensor.data_type == _FLOAT and tensor.float_data:
        return (_FLOAT, struct.pack(f"<{len(tensor.float_data)}f", *tensor.float_data))
    if tensor.raw_data:
        return (tensor.data_type, tensor.raw_data)
    lists = (tensor.int32_data, tensor.int64_data, tensor.double_data, tensor.uint64_data, tensor.string_data)
    return (tensor.data_type, *map(tuple, lists))


def _attribute(attribute: AttributeProto, operator: str, opset: int) -> Iterator[tuple[tuple, int]]:
    values = list(attribute.floats) + ([attribute.f] if attribute.HasField("f") else [])
    if values and not (len(values) == 1 and values[0] == _default(operator, attribute.name, opset)):
        yield (_FLOAT, struct.pack(f"<{len(values)}f", *values)), len(values)
    if len(attribute.ints) > LARGEST_SHAPE_LIST:
        yield (_INT64, tuple(attribute.ints)), len(attribute.ints)
    text = sum(map(len, attribute.strings))
    if text:
        yield ("text", tuple(attribute.strings)), text


def _default(operator: str, name: str, opset: int) -> float | None:
    import onnx

    try:
        schema = onnx.defs.get_schema(operator, max_inclusive_version=opset)
        return schema.attributes[name].default_value.f
    except (KeyError, onnx.defs.SchemaError):
        return None
