"""Follow what flows through a graph: images, weights and sizes, none of which may pass for another."""

from __future__ import annotations

import math
from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from cnnlib.challenge.files import quote
from cnnlib.challenge.rules import CONSTANT_INPUTS, SHAPE_ARITHMETIC, SHAPE_INPUTS, VIEWS

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

__all__ = ["follow"]

_FLOAT, _BOOL = 1, 9  # of TensorProto.DataType
_LONGEST = 1_000  # whole numbers that arithmetic on sizes gives; real ones are as many as dimensions


class Kind(Enum):
    """What a tensor of the graph is."""

    DATA = "depends on the images"
    WEIGHT = "stored floats, perhaps under another shape"
    SIZE = "whole numbers"
    REFUSED = "told already"


class _Tensor(NamedTuple):
    kind: Kind
    most: int = 0  # numbers that it can have at most; for whole numbers only


class _Refused(Exception):  # noqa: N818 (it carries a sentence)
    pass


def follow(model: ModelProto) -> list[str]:
    """Say what is wrong with the way constants are used; the model is in the form that `plain` gives.

    Weights reach a layer as stored or as a view, so that none are made by arithmetic that nobody counts.
    Whole numbers say where and how large, and never become data, so that none hide weights.
    """
    graph = model.graph
    names = [entry.name for entry in (*graph.initializer, *graph.input)]
    names += [name for node in graph.node for name in node.output if name]
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        return [f"Two tensors are called {quote(twice)}; each needs its own name."]
    known = {entry.name: _Tensor(Kind.DATA) for entry in graph.input}
    for tensor in graph.initializer:
        size = _Tensor(Kind.SIZE, math.prod(tensor.dims))
        known[tensor.name] = _Tensor(Kind.WEIGHT) if tensor.data_type == _FLOAT else size
    problems = []
    for node in graph.node:
        try:
            result = _result(node, known)
        except _Refused as refused:
            problems.append(f"{node.op_type} (which gives {quote(node.output[0])}) {refused}")
            result = _Tensor(Kind.REFUSED)
        known |= dict.fromkeys(node.output, result)
    for entry in graph.output:
        if known.get(entry.name, _Tensor(Kind.SIZE)).kind in (Kind.WEIGHT, Kind.SIZE):
            problems.append(f"The output {quote(entry.name)} does not depend on the images.")
    return problems


def _result(node: NodeProto, known: dict[str, _Tensor]) -> _Tensor:
    """What a node gives, if what it gets is allowed."""
    unknown = next((name for name in node.input if name and name not in known), None)
    if unknown is not None:
        raise _Refused(f"uses {quote(unknown)} before anything computes it.")
    given = {place: known[name] for place, name in enumerate(node.input) if name}
    if any(tensor.kind is Kind.REFUSED for tensor in given.values()):
        return _Tensor(Kind.REFUSED)
    if node.op_type == "Shape":
        return _Tensor(Kind.SIZE, 16)
    _check_places(node, given)
    values = [given[place] for place in given if place not in SHAPE_INPUTS.get(node.op_type, ())]
    kinds = {tensor.kind for tensor in values}
    if not kinds:
        raise _Refused("makes a constant; store it in the file instead, where it is counted.")
    if kinds == {Kind.SIZE}:
        return _Tensor(Kind.SIZE, _most_sizes(node, list(given.values())))
    if Kind.SIZE in kinds:
        raise _Refused("mixes whole numbers with data; they may only be sizes and positions.")
    if kinds == {Kind.WEIGHT} and node.op_type not in VIEWS:
        raise _Refused("computes with weights alone; weights must be used as stored, so store the result.")
    if node.op_type == "Cast":
        _check_cast(node)
    return _Tensor(Kind.WEIGHT if kinds == {Kind.WEIGHT} else Kind.DATA)


def _check_places(node: NodeProto, given: dict[int, _Tensor]) -> None:
    for place in SHAPE_INPUTS.get(node.op_type, ()):
        fixed = Kind.WEIGHT if (node.op_type, place) == ("Resize", 2) else Kind.SIZE  # 2 is the scales
        if place in given and given[place].kind is not fixed:
            raise _Refused("takes sizes or positions from data; they must be fixed whole numbers.")
    for place in CONSTANT_INPUTS.get(node.op_type, ()):
        if place in given and given[place].kind is not Kind.WEIGHT:
            raise _Refused("gets weights that are computed; they must be stored in the file.")


def _most_sizes(node: NodeProto, given: list[_Tensor]) -> int:
    """How many whole numbers come out at most: onnx computes them while it infers shapes."""
    if node.op_type not in SHAPE_ARITHMETIC:
        raise _Refused("makes data of whole numbers, which may only be sizes and positions.")
    sizes = [tensor.most for tensor in given]
    if node.op_type == "Concat":
        most = sum(sizes)
    else:
        most = math.prod(sizes) if node.op_type in ("Add", "Sub", "Mul", "Gather") else sizes[0]
    if most > _LONGEST:
        raise _Refused(f"may give {most:,} whole numbers; at most {_LONGEST:,} are allowed.")
    return most


def _check_cast(node: NodeProto) -> None:
    to = next((attribute.i for attribute in node.attribute if attribute.name == "to"), None)
    if to not in (_FLOAT, _BOOL):
        raise _Refused("changes the type of data; only float32, and yes or no, are allowed.")
