"""The student's process: answers what the judge asks, with the student's names.

Nothing here is trusted by the judge: it makes an honest answer behave as if it ran in the judge's process.
"""

import copy
import operator
import signal
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn

from autograder.wire.calls import Handle, Peer
from autograder.wire.changes import state_of
from autograder.wire.decode import Decoder
from autograder.wire.descriptions import LONGEST_TEXT, describe_class, describe_object, is_own_class
from autograder.wire.encode import Encoder
from autograder.wire.frames import Wire, WireError
from autograder.wire.messages import Answer, Question
from autograder.wire.pickles import load
from autograder.wire.tensors import memory_of, plain_torch
from autograder.wire.trees import changed_state, describe_module, take_state
from cnnlib.check.forbidden import ForbiddenCall, forbid


class Callback:
    """A function of the judge, for the student to call."""

    def __init__(self, server: "Server", handle: Handle, name: str) -> None:
        self._server, self._handle, self.__name__ = server, handle, name

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._server.call_back(self._handle, args, kwargs)


class CallbackModule(nn.Module):
    """A module of the judge that only the judge can run."""

    def __init__(self, callback: Callback) -> None:
        super().__init__()
        self._callback = callback

    def forward(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._callback(*args, **kwargs)


class Server(Peer):
    """Serves a namespace to a judge.

    Parameters
    ----------
    wire : Wire
        The connection to the judge.
    namespace : dict
        The student's names. For `forbid` to find what they import, they should be those of ``__main__``.
    handlers : dict of str to callable
        More functions that the judge may call by name, such as one that runs a cell.
    """

    def __init__(
        self, wire: Wire, namespace: dict[str, Any], handlers: dict[str, Callable] | None = None
    ) -> None:
        super().__init__(wire)
        self.namespace = namespace
        self.functions = {
            "look": self._look,
            "getattr": getattr,
            "setattr": setattr,
            "getitem": operator.getitem,
            "len": len,
            "iter": iter,
            "next": next,
            "str": str,
            "repr": repr,
            "copy": copy.copy,
            "deepcopy": copy.deepcopy,
            "module": lambda module, /, *args, **kwargs: module(*args, **kwargs),
            "method": lambda module, function, /, *args, **kwargs: function(*args, **kwargs),
            **(handlers or {}),
        }
        self._random = memory_of(torch.get_rng_state())
        self._default = "float32"
        self._interruptible = False
        self._interrupted = False

    def serve(self) -> None:
        """Answer until the judge closes the connection. Ctrl-C ends a call, never the server."""
        previous = signal.signal(signal.SIGINT, self._interrupt)
        try:
            while True:
                try:
                    message, body = self.wire.receive()
                except WireError:
                    return
                self.reply(message, body)
        finally:
            signal.signal(signal.SIGINT, previous)

    def call_back(self, handle: Handle, args: tuple, kwargs: dict) -> Any:
        """Let the judge run one of its functions."""
        self._interruptible = False  # an interrupt in the middle of a message would garble all that follow
        try:
            return self.call(handle.number, args, kwargs)
        finally:
            self._interruptible = True
            if self._interrupted:
                self._interrupted = False
                raise KeyboardInterrupt

    def perform(self, question: Question, decoder: Decoder) -> tuple[Answer, Encoder]:
        encoder = Encoder(self.write_other)
        outer = self._interruptible
        try:
            try:
                return self._perform(question, decoder, encoder), encoder
            finally:
                self._interruptible = outer
        except WireError:
            raise
        except BaseException as error:
            encoder = Encoder(self.write_other)
            return Answer(error=self.write_error(error, encoder)), encoder

    def _perform(self, question: Question, decoder: Decoder, encoder: Encoder) -> Answer:
        self._interrupted = False

        def run(function: Any, /, *args: Any, **kwargs: Any) -> Any:
            names = question.forbid or ()
            self._interruptible = True
            if not names:
                with torch.set_grad_enabled(bool(question.grad)):
                    return function(*args, **kwargs)
            with torch.set_grad_enabled(bool(question.grad)), forbid(*names):
                return function(*args, **kwargs)

        if question.op == "backward":
            return self.answer_backward(run, question, decoder, encoder)
        target = question.function
        function = self.functions[target] if isinstance(target, str) else self.exports.get(target)
        return self.answer_call(partial(run, function), question, decoder, encoder)

    def begin(self, question: Question, decoder: Decoder) -> None:
        if question.rng is not None:
            torch.set_rng_state(decoder.tensor(*question.rng))
            self._random = memory_of(torch.get_rng_state())
        take_state(question.state or [], decoder, self.exports)

    def end(self, answer: Answer, encoder: Encoder, decoder: Decoder) -> None:
        answer.state = changed_state(decoder, encoder, self.exports) or None
        default = str(torch.get_default_dtype()).removeprefix("torch.")
        if default != self._default:
            answer.default = self._default = default
        random = memory_of(torch.get_rng_state())
        if random != self._random:
            answer.drew = True
            self._random = random

    def _look(self, name: str) -> Any:
        if name not in self.namespace:
            raise NameError(f"name {name!r} is not defined")
        return self.namespace[name]

    def _interrupt(self, number: int, frame: Any) -> None:
        if self._interruptible:
            raise KeyboardInterrupt
        self._interrupted = True

    def write_other(self, encoder: Encoder, value: Any) -> list | None:
        if isinstance(value, CallbackModule):
            value = value._callback
        if type(value) is Callback:
            return ["own", value._handle.number]
        if isinstance(value, type):
            return describe_class(value, self.exports)
        if isinstance(value, nn.Module):
            return describe_module(value, encoder, self.exports)
        if isinstance(value, int | float | str | tuple | list | dict | set | frozenset | bytes):
            return None
        return describe_object(value, self.exports)

    def read_other(self, decoder: Decoder, written: list) -> Any:
        kind, *parts = written
        if kind == "own":
            return self.exports.get(parts[0])
        if kind == "pickle":
            number = len(decoder.shared) - 1
            value = load(decoder.bytes(*parts))
            if isinstance(value, nn.Module):
                decoder.before[number] = state_of(value)
                decoder.inputs += [tensor for tensor in value.parameters() if tensor.requires_grad]
            return value
        number, name, is_module = parts
        callback = Callback(self, self.handle(number), name)
        return CallbackModule(callback) if is_module else callback

    def write_error(self, error: BaseException, encoder: Encoder) -> dict:
        if hasattr(error, "judges_number"):
            return {"own": error.judges_number}
        try:
            text = str(error)[:LONGEST_TEXT]
        except Exception:
            text = "its text cannot be shown"
        bases = [base.__name__ for base in type(error).__mro__ if not is_own_class(base)]
        written = {"kind": type(error).__name__, "bases": bases, "text": text, "where": place(error)}
        if isinstance(error, ForbiddenCall):
            written["forbidden"] = True
        if isinstance(error, KeyError | OSError) and all(isinstance(part, str | int) for part in error.args):
            with plain_torch():
                written["args"] = encoder.value(tuple(error.args))
        return written

    def read_error(self, written: Any, decoder: Decoder) -> BaseException:
        kind = getattr(__import__("builtins"), written["kind"], RuntimeError)
        error = kind(written["text"])
        error.judges_number = written["number"]
        return error


def place(error: BaseException) -> tuple[str, int] | None:
    """Return the cell and the number of its last line that an error passed."""
    found = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if file.startswith("<cell "):  # as `running/code.py` calls it
            found = file[6:-1], line
    return found
