"""Calls between two processes, the same in both directions.

Each end numbers the objects that it hands out, and keeps them until the other end has forgotten them; the
other end holds a `Handle`. Ends answer questions while they wait for an answer: calls can go back and forth.
"""

from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakValueDictionary

from torch import Tensor

from autograder.wire.changes import apply_changes, write_changes
from autograder.wire.decode import Decoder
from autograder.wire.encode import Encoder
from autograder.wire.frames import Wire, WireError
from autograder.wire.gradients import History, attach
from autograder.wire.messages import ABSENT, Answer, Question, read, written
from autograder.wire.tensors import plain_torch

DEEPEST_CALL = 40  # calls inside calls, back and forth


class Handle:
    """An object of the other process, known by its number."""

    def __init__(self, peer: "Peer", number: int) -> None:
        self.peer, self.number, self.received = peer, number, 0

    def __del__(self) -> None:
        self.peer.forgotten.append([self.number, self.received])

    def __deepcopy__(self, memo: dict) -> "Handle":
        return self

    def __reduce__(self) -> tuple:
        raise TypeError("an object of another process cannot be pickled.")


class Exports:
    """The objects that the other process knows by number, and how often it was told each."""

    def __init__(self) -> None:
        self._objects: dict[int, list] = {}
        self._numbers: dict[int, int] = {}
        self._next = 1

    def number(self, value: Any) -> int:
        """Count another mention of an object and return its number."""
        if id(value) not in self._numbers:
            self._numbers[id(value)] = self._next
            self._objects[self._next] = [value, 0]
            self._next += 1
        number = self._numbers[id(value)]
        self._objects[number][1] += 1
        return number

    def get(self, number: Any) -> Any:
        """Return the object of a number; raises `WireError` for one that is not in use."""
        if type(number) is not int or number not in self._objects:
            raise WireError("an object was named that was never passed on.")
        return self._objects[number][0]

    def forget(self, forgotten: list) -> None:
        """Take mentions back: [[number, how many], …]."""
        for number, mentions in forgotten:
            kept = self._objects.get(number)
            if kept is not None:
                kept[1] -= mentions
                if kept[1] <= 0:
                    del self._objects[number]
                    del self._numbers[id(kept[0])]


