"""What the student's process tells about its objects and classes: names and abilities, never code."""

import inspect
import sys
from typing import Any

from torch import nn

LIBRARY = {
    name: value
    for name, value in vars(nn).items()
    if isinstance(value, type)
    and issubclass(value, nn.Module)
    and value is not nn.Module
    and value.__module__.startswith("torch.nn.modules")
}
_ABILITIES = {"__call__": "c", "__len__": "l", "__iter__": "i", "__next__": "n", "__getitem__": "g"}
_LONGEST_NAME = 100
LONGEST_TEXT = 4096  # characters of a description or of an error


def is_own_class(kind: type) -> bool:
    """Whether the student's notebook defines a class."""
    return kind.__module__ == "__main__" or kind.__module__ not in sys.modules


def library_base(kind: type) -> str | None:
    """Name of the class of `torch.nn` that a class is or extends, if that is not just `nn.Module`."""
    for base in kind.__mro__:
        if LIBRARY.get(base.__name__) is base:
            return base.__name__
    return None


def abilities(kind: type) -> str:
    """One letter for each of: call, length, iteration, next item, item by key."""
    found = {name: value for base in reversed(kind.__mro__) for name, value in vars(base).items()}
    return "".join(letter for name, letter in _ABILITIES.items() if found.get(name) is not None)


def describe_class(kind: type, exports: Any) -> list:
    """["class", number, name, abilities, "module" or "object", name in torch.nn, description of its base]."""
    base = next((base for base in kind.__bases__ if is_own_class(base)), None)
    return [
        "class",
        exports.number(kind),
        kind.__name__[:_LONGEST_NAME],
        abilities(kind),
        "module" if issubclass(kind, nn.Module) else "object",
        library_base(kind) if issubclass(kind, nn.Module) else None,
        describe_class(base, exports) if base else None,
    ]


def describe_object(value: Any, exports: Any) -> list:
    """["object", number, class name, abilities, class or None, about a function or None]."""
    kind = type(value)
    own = describe_class(kind, exports) if is_own_class(kind) else None
    about = describe_function(value) if callable(value) else None
    return ["object", exports.number(value), kind.__name__[:_LONGEST_NAME], abilities(kind), own, about]


def describe_function(function: Any) -> list:
    """[name, docstring, module, parameters]: a parameter is [name, kind, whether it has a default]."""
    texts = [getattr(function, name, None) for name in ("__name__", "__doc__", "__module__")]
    texts = [text[:LONGEST_TEXT] if isinstance(text, str) else None for text in texts]
    try:
        parameters = [
            [parameter.name, int(parameter.kind), parameter.default is not parameter.empty]
            for parameter in inspect.signature(function).parameters.values()
        ]
    except (TypeError, ValueError):
        parameters = None  # a built-in function has no signature
    return [*texts, parameters]
