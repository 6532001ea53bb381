"""Values from what `encode` wrote. Everything is checked, and nothing is executed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from autograder.wire.changes import state_of
from autograder.wire.encode import BASES, DEEPEST, SIMPLE
from autograder.wire.frames import WireError
from autograder.wire.tensors import read_array, read_tensor

_DTYPES = {
    str(value).removeprefix("torch."): value for value in vars(torch).values() if type(value) is torch.dtype
}


class Decoder:
    """Turns what an `Encoder` wrote into values; what does not fit raises `WireError`.

    Parameters
    ----------
    body : memoryview
        The bytes that came with the message.
    read_other : callable
        ``(decoder, rest of the list) -> value``, for what ``write_other`` wrote.
    given : sequence
        The objects of the question which this answers.
    watched : bool
        Whether to remember what the objects were, so that `changes.py` can tell which were changed.
    """

    def __init__(
        self,
        body: memoryview,
        read_other: Callable[["Decoder", list], Any],
        given: Sequence[Any] = (),
        *,
        watched: bool = False,
    ) -> None:
        self.body, self.read_other, self.given, self.watched = body, read_other, given, watched
        self.shared: list[Any] = []
        self.before: dict[int, Any] = {}  # by number: what an object was, if `watched`
        self.inputs: list[Tensor] = []  # that require grad
        self.outputs: Sequence[Tensor] = ()  # of an answer, that have a history
        self.modules: dict[int, Any] = {}  # by number, for `trees`
        self.depth = self.taken = 0

    def value(self, written: Any) -> Any:
        """Decode a value.

        Raises
        ------
        WireError
            If it is nothing that an `Encoder` writes.
        """
        kind = type(written)
        if kind in SIMPLE or kind is int:
            return written
        if kind is not list or not written or type(written[0]) is not str or self.depth > 2 * DEEPEST:
            raise WireError("no value is written like this.")
        self.depth += 1
        try:
            return self._tagged(*written)
        except WireError:
            raise
        except Exception as error:  # any part may be of any type
            raise WireError(f"a {written[0][:20]!r} is malformed ({type(error).__name__}).") from None
        finally:
            self.depth -= 1

    def bytes(self, size: int, offset: int) -> memoryview:
        """Return a part of the body. All parts together are no larger than the body."""
        if (
            type(offset) is not int
            or type(size) is not int
            or not 0 <= offset <= offset + size <= len(self.body)
        ):
            raise WireError("bytes are missing.")
        self.taken += size
        if self.taken > len(self.body):
            raise WireError("bytes are used twice.")
        return self.body[offset : offset + size]

    def tensor(self, form: list, offset: int, marks: str, grad: list | None) -> Tensor:
        """Decode what `Encoder.tensor` wrote."""
        made = read_tensor(form, partial(self.bytes, offset=offset))
        if "p" in marks:
            made = nn.Parameter(made, requires_grad="r" in marks)
        elif "r" in marks:
            made.requires_grad_()
        if grad is not None:
            made.grad = self.tensor(*grad)
        return made

    def items(self, written: list) -> list:
        if type(written) is not list:
            raise WireError("a list was expected.")
        return [self.value(part) for part in written]

    def _keep(self, value: Any) -> Any:
        self.shared.append(value)
        self._remember(len(self.shared) - 1)
        return value

    def _remember(self, number: int) -> None:
        if self.watched:
            self.before[number] = state_of(self.shared[number])

    def _tagged(self, tag: str, *parts: Any) -> Any:
        match tag, parts:
            case "tuple", [items]:
                return tuple(self.items(items))
            case (("list" | "dict" | "set"), [items]):
                number = len(self.shared)
                made = self._keep(BASES[tag]())
                content = self.items(items)
                if tag == "dict":
                    content = zip(content[::2], content[1::2], strict=True)
                (made.extend if tag == "list" else made.update)(content)
                self._remember(number)
                return made
            case "tensor", [form, offset, marks, grad]:
                return self._tensor(form, offset, marks, grad)
            case "output", [int(number)] if number >= 0:
                return self._keep(self.outputs[number])
            case "given", [int(number)] if number >= 0:
                return self.given[number]
            case "again", [int(number)] if number >= 0:
                return self.shared[number]
            case "int", [str(text)]:
                return int(text, 16)
            case "Size", [list(sizes)]:
                return torch.Size(sizes)
            case "frozenset", [items]:
                return frozenset(self.items(items))
            case "slice", [items]:
                return slice(*self.items(items))
            case "range", [items]:
                return range(*self.items(items))
            case "bytes", [offset, size]:
                return bytes(self.bytes(size, offset))
            case "complex", [real, imag]:
                return complex(real, imag)
            case "Ellipsis", []:
                return Ellipsis
            case "dtype", [name]:
                return _DTYPES[name]
            case "device", [str(name)]:
                return torch.device(name)
            case (("array" | "scalar"), [form, offset, size]):
                made = read_array(form, self.bytes(size, offset))
                return self._keep(made) if tag == "array" else made[()]
            case "other", rest:
                number = len(self.shared)
                self._keep(None)
                self.shared[number] = made = self.read_other(self, list(rest))
                return made
            case "kind", [str(name), base, list(fields), content]:
                return self._kind(name[:100], BASES[base], fields, content)
        raise WireError(f"there is no {tag[:20]!r}.")

    def _tensor(self, form: list, offset: int, marks: str, grad: list | None) -> Tensor:
        made = leaf = self.tensor(form, offset, marks, grad)
        if leaf.requires_grad:
            self.inputs.append(leaf)
        if "n" in marks:  # the original is a result, so it may be changed in place, unlike a leaf
            with torch.enable_grad():
                made = leaf.clone()
        self.shared.append(made)
        if self.watched and made.dtype is not torch.bool:  # of which other bytes may mean the same
            data = self.body[offset : offset + made.numel() * made.element_size()]
            self.before[len(self.shared) - 1] = form, bytes(data)  # what `state_of` would find out again
        else:
            self._remember(len(self.shared) - 1)
        return made

    def _kind(self, name: str, base: type, fields: list, content: Any) -> Any:
        """A value of a subclass of a built-in type: same name, same fields, no code."""
        number = len(self.shared)
        self._keep(None)
        plain = self.value(content)
        if type(plain) is not base:
            raise WireError("a value of another type was expected.")
        places = {
            field: property(lambda self, place=place: self[place])
            for place, field in enumerate(fields if base is tuple else ())
            if type(field) is str and not field.startswith("_")
        }
        made = self.shared[number] = type(name, (base,), {"__module__": "__main__", **places})(plain)
        return made
