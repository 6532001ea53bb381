"""Values as JSON and bytes, with their exact types; `decode` makes values of them again.

JSON's own null, true, strings, floats and integers mean themselves; all else is a list with a tag first. What
can be changed in place is numbered in the order in which it is met, on both sides alike: so an object that
occurs twice stays one object, and an answer can refer to the objects of its question ("given").
What is not known here is left to `write_other` and `read_other` of whoever uses this.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from autograder.wire.tensors import array_bytes, can_be_sent, tensor_bytes

DEEPEST = 100  # containers in containers
LARGEST_DECIMAL = 1 << 200
SIMPLE = (bool, str, float, type(None))
BASES = {kind.__name__: kind for kind in (tuple, list, dict, set, frozenset, int, float, str, bytes)}


class Encoder:
    """Turns values into JSON, and collects the bytes.

    Parameters
    ----------
    write_other : callable
        ``(encoder, value) -> list``, for what is unknown here; ``None`` if it is unknown there, too.
    """

    def __init__(self, write_other: Callable[["Encoder", Any], list | None]) -> None:
        self.write_other = write_other
        self.parts: list[bytes] = []
        self.size = 0
        self.shared: list[Any] = []
        self.inputs: list[Tensor] = []  # that require grad
        self.outputs: list[Tensor] | None = None  # an answer's tensors that have a history
        self.modules: dict[int, nn.Module] = {}  # by number: those of the other process, for `mirror`
        self.depth = 0
        self._numbers: dict[int, int] = {}
        self._open: set[int] = set()
        self._given: dict[int, int] = {}

    def answer_to(self, question: Any) -> None:
        """Let what follows refer to the objects of a question."""
        self._given = {id(value): number for number, value in enumerate(question.shared)}
        self.outputs = []

    def value(self, value: Any) -> Any:
        """Encode a value.

        Raises
        ------
        ValueError
            If it holds itself or is nested too deeply.
        TypeError
            If nobody knows how to encode it.
        """
        kind = type(value)
        if kind in SIMPLE:
            return value
        if kind is int:
            return value if abs(value) < LARGEST_DECIMAL else ["int", hex(value)]
        key = id(value)
        if key in self._given:
            return ["given", self._given[key]]
        if key in self._numbers:
            if key in self._open:
                raise ValueError(f"a {kind.__name__} that holds itself cannot be passed on.")
            return ["again", self._numbers[key]]
        if self.depth >= DEEPEST:
            raise ValueError(f"a value nested more than {DEEPEST} deep cannot be passed on.")
        self.depth += 1
        try:
            return self._tagged(kind, value)
        finally:
            self.depth -= 1

    def number(self, value: Any) -> None:
        """Give an object the next number."""
        self._numbers[id(value)] = len(self.shared)
        self.shared.append(value)

    def add(self, data: bytes) -> int:
        """Add bytes to the body and return their offset."""
        self.parts.append(data)
        self.size += len(data)
        return self.size - len(data)

    def tensor(self, tensor: Tensor) -> list:
        """Encode a tensor as [[dtype, shape, strides], offset, marks, grad]."""
        form, data = tensor_bytes(tensor)
        marks = "p" if isinstance(tensor, nn.Parameter) else ""
        grad = None
        if tensor.requires_grad:
            marks += "r" if tensor.is_leaf else "rn"
            if tensor.is_leaf and tensor.grad is not None and can_be_sent(tensor.grad):
                grad = self.tensor(tensor.grad.detach())
        return [form, self.add(data), marks, grad]

    def items(self, values: Any) -> list:
        return [self.value(value) for value in values]

    def _tagged(self, kind: type, value: Any) -> list:
        if kind is tuple:
            return ["tuple", self.items(value)]
        if kind in (list, dict, set):
            self.number(value)
            self._open.add(id(value))
            try:
                return [kind.__name__, self.items(_flat(value) if kind is dict else value)]
            finally:
                self._open.discard(id(value))
        if isinstance(value, Tensor) and can_be_sent(value):
            return self._tensor(value)
        if kind is torch.Size:
            return ["Size", list(value)]
        if kind is frozenset:
            return ["frozenset", self.items(value)]
        if kind is slice:
            return ["slice", self.items((value.start, value.stop, value.step))]
        if kind is range:
            return ["range", self.items((value.start, value.stop, value.step))]
        if kind is bytes:
            return ["bytes", self.add(value), len(value)]
        if kind is complex:
            return ["complex", value.real, value.imag]
        if value is Ellipsis:
            return ["Ellipsis"]
        if kind is torch.dtype:
            return ["dtype", str(value).removeprefix("torch.")]
        if kind is torch.device:
            return ["device", str(value)]
        if kind is np.ndarray or (isinstance(value, np.generic) and kind.__module__ == "numpy"):
            sent = array_bytes(np.asarray(value))
            if sent and kind is np.ndarray:
                self.number(value)
            if sent:
                return ["array" if kind is np.ndarray else "scalar", sent[0], self.add(sent[1]), len(sent[1])]
        return self._other(kind, value)

    def _tensor(self, value: Tensor) -> list:
        if self.outputs is not None and value.requires_grad and not value.is_leaf:
            self.number(value)
            self.outputs.append(value)
            return ["output", len(self.outputs) - 1]
        self.number(value)
        if value.requires_grad:
            self.inputs.append(value)
        return ["tensor", *self.tensor(value)]

    def _other(self, kind: type, value: Any) -> list:
        self.number(value)
        written = self.write_other(self, value)
        if written is not None:
            return ["other", *written]
        for name, base in BASES.items():  # a named tuple, an OrderedDict, an enum of ints …
            if isinstance(value, base):
                fields = [str(field) for field in getattr(kind, "_fields", ())] if base is tuple else []
                return ["kind", str(kind.__name__), name, fields, self.value(_plain(base, value))]
        raise TypeError(f"a {kind.__name__} cannot be passed on.")


def _flat(pairs: dict) -> list:
    return [part for pair in pairs.items() for part in pair]


def _plain(base: type, value: Any) -> Any:
    """The value of a built-in type in one of a subclass, without the subclass's own methods."""
    own = {int: int.__int__, float: float.__float__, str: str.__str__}
    if base in own:
        return own[base](value)
    return base(dict.items(value) if base is dict else base.__iter__(value))
