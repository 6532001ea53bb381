"""What stands for the student's objects, functions and classes in the judge."""

import inspect
from typing import Any

from torch import nn

from autograder.wire.calls import Handle
from autograder.wire.descriptions import LONGEST_TEXT
from autograder.wire.frames import WireError

LONGEST_ITERATION = 100_000
KINDS = type(inspect.Parameter.POSITIONAL_ONLY)  # of parameters, by number
_INCOMPARABLE = "a {} of the student cannot be compared; compare what it contains."


class RemoteObject:
    """An object of the student's process. Its type has the name of the student's type."""

    _handle: Handle

    def __getattr__(self, name: str) -> Any:
        if name == "_handle" or (name.startswith("__") and name.endswith("__")):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self._handle.peer.call("getattr", (self, name))

    def __setattr__(self, name: str, value: Any) -> None:
        self._handle.peer.call("setattr", (self, name, value))

    def __str__(self) -> str:
        return self._text("str")

    def __repr__(self) -> str:
        return self._text("repr")

    def _text(self, function: str) -> str:
        text = self._handle.peer.call(function, (self,))
        if type(text) is not str:
            raise WireError("a text was expected.")
        return text[:LONGEST_TEXT]

    def __copy__(self) -> Any:
        return self._handle.peer.call("copy", (self,))

    def __deepcopy__(self, memo: dict) -> Any:
        return self._handle.peer.call("deepcopy", (self,))

    def __reduce_ex__(self, protocol: int) -> Any:
        raise TypeError("a student's object cannot be pickled.")

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError(
            f"a {type(self).__name__} of the student has no truth value for a test; compare what it contains."
        )

    def __eq__(self, other: Any) -> bool:
        if self is other:
            return True
        raise TypeError(_INCOMPARABLE.format(type(self).__name__))

    def __ne__(self, other: Any) -> bool:
        return not self == other

    def _unordered(self, other: Any) -> bool:
        raise TypeError(_INCOMPARABLE.format(type(self).__name__))

    __lt__ = __le__ = __gt__ = __ge__ = _unordered


class _Calls:
    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._handle.peer.call(self._handle.number, args, kwargs)


class _HasLength:
    def __len__(self) -> int:
        return self._handle.peer.call("len", (self,))


class _Iterates:
    def __iter__(self) -> Any:
        iterator = self._handle.peer.call("iter", (self,))
        for _ in range(LONGEST_ITERATION):
            try:
                item = self._handle.peer.call("next", (iterator,))
            except StopIteration:
                return
            yield item
        raise WireError(f"a {type(self).__name__} gives more than {LONGEST_ITERATION:,} items.")


class _Advances:
    def __next__(self) -> Any:
        return self._handle.peer.call("next", (self,))


class _HasItems:
    def __getitem__(self, key: Any) -> Any:
        return self._handle.peer.call("getitem", (self, key))


ABILITIES = {"c": _Calls, "l": _HasLength, "i": _Iterates, "n": _Advances, "g": _HasItems}


class RemoteFunction(_Calls, RemoteObject):
    """A function of the student: name, docstring and signature are its own, calling it runs it there."""

    def bind(self, module: nn.Module) -> None:
        """Let calls bring the state of a module along."""
        object.__setattr__(self, "_module", module)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        module = self.__dict__.get("_module")
        if module is None:
            return super().__call__(*args, **kwargs)
        return self._handle.peer.call("method", (module, self, *args), kwargs)


class RemoteClass(type):
    """A class of the student: calling it constructs an object there; `isinstance` and `issubclass` work."""

    def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:
        handle = cls.__dict__["_class_handle"]
        return handle.peer.call(handle.number, args, kwargs)

    def __getattr__(cls, name: str) -> Any:
        handle = cls.__dict__.get("_class_handle")
        if handle is None or name.startswith("_"):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        return handle.peer.call("getattr", (cls, name))


RemoteClass.__name__ = "type"  # what a message calls the type of a class


class _Given:
    """Stands for a default value that only the student's process knows."""

    def __repr__(self) -> str:
        return "…"


def handle_of(value: Any) -> Handle | None:
    """Return the handle of a proxy, None for anything else."""
    if isinstance(type(value), RemoteClass) and isinstance(value, nn.Module):
        return None  # modules are sent with their state
    if isinstance(value, RemoteClass):
        return value.__dict__.get("_class_handle")
    return value.__dict__.get("_handle") if isinstance(value, RemoteObject) else None


def set_description(proxy: RemoteObject, handle: Handle, about: list | None) -> None:
    """Give a new proxy its handle, and what `descriptions.describe_function` tells."""
    own = vars(proxy)
    own["_handle"] = handle
    if about is None:
        return
    name, doc, module, parameters = about
    for key, text in {"__name__": name, "__doc__": doc, "__module__": module}.items():
        if isinstance(text, str):
            own[key] = text
    if parameters is not None:
        default = _Given()
        own["__signature__"] = inspect.Signature(
            [
                inspect.Parameter(name, KINDS(kind), default=default if has else inspect.Parameter.empty)
                for name, kind, has in parameters
            ]
        )
