"""Measures that tell whether two networks share layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

from cnnlib.check.functions import name_of, written


def apart(answer: Any, /, args: Sequence[Any]) -> list[str]:
    """Say so if two networks built with `args` share a layer or a parameter."""
    models = [answer(*args), answer(*args)]  # both are kept: an id is an object's own only while it lives
    first, second = (set().union(*map(_with_weights, model.modules())) for model in models)
    name = written(answer, args)
    return [f"{name}: two such networks share layers; each makes its own."] if first & second else []


def _with_weights(part: nn.Module) -> set[int]:
    """Return what identifies a layer that has weights of its own; an empty set for any other."""
    own = [*part.parameters(recurse=False), *part.buffers(recurse=False)]
    return set(map(id, [part, *own])) if own else set()


def apart_in_lists(answers: Any, /) -> list[str]:
    """Say so if two lists of modules that the (first) answer makes share a layer or a parameter."""
    make = answers[0] if isinstance(answers, tuple) else answers
    lists = [nn.ModuleList(make()), nn.ModuleList(make())]
    first, second = ({id(part) for part in (*made.modules(), *made.parameters())} for made in lists)
    return [f"{name_of(make)} must make new blocks, of new layers, at each call."] if first & second else []