class Peer:
    """One end: asks, and answers what is asked meanwhile. Base of `remote.Session` and `serving.Server`."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.exports = Exports()
        self.forgotten: list[list[int]] = []
        self.handles: WeakValueDictionary[int, Handle] = WeakValueDictionary()
        self._asked = 0
        self._depth = 0

    # What the two ends do differently.
    def write_other(self, encoder: Encoder, value: Any) -> list | None:
        raise NotImplementedError

    def read_other(self, decoder: Decoder, written: list) -> Any:
        raise NotImplementedError

    def write_error(self, error: BaseException, encoder: Encoder) -> dict:
        raise NotImplementedError

    def read_error(self, written: Any, decoder: Decoder) -> BaseException:
        raise NotImplementedError

    def perform(self, question: Question, decoder: Decoder) -> tuple[Answer, Encoder]:
        raise NotImplementedError

    def complete(self, question: Question, encoder: Encoder) -> None:
        """Add to a question, after its values."""

    def begin(self, question: Question, decoder: Decoder) -> None:
        """Read what `complete` added, before the call."""

    def end(self, answer: Answer, encoder: Encoder, decoder: Decoder) -> None:
        """Add to an answer, after the call."""

    def finish(self, answer: Answer, decoder: Decoder, encoder: Encoder) -> None:
        """Read what `end` added."""

    def handle(self, number: Any) -> Handle:
        """Return the handle of an object of the other end, and count this mention of it."""
        if type(number) is not int:
            raise WireError("an object has no number.")
        handle = self.handles.get(number)
        if handle is None:
            handle = self.handles[number] = Handle(self, number)
        handle.received += 1
        return handle

    def call(self, target: int | str, args: Sequence[Any], kwargs: dict[str, Any] | None = None) -> Any:
        """Call a function of the other end, by number or name; return or raise what it did.

        Raises
        ------
        TypeError, ValueError
            If an argument cannot be passed on.
        WireError
            If the other end is gone or its answer makes no sense.
        """
        kwargs = kwargs or {}
        encoder = Encoder(self.write_other)
        with plain_torch():
            arguments = encoder.items((*args, *kwargs.values()))
            question = Question("call", target, arguments, list(kwargs))
            self.complete(question, encoder)
        answer, decoder = self._ask(question, encoder)
        return self._read(answer, decoder, encoder, lambda: decoder.value(answer.value))

    def _read(self, answer: Answer, decoder: Decoder, encoder: Encoder, value: Callable[[], Any]) -> Any:
        """Take an answer apart; whatever is wrong with it is a `WireError`."""
        try:
            with plain_torch():
                if answer.value is ABSENT and answer.error is None:
                    raise WireError("the answer holds neither a value nor an error.")
                if answer.history is not None:
                    number, outputs = answer.history
                    results = [decoder.tensor(*written) for written in outputs]
                    decoder.outputs = attach(results, encoder.inputs, self._backward(number, encoder.inputs))
                error = None if answer.error is None else self.read_error(answer.error, decoder)
                found = None if error else value()  # parts are read in the order in which they were written
                apply_changes(answer.changed or [], decoder)
                self.finish(answer, decoder, encoder)
                if error is None:
                    return found
        except WireError:
            raise
        except Exception as odd:
            raise WireError(f"the answer is malformed ({type(odd).__name__}: {odd}).") from None
        raise error

    def answer_call(
        self, function: Callable, question: Question, decoder: Decoder, encoder: Encoder
    ) -> Answer:
        """Call `function` as the question asks; return the answer. Raises what the function raises."""
        with plain_torch():
            values, names = decoder.items(question.arguments), question.names
            self.begin(question, decoder)
            count = len(values) - len(names)
            args, kwargs = values[:count], dict(zip(names, values[count:], strict=True))
            inputs = list(decoder.inputs)
        result = function(*args, **kwargs)
        with plain_torch():
            encoder.answer_to(decoder)
            answer = Answer(encoder.value(result))
            answer.changed = write_changes(decoder, encoder) or None
            self.end(answer, encoder, decoder)
            if encoder.outputs:
                number = self.exports.number(History(encoder.outputs, inputs))
                answer.history = [number, [encoder.tensor(output.detach()) for output in encoder.outputs]]
        return answer

    def answer_backward(
        self, run: Callable, question: Question, decoder: Decoder, encoder: Encoder
    ) -> Answer:
        """Let `run` call the backward pass that is asked for; return the gradients of the inputs."""
        history = self.exports.get(question.function)
        if not isinstance(history, History):
            raise WireError("gradients were asked for of something that has none.")
        found = run(history.backward, decoder.items(question.arguments))
        with plain_torch():
            return Answer([None if grad is None else encoder.tensor(grad.detach()) for grad in found])

    def _backward(self, number: Any, inputs: Sequence[Tensor]) -> Callable:
        handle, shapes = self.handle(number), [leaf.shape for leaf in inputs]

        def ask(gradients: Sequence[Tensor | None]) -> list[Tensor | None]:
            encoder = Encoder(self.write_other)
            with plain_torch():
                question = Question("backward", handle.number, encoder.items(gradients))
                self.complete(question, encoder)
            answer, decoder = self._ask(question, encoder)
            return self._read(answer, decoder, encoder, lambda: gradients_of(answer, decoder))

        def gradients_of(answer: Answer, decoder: Decoder) -> list[Tensor | None]:
            found = [None if grad is None else decoder.tensor(*grad) for grad in answer.value]
            pairs = zip(found, shapes, strict=True)
            if any(grad is not None and grad.shape != shape for grad, shape in pairs):
                raise WireError("the gradients have other shapes than the inputs.")
            return found

        return ask

    def _ask(self, question: Question, encoder: Encoder) -> tuple[Answer, Decoder]:
        self._asked += 1
        question.number = number = self._asked
        forgotten, self.forgotten = self.forgotten, []
        if forgotten:
            question.forget = forgotten
        self.wire.send(written(question), encoder.parts)
        while True:
            message, body = self.wire.receive()
            if "op" in message:
                self.reply(message, body)
            elif message.get("number") == number:
                return read(Answer, message), Decoder(body, self.read_other, encoder.shared)
            else:
                raise WireError("an answer came that nobody asked for.")

    def reply(self, message: dict, body: memoryview) -> None:
        """Answer one question."""
        question = read(Question, message)
        if self._depth >= DEEPEST_CALL:
            raise WireError(f"calls are nested more than {DEEPEST_CALL} deep.")
        self._depth += 1
        try:
            self.exports.forget(question.forget or [])
            answer, encoder = self.perform(question, Decoder(body, self.read_other, watched=True))
        except WireError:
            raise
        except (TypeError, ValueError, KeyError) as error:
            raise WireError(f"the question is malformed ({type(error).__name__}).") from None
        finally:
            self._depth -= 1
        answer.number = question.number
        try:
            self.wire.send(written(answer), encoder.parts)
        except ValueError as error:
            encoder = Encoder(self.write_other)
            answer = Answer(error=self.write_error(error, encoder), number=question.number)
            self.wire.send(written(answer), encoder.parts)
