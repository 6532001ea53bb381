"""The attributes of a layer of `torch.nn` as one text: networks repeat the same few for each layer."""

import json
from functools import lru_cache
from typing import Any

from autograder.wire.frames import WireError

_WORDS_AND_NUMBERS = (bool, int, float, str, type(None))
_LARGEST = 1 << 200  # beyond, Python may refuse to read an integer again
_DEEPEST = 3  # containers in containers
_LONGEST = 4096  # characters of a text that is remembered


def write_attributes(attributes: dict[str, Any]) -> str | None:
    """Return attributes as a text of JSON; None if they are more than numbers, words, tuples and lists."""
    try:
        return json.dumps({name: _written(value, _DEEPEST) for name, value in attributes.items()})
    except TypeError:
        return None


def read_attributes(text: str, kind: type) -> dict[str, Any]:
    """Return the attributes of an object of `kind`; lists are new each time.

    Raises
    ------
    WireError
        Or another error, if the text is none that `write_attributes` makes, or an attribute would hide a
        method.
    """
    read = _read if len(text) <= _LONGEST else _read.__wrapped__
    fixed, lists = read(text, kind)
    return {**fixed, **{name: _value(written) for name, written in lists.items()}}


def _written(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind in _WORDS_AND_NUMBERS and (kind is not int or abs(value) < _LARGEST):
        return value
    if kind not in (tuple, list) or not depth:
        raise TypeError("no plain value")
    return [kind.__name__, *(_written(part, depth - 1) for part in value)]


@lru_cache(maxsize=1024)
def _read(text: str, kind: type) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the attributes that nobody can change in place, and the others as they are written."""
    fixed, lists = {}, {}
    for name, written in json.loads(text).items():
        if callable(getattr(kind, name, None)):
            raise WireError(f"a module cannot have {name[:50]!r}.")
        value = _value(written)
        try:
            hash(value)
            fixed[name] = value
        except TypeError:
            lists[name] = written
    return fixed, lists


def _value(written: Any) -> Any:
    if type(written) in _WORDS_AND_NUMBERS:
        return written
    tag, *parts = written
    return {"tuple": tuple, "list": list}[tag](map(_value, parts))
