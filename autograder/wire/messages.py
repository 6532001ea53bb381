"""Questions and answers between two processes, as they stand in a frame's JSON; `protocol.md` describes them.

What is written as a list comes from `encode.Encoder`, and its tensors lie in the frame's bytes.
"""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from autograder.wire.frames import WireError

ABSENT: Any = object()
Message = TypeVar("Message", "Question", "Answer")


@dataclass(slots=True)
class Question:
    """A call of the other end's function, or of a backward pass."""

    op: str  # "call" or "backward"
    function: int | str  # by the number of an object that was passed on, or by name
    arguments: list  # encoded; the last ones are those that have names
    names: list[str] = field(default_factory=list)
    number: int = 0
    forget: list | None = None  # [[number of an object, how many mentions of it], …]
    state: list | None = None  # of modules that the arguments mention, see `mirror.push_state`
    grad: bool | None = None  # whether operations are to be recorded for gradients
    forbid: list[str] | None = None  # functions that the test forbids
    rng: list | None = None  # encoded: the state of PyTorch's random numbers, if it changed


@dataclass(slots=True)
class Answer:
    """What a call returned, or the error that it raised."""

    value: Any = ABSENT  # encoded; of a backward pass a list of gradients
    error: Any = None  # what was raised instead
    number: int = 0  # the question's
    changed: list | None = None  # arguments that the call changed in place, see `changes.write_changes`
    history: list | None = None  # [number of the backward pass, the outputs that have gradients]
    state: list | None = None  # of modules that the call changed, see `trees.changed_state`
    default: str | None = None  # the default dtype, if it changed
    drew: bool | None = None  # whether random numbers were drawn


def written(message: Question | Answer) -> dict[str, Any]:
    """Return a message as JSON has it: without the parts that say nothing."""
    found = {name: getattr(message, name) for name in message.__slots__}
    return {
        name: value
        for name, value in found.items()
        if value is not ABSENT and (value is not None or name == "value")
    }


def read(kind: type[Message], content: dict[str, Any]) -> Message:
    """Return a message that came; parts that it does not have are passed over.

    Raises
    ------
    WireError
        If it lacks a part. What is in the parts is looked at where they are used.
    """
    try:
        return kind(**{name: content[name] for name in kind.__slots__ if name in content})
    except TypeError:
        raise WireError("a message lacks a part.") from None
