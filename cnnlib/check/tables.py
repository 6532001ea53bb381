"""The tables of the visible tests: inputs, right results, and what known mistakes give. Data, no code.

`autograder.releasing.tables` makes `tables/<assignment>.json` from an assignment's `tests.py`. Tensors are
lists of numbers there, and layers descriptions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

FOLDER = Path(__file__).with_name("tables")
IMPOSSIBLE = {"impossible": True}  # in place of a result: these arguments rule the mistake out

# The layers that a case may hold, and the arguments that make them again.
_WINDOW = ("kernel_size", "stride", "padding")
_NORM = ("eps", "momentum", "affine", "track_running_stats")
LAYERS = {
    nn.AdaptiveAvgPool2d: ("output_size",),
    nn.AvgPool2d: _WINDOW,
    nn.BatchNorm2d: ("num_features", *_NORM),
    nn.Conv2d: ("in_channels", "out_channels", *_WINDOW, "dilation", "groups", "bias", "padding_mode"),
    nn.ConvTranspose2d: ("in_channels", "out_channels", *_WINDOW, "bias"),
    nn.Dropout: ("p",),
    nn.Flatten: ("start_dim", "end_dim"),
    nn.GroupNorm: ("num_groups", "num_channels", "eps", "affine"),
    nn.Identity: (),
    nn.InstanceNorm2d: ("num_features", *_NORM),
    nn.LayerNorm: ("normalized_shape", "eps", "elementwise_affine"),
    nn.Linear: ("in_features", "out_features", "bias"),
    nn.MaxPool2d: _WINDOW,
    nn.ReLU: (),
    nn.Sequential: (),
}


@dataclass(frozen=True)
class Values:
    """Results to compare with: of each case, in order, and of each known mistake."""

    cases: list[tuple[tuple, dict[str, Any]]]
    expected: list[Any]
    wrong: dict[str, list[Any]]
    labels: list[str] | None
    measure: str
    forbidden: list[str]
    rtol: float
    atol: float
    fresh: bool


@dataclass(frozen=True)
class Conditions:
    """Conditions that a measure looks at, with its arguments."""

    cases: list[tuple[tuple, dict[str, Any]]]
    measure: str
    heading: str
    forbidden: list[str]


@dataclass(frozen=True)
class Fingerprints:
    """Answers found by hand; see `by_hand.against_fingerprints`."""

    items: dict[str, dict[str, Any]]
    points: float


KINDS = {"values": Values, "conditions": Conditions, "fingerprints": Fingerprints}
Step = Values | Conditions | Fingerprints


@dataclass(frozen=True)
class Table:
    """The steps of one visible test, and the short name of this version of them."""

    version: str
    steps: tuple[Step, ...]


def load(assignment: str) -> dict[str, Table]:
    """Return the tables of an assignment by test; raises `FileNotFoundError` if there are none."""
    return read(FOLDER / f"{assignment}.json")


@cache
def read(path: Path) -> dict[str, Table]:
    """Return the tables in a file by test."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Table(entry["version"], tuple(map(read_step, entry["steps"])))
        for name, entry in content["tests"].items()
    }


def source_of(assignment: str) -> str:
    """Return the hash of the `tests.py` from which an assignment's tables were made; empty without tables."""
    try:
        return json.loads((FOLDER / f"{assignment}.json").read_text(encoding="utf-8"))["made_from"]
    except FileNotFoundError:
        return ""


def write(tests: Mapping[str, tuple[Step, ...]], made_from: str) -> str:
    """Return the text of an assignment's file."""
    entries = {}
    for name, steps in tests.items():
        written = [write_step(step) for step in steps]
        version = hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()[:4]
        entries[name] = {"version": version, "steps": written}
    return lay_out({"made_from": made_from, "tests": entries})


def lay_out(content: Mapping[str, Any]) -> str:
    """Return an assignment's file from its content, a line for each test."""
    lines = [
        f"  {json.dumps(name)}: {json.dumps(entry, ensure_ascii=False, separators=(',', ':'))}"
        for name, entry in content["tests"].items()
    ]
    start = '{"made_from": ' + json.dumps(content["made_from"]) + ', "tests": {\n'
    return start + ",\n".join(lines) + "\n}}\n"


def write_step(step: Step) -> dict[str, Any]:
    """Return a step as JSON."""
    kind = next(name for name, made in KINDS.items() if isinstance(step, made))
    return {"kind": kind} | {field.name: encode(getattr(step, field.name)) for field in fields(step)}


def read_step(written: Mapping[str, Any]) -> Step:
    """Return a step from JSON."""
    return KINDS[written["kind"]](
        **{name: decode(value) for name, value in written.items() if name != "kind"}
    )


def encode(value: Any) -> Any:
    """Return a value as JSON: a list stays one, all else that JSON has no word for becomes an object.

    Raises
    ------
    TypeError
        If a table cannot hold such a value.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("a table cannot hold a mapping whose keys are no texts.")
        return {"dict": {key: encode(item) for key, item in value.items()}}
    if isinstance(value, Tensor):
        numbers = value.detach().numpy().ravel()
        if numbers.dtype == np.float32:  # the shortest text that gives this number again
            numbers = [float(str(number)) for number in numbers]
        shape, dtype = list(value.shape), str(value.dtype).removeprefix("torch.")
        return {"tensor": dtype, "shape": shape, "numbers": [_short(number) for number in list(numbers)]}
    if type(value) in LAYERS:
        return _encode_layer(value)
    raise TypeError(f"a table cannot hold a {type(value).__name__}.")


def _short(number: Any) -> Any:
    """Return a whole number without its point; 0.0 is told from -0.0."""
    number = number.item() if isinstance(number, np.generic) else number
    whole = isinstance(number, float) and number.is_integer() and 0 < abs(number) < 2**31
    return int(number) if whole or repr(number) == "0.0" else number


def _encode_layer(layer: nn.Module) -> dict[str, Any]:
    arguments = {name: getattr(layer, name) for name in LAYERS[type(layer)]}
    if "bias" in arguments:
        arguments["bias"] = layer.bias is not None
    return {
        "layer": type(layer).__name__,
        "arguments": encode(arguments),
        "children": [encode(child) for child in layer.children()],
        "state": encode({} if list(layer.children()) else dict(layer.state_dict())),
        "training": layer.training,
    }


def decode(written: Any) -> Any:
    """Return the value that `encode` wrote."""
    if isinstance(written, list):
        return [decode(item) for item in written]
    if not isinstance(written, dict) or written == IMPOSSIBLE:
        return written
    if "tuple" in written:
        return tuple(decode(item) for item in written["tuple"])
    if "dict" in written:
        return {key: decode(item) for key, item in written["dict"].items()}
    if "tensor" in written:
        dtype = getattr(torch, written["tensor"])
        return torch.tensor(written["numbers"], dtype=dtype).reshape(written["shape"])
    made_of = next(kind for kind in LAYERS if kind.__name__ == written["layer"])
    layer = made_of(*map(decode, written["children"]), **decode(written["arguments"]))
    if written["state"]["dict"]:
        state = decode(written["state"])
        layer.to(next(iter(state.values())).dtype).load_state_dict(state)
    return layer.train(written["training"])
