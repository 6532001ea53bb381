"""The judge's end: the student's names, functions, classes and objects, as they look from tests.

Nothing that the student defines decides anything here: a proxy equals only itself and has no truth value.
"""

import builtins
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import torch
from torch import nn

from autograder.wire.calls import Peer
from autograder.wire.decode import Decoder
from autograder.wire.descriptions import LIBRARY, LONGEST_TEXT
from autograder.wire.encode import Encoder
from autograder.wire.frames import Wire, WireError
from autograder.wire.messages import Answer, Question
from autograder.wire.mirror import RemoteModule, node_of, pull_state, push_state, read_module
from autograder.wire.pickles import dump
from autograder.wire.proxies import (
    ABILITIES,
    RemoteClass,
    RemoteFunction,
    RemoteObject,
    handle_of,
    set_description,
)
from autograder.wire.tensors import memory_of, plain_torch
from cnnlib.check.forbidden import ForbiddenCall, forbidden_names, note_forbidden_call

# What a notebook may make the default, so that tests of it make their tensors as they would in there.
DEFAULT_DTYPES = {"float32": torch.float32, "float64": torch.float64}
_PICKLED = {"torch", "torchvision", "numpy", "scipy", "cnnlib", "pandas", "PIL", *sys.stdlib_module_names}
_PICKLED -= {"__main__"}


class TimeLimit(BaseException):
    """The student's code was stopped at the time limit; like KeyboardInterrupt, it ends the test, too."""


@dataclass(frozen=True)
class Problem:
    """What the student's code raised in a call.

    Attributes
    ----------
    error : BaseException
        As tests see it.
    named : str
        What its class is called there; a student may have chosen it.
    type : str
        The built-in class, or that of PyTorch, that it is or extends.
    place : dict
        "cell", "line" and "text" of the last line of the submission that it passed, None if there is none.
    """

    error: BaseException
    named: str
    type: str
    place: dict[str, Any]


