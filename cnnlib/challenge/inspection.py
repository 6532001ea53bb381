"""Look at a submission without running it: its parameters, its operators, and which rules it breaks."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cnnlib.challenge import rules
from cnnlib.challenge.counting import count
from cnnlib.challenge.files import BrokenFile, constants, numbers, plain, quote, read
from cnnlib.challenge.flow import follow
from cnnlib.challenge.shapes import check_interface, check_sizes

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto, TensorProto

__all__ = ["Inspection", "checked", "count_parameters", "inspect"]

_INT64, _EXTERNAL = 7, 1
_RANDOM = {
    "Bernoulli",
    "Multinomial",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
}
_MOST_PROBLEMS = 10
# Attributes by what they hold: AttributeProto.Type FLOAT, INT, STRING, TENSOR, INTS.
_PLAIN_ATTRIBUTES, _TENSOR, _INTS, _STRING = {1, 2, 3, 7}, 4, 7, 3
_CONSTANT_ATTRIBUTES = {"value": 4, "value_float": 1, "value_floats": 6, "value_int": 2, "value_ints": 7}


@dataclass(frozen=True)
class Inspection:
    """What a file holds.

    Attributes
    ----------
    parameters : int
        The official count; 0 if the file cannot be read.
    operators : dict[str, int]
        How often each operator of the main graph occurs, the most frequent first.
    problems : list of str
        One sentence for each rule that the file breaks. A file with a problem gets no score.
    """

    parameters: int
    operators: dict[str, int]
    problems: list[str] = field(default_factory=list)


def inspect(path: str | os.PathLike) -> Inspection:
    """Count a file's parameters and check it against every rule, without running it.

    No size that the file states is trusted, no other file that it names is opened, and nothing is raised
    for a bad file: it gets sentences.

    Parameters
    ----------
    path : path
        One ONNX file.

    Returns
    -------
    Inspection
    """
    try:
        model = read(path)
    except BrokenFile as problem:
        return Inspection(0, {}, [str(problem)])
    operators = dict(Counter(node.op_type for node in model.graph.node).most_common())
    return Inspection(count(model), operators, _problems(model))


def count_parameters(path: str | os.PathLike) -> int:
    """Give the official count of a file: all numbers that it holds and a model could compute with.

    These are the elements of all float tensors, initializers and constants alike, and float attributes that
    differ from their operator's default. Equal tensors count once. Batch normalization as
    `cnnlib.challenge.export` writes it costs 2 numbers a channel, or 1 after a convolution.

    Raises
    ------
    ValueError
        If the file is no ONNX model that can be read.
    """
    return count(read(path))


def checked(path: str | os.PathLike) -> ModelProto:
    """Give the model in the form that `plain` gives; raise ValueError with the first rule that it breaks."""
    model = read(path)
    problems = _problems(model)
    if problems:
        raise ValueError(problems[0])
    return plain(model)


def _problems(model: ModelProto) -> list[str]:
    problems = [*_format(model), *_tensors(model), *_nodes(model)]
    problems = problems or check_interface(model)
    if not problems:  # what follows relies on what was checked so far
        model = plain(model)
        problems = follow(model) or check_sizes(model)
    problems = list(dict.fromkeys(problems))
    more = len(problems) - _MOST_PROBLEMS
    return problems[:_MOST_PROBLEMS] + ([f"Further problems: {more:,}."] if more > 0 else [])


def _format(model: ModelProto) -> Iterator[str]:
    domains = [entry.domain or "ai.onnx" for entry in model.opset_import]
    foreign = next((domain for domain in domains if domain != "ai.onnx"), None)
    if foreign is not None:
        yield f"The file uses operators of {quote(foreign)}; only ONNX's own are allowed."
    elif len(domains) != 1:
        yield f"The file names {len(domains)} versions of ONNX's operators; expected one."
    elif model.opset_import[0].version not in rules.OPSETS:
        yield (
            f"The file uses version {model.opset_import[0].version} of ONNX's operators; "
            f"expected {rules.OPSETS[0]} to {rules.OPSETS[-1]}."
        )
    if model.ir_version not in rules.IR_VERSIONS:
        first, last = rules.IR_VERSIONS[0], rules.IR_VERSIONS[-1]
        yield f"The file has version {model.ir_version} of ONNX's format; expected {first} to {last}."
    if model.functions:
        yield "The file defines functions; only ONNX's own operators are allowed."
    if model.training_info:
        yield "The file holds instructions for training; expected a model for prediction only."
    if model.graph.sparse_initializer:
        yield "The file holds sparse tensors; only dense float32 ones are allowed."
    if model.graph.quantization_annotation:
        yield "The file holds quantized tensors; only float32 ones are allowed."


def _tensors(model: ModelProto) -> Iterator[str]:
    lists = set()
    modes = {node.input[2] for node in model.graph.node if _drops_out(node)}  # the node gets a sentence
    for name, tensor in constants(model):
        sentence = None if name in modes else _tensor(tensor)
        if sentence:
            yield f"The tensor {quote(name)} {sentence}"
        elif tensor.data_type == _INT64:
            lists.add(tuple(numbers(tensor).flat))
    total = sum(map(len, lists))
    if total > rules.MAX_SHAPE_NUMBERS:
        most = rules.MAX_SHAPE_NUMBERS
        yield f"The file has {total:,} whole numbers in different lists; at most {most} are allowed."


def _tensor(tensor: TensorProto) -> str | None:
    if tensor.data_location == _EXTERNAL or tensor.external_data:
        return "is in another file; everything must be in this one."
    if tensor.HasField("segment"):
        return "is stored in pieces; it must be whole."
    try:
        values = numbers(tensor)
    except ValueError as error:
        return f"cannot be used: {error}."
    most = rules.LARGEST_SHAPE_LIST
    if tensor.data_type == _INT64 and values.size > most:
        return (
            f"is a list of {values.size:,} whole numbers; only sizes and positions may be whole numbers, at "
            f"most {most} in one list (shuffle channels by reshape and transpose, not by index)."
        )
    return None


def _nodes(model: ModelProto) -> Iterator[str]:
    nodes = model.graph.node
    inputs = sum(len(node.input) for node in nodes)
    if len(nodes) > rules.MAX_NODES or inputs > rules.MAX_INPUTS:
        limits = f"at most {rules.MAX_NODES:,} and {rules.MAX_INPUTS:,} are allowed"
        yield f"The graph has {len(nodes):,} nodes with {inputs:,} inputs; {limits}."
    for node in sorted(nodes, key=lambda node: node.op_type not in _RANDOM):  # what others come from, first
        sentence = _node(node)
        if sentence:
            yield sentence


def _node(node: NodeProto) -> str | None:
    operator = f"The operator {quote(node.op_type)}"
    if node.domain not in ("", "ai.onnx"):
        return f"{operator} is from {quote(node.domain)}; only ONNX's own are allowed."
    if node.op_type in _RANDOM:
        return (
            f"{operator} is not allowed: random numbers belong in training only; write F.dropout(x, p, "
            "training=self.training) (dropout2d and others alike), and `if self.training:` before what else "
            "is random."
        )
    if node.op_type not in rules.OPERATORS:
        return f"{operator} is not allowed."
    if not node.output or not any(node.output):
        return f"{operator} gives nothing."
    if len(node.input) > rules.MAX_NODE_INPUTS:
        return f"{operator} has {len(node.input):,} inputs; at most {rules.MAX_NODE_INPUTS} are allowed."
    for attribute in node.attribute:
        sentence = _constant(node) if node.op_type == "Constant" else _attribute(attribute)
        if sentence:
            return f"{operator} {sentence}"
    if node.op_type == "Constant" and len(node.attribute) != 1:
        return f"{operator} holds {len(node.attribute)} values; expected one."
    if node.op_type == "BatchNormalization" and _has(node, "training_mode"):
        return (
            f"{operator} is in training mode, where images change each other; write nn.BatchNorm2d or "
            "F.batch_norm(…, training=self.training), and export by cnnlib.challenge.export."
        )
    if _drops_out(node):
        return (
            f"{operator} also drops out when the model is used: write F.dropout(x, p, "
            "training=self.training) or nn.Dropout, and export by cnnlib.challenge.export."
        )
    return None


def _drops_out(node: NodeProto) -> bool:
    return node.op_type == "Dropout" and len(node.input) > 2


def _constant(node: NodeProto) -> str | None:
    attribute = node.attribute[0]
    if _CONSTANT_ATTRIBUTES.get(attribute.name) != attribute.type:
        return f"holds a value of a kind that is not allowed ({quote(attribute.name)})."
    return None


def _attribute(attribute: Any) -> str | None:
    name = quote(attribute.name)
    if attribute.ref_attr_name or attribute.type not in _PLAIN_ATTRIBUTES:
        return f"has an attribute {name} that is not a number, a word or a short list of whole numbers."
    for kind, values, most, what in (
        (_INTS, attribute.ints, rules.LARGEST_SHAPE_LIST, "list of {:,} numbers"),
        (_STRING, attribute.s, rules.LONGEST_TEXT, "text of {:,} letters"),
    ):
        if attribute.type == kind and len(values) > most:
            return f"has a {what.format(len(values))} in {name}; at most {most} are allowed."
    return None


def _has(node: NodeProto, name: str) -> bool:
    return any(attribute.name == name and attribute.i for attribute in node.attribute)