class Session(Peer):
    """A connection to one student's process.

    Parameters
    ----------
    wire : Wire
        The connection; a `serving.Server` answers at its other end.
    sources : dict of str to str
        The student's cells by name: where an error comes from is told by their text only.
    """

    def __init__(self, wire: Wire, sources: Mapping[str, str]) -> None:
        super().__init__(wire)
        self._lines = {name: source.splitlines() for name, source in sources.items()}
        self.problems: list[Problem] = []
        self.missing: set[str] = set()  # names that were looked up and are not there
        self.proxies: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self.mirrors: WeakValueDictionary[int, nn.Module] = WeakValueDictionary()
        self._errors: list[BaseException] = []
        self._random = memory_of(torch.get_rng_state())

    def look(self, name: str) -> Any:
        """Return the value of one of the student's names; raises NameError as Python does."""
        try:
            return self.call("look", (name,))
        except NameError:
            self.missing.add(name)
            raise NameError(f"name {name!r} is not defined", name=name) from None

    def complete(self, question: Question, encoder: Encoder) -> None:
        question.state = push_state(encoder) or None
        question.grad = torch.is_grad_enabled() or None
        question.forbid = forbidden_names() or None
        state = torch.get_rng_state()
        random = memory_of(state)
        if random != self._random:
            question.rng = encoder.tensor(state)
            self._random = random

    def finish(self, answer: Answer, decoder: Decoder, encoder: Encoder) -> None:
        pull_state(self, answer.state or [], decoder, encoder)
        if answer.default in DEFAULT_DTYPES:
            torch.set_default_dtype(DEFAULT_DTYPES[answer.default])
        if answer.drew and memory_of(torch.get_rng_state()) == self._random:
            torch.rand(1)  # moves on here, too: so a test that sets the same seed again is seen to do so
            self._random = memory_of(torch.get_rng_state())

    def perform(self, question: Question, decoder: Decoder) -> tuple[Answer, Encoder]:
        encoder = Encoder(self.write_other)

        def run(function: Any, /, *args: Any, **kwargs: Any) -> Any:
            with torch.set_grad_enabled(bool(question.grad)):
                return function(*args, **kwargs)

        try:
            if question.op == "backward":
                return self.answer_backward(run, question, decoder, encoder), encoder
            function = self.exports.get(question.function)
            if question.op != "call" or not callable(function):
                raise WireError("only functions that were passed on can be called.")
            return self.answer_call(partial(run, function), question, decoder, encoder), encoder
        except WireError:
            raise
        except (Exception, SystemExit) as error:
            encoder = Encoder(self.write_other)
            return Answer(error=self.write_error(error, encoder)), encoder

    def write_other(self, encoder: Encoder, value: Any) -> list | None:
        handle = handle_of(value)
        if handle is not None and handle.peer is self:
            return ["own", handle.number]
        if isinstance(value, nn.Module):
            node = node_of(value)
            if node is not None and node.handle.peer is self:
                encoder.modules[node.handle.number] = value
                return ["own", node.handle.number]
            if all(LIBRARY.get(type(part).__name__) is type(part) for part in value.modules()):
                written = _pickled(value, encoder)
                if written:
                    encoder.inputs += [tensor for tensor in value.parameters() if tensor.requires_grad]
                    return written
            return ["object", self.exports.number(value), type(value).__name__, True]
        kind = value if isinstance(value, type) or inspect.isroutine(value) else type(value)
        if (getattr(kind, "__module__", None) or "builtins").partition(".")[0] in _PICKLED:
            written = _pickled(value, encoder)
            if written:
                return written
        if callable(value):
            name = getattr(value, "__name__", type(value).__name__)
            return ["object", self.exports.number(value), str(name), False]
        return None

    def read_other(self, decoder: Decoder, written: list) -> Any:
        kind, *parts = written
        if kind == "own":
            return self.exports.get(parts[0])
        if kind == "class":
            return self.class_of(written, RemoteObject)
        if kind == "module":
            return read_module(self, decoder, parts, len(decoder.shared) - 1)
        if kind != "object":
            raise WireError("an object of an unknown kind was sent.")
        number, name, abilities, own, about = parts
        handle = self.handle(number)
        known = self.proxies.get(number)
        if isinstance(known, RemoteObject):
            return known
        if own is not None:
            made_of = self.class_of(own, RemoteObject)
        else:
            base = RemoteFunction if about is not None else RemoteObject
            made_of = type(name[:100], (base, *_abilities(abilities, base)), {"__module__": "builtins"})
        if not issubclass(made_of, RemoteObject):
            raise WireError("an object was expected.")
        proxy = made_of.__new__(made_of)
        set_description(proxy, handle, about)
        self.proxies[number] = proxy
        return proxy

    def class_of(self, written: list, root: type) -> RemoteClass:
        """Return the class that stands for a student's class; see `descriptions.describe_class`."""
        tag, number, name, abilities, kind, library, base = written
        if tag != "class" or kind not in ("module", "object"):
            raise WireError("a class was expected.")
        handle = self.handle(number)
        known = self.proxies.get(number)
        if isinstance(known, RemoteClass):
            return known
        root = RemoteModule if kind == "module" else RemoteObject
        parent = root if base is None else self.class_of(base, root)
        if not issubclass(parent, root):
            raise WireError("a class extends one of another kind.")
        bases = [parent]
        if kind == "object":
            bases += _abilities(abilities, parent)
        elif library is not None and not issubclass(parent, LIBRARY[library]):
            bases.append(LIBRARY[library])
        made = RemoteClass(name[:100], tuple(bases), {"__module__": "__main__"})
        type.__setattr__(made, "_class_handle", handle)
        self.proxies[number] = made
        return made

    def method_of(self, module: nn.Module, value: Any) -> Any:
        """Let a function that is a module's attribute be called together with the module's state."""
        if isinstance(value, RemoteFunction):
            value.bind(module)
        return value

    def write_error(self, error: BaseException, encoder: Encoder) -> dict:
        self._errors.append(error)
        kind = next(base for base in type(error).__mro__ if getattr(builtins, base.__name__, None) is base)
        return {"kind": kind.__name__, "text": str(error)[:LONGEST_TEXT], "number": len(self._errors) - 1}

    def read_error(self, written: Any, decoder: Decoder) -> BaseException:
        """Make the error that the student's code raised: of its built-in class, or one named as its own."""
        if "own" in written:
            return self._errors[written["own"]]
        name, text = written["kind"][:100], str(written["text"])[:LONGEST_TEXT]
        if "forbidden" in written:
            note_forbidden_call(text)
            return ForbiddenCall(text)
        if name == "KeyboardInterrupt":
            return TimeLimit("it ran longer than the time limit")
        if name == "SystemExit":
            return _error(SystemExit, name, text, (text,), None)
        kinds = [getattr(builtins, base, None) for base in written["bases"] if type(base) is str]
        kinds = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Exception)]
        kind = kinds[0] if kinds else RuntimeError
        place = self._place(written["where"])
        args = decoder.value(written["args"]) if "args" in written else (text,) if text else ()
        where = None if place["line"] is None else (place["line"], place["text"])
        error = _error(kind, name, text, args if type(args) is tuple else (text,), where)
        of_torch = [base for base in written["bases"] if base in TORCH_ERRORS]
        self.problems.append(Problem(error, name, of_torch[0] if of_torch else kind.__name__, place))
        del self.problems[:-MOST_PROBLEMS]
        return error

    def _place(self, where: Any) -> dict[str, Any]:
        """Return a place in the submission; its text is taken from there, whatever the process says."""
        match where:
            case [str(cell), int(line)] if 0 < line <= len(self._lines.get(cell, ())):
                return {
                    "cell": cell,
                    "line": line,
                    "text": self._lines[cell][line - 1].strip()[:LONGEST_LINE],
                }
        return {"cell": None, "line": None, "text": None}


# PyTorch's errors that extend a built-in one.
TORCH_ERRORS = {"OutOfMemoryError": torch.OutOfMemoryError, "LinAlgError": torch.linalg.LinAlgError}
MOST_PROBLEMS = 1000
LONGEST_LINE = 200


def safe_type(kind: type) -> str:
    """Return the name of the built-in or PyTorch's class that an error's class is or extends."""
    known = {id(value) for value in (*vars(builtins).values(), *TORCH_ERRORS.values())}
    return next((base.__name__ for base in kind.__mro__ if id(base) in known), "Exception")


def _error(kind: type, name: str, text: str, args: tuple, where: tuple[int, str] | None) -> BaseException:
    try:
        error = kind(*args)
    except Exception:
        error = None
    if error is None or name != kind.__name__ or str(error) != text:
        made = type(name, (kind,), {"__str__": lambda self: text, "__module__": "__main__"})
        error = made.__new__(made)
    error.where = where
    return error


def _abilities(letters: str, base: type) -> list[type]:
    found = [ABILITIES[letter] for letter in dict.fromkeys(letters)]
    return [ability for ability in found if not issubclass(base, ability)]


def _pickled(value: Any, encoder: Encoder) -> list | None:
    try:
        with plain_torch():
            data = dump(value)
    except Exception:
        return None
    return ["pickle", len(data), encoder.add(data)]
