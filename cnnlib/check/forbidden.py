"""Forbid library functions while a from-scratch answer runs."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from types import ModuleType
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

# What the operators under a functional name are called, where they do not contain that name.
# Naming one convolution, or one kind of pooling, forbids it in all dimensions.
_PARTS = (
    {"unfold": "im2col", "fold": "col2im"}
    | {f"conv{transposed}{dims}d": "conv" for transposed in ("", "_transpose") for dims in (1, 2, 3)}
    | {f"{kind}_pool{dims}d": f"{kind}_pool" for kind in ("max", "avg") for dims in (1, 2, 3)}
)

# The blocks that are active, from the outermost: their names, and the sentences about calls found so far.
_BLOCKS: ContextVar[tuple[tuple[tuple[str, ...], list[str]], ...]] = ContextVar("blocks", default=())


class ForbiddenCall(RuntimeError):  # noqa: N818 (it reads as what happened)
    """A forbidden library function was called."""


@contextmanager
def forbid(*names: str) -> Iterator[None]:
    """Raise `ForbiddenCall` when one of the named functions is used inside the `with` block.

    A call that the block hides with ``try``/``except`` is remembered, and raised at the end of the block.

    Parameters
    ----------
    *names : str
        Functions of `torch.nn.functional` (or else of `torch`) such as ``"conv2d"``: their functional form,
        the modules built on them and the operators below them are all caught. Naming one convolution forbids
        all. ``"unfold"`` is `torch.nn.functional.unfold`; the method `Tensor.unfold` stays allowed.
        A name with a dot is a path of a Python function, such as ``"scipy.signal.convolve2d"``: one of those
        by which it can be imported. It is skipped where its package is not installed.

    Raises
    ------
    ForbiddenCall
        If a named function was called.
    ValueError
        If there is no such function.

    Notes
    -----
    This finds honest mistakes. Calls on another thread, inside a function of PyTorch's that is written in
    Python, or of a dotted function held elsewhere than in the notebook, its module and the packages around
    it, are not seen. The grader asks for answers where forbidden functions do not work at all.
    """
    rules = _rules(names)
    hits: list[str] = []

    def hit(what: str) -> None:
        hits.append(sentence(what))
        raise ForbiddenCall(hits[-1])

    outer = _BLOCKS.set((*_BLOCKS.get(), (names, hits)))
    replaced = _replace(rules.dotted, hit)
    try:
        with _Mode(rules, hit):
            yield
    except Exception:
        if hits:
            raise ForbiddenCall(hits[0]) from None
        raise
    finally:
        for namespace, name, original in replaced:
            if original is None:
                del namespace[name]  # the module makes it when it is asked for
            else:
                namespace[name] = original
        _BLOCKS.reset(outer)
    if hits:
        raise ForbiddenCall(hits[0])


def forbidden_names() -> tuple[str, ...]:
    """Return the names that are forbidden at present, for a grader that runs an answer in another process."""
    return tuple(dict.fromkeys(name for names, _ in _BLOCKS.get() for name in names))


def note_forbidden_call(sentence: str) -> None:
    """Tell the active blocks of a call found in another process, so that they raise it at their end."""
    for names, hits in _BLOCKS.get():
        if names:  # a block that forbids nothing may stand around one that does
            hits.append(sentence)


def sentence(what: str) -> str:
    """Return what is said about a call of `what`."""
    return f"the library's {what} is called, but this exercise asks you to write that step yourself."


def operators_part(name: str) -> str:
    """Return the text that the name of every operator contains that forbidding a function forbids."""
    return _PARTS.get(name, name)


class _Rules(NamedTuple):
    parts: dict[str, str]  # of names of operators, with the forbidden function that each stands for
    functions: dict[Callable[..., Any], str]  # the functions themselves
    dotted: tuple[tuple[ModuleType, str, str], ...]  # module, name in it, path


@cache  # a test forbids the same names at each trial, and finding a package takes a search through folders
def _rules(names: tuple[str, ...]) -> _Rules:
    """Look up what the names stand for."""
    parts, functions, dotted = {}, {}, {}
    for path in names:
        module_name, _, name = path.rpartition(".")
        if not module_name:
            found = [getattr(module, name) for module in (F, torch) if callable(getattr(module, name, None))]
            if not found:
                raise ValueError(
                    f"cannot forbid {name!r}: torch.nn.functional and torch have no such function."
                )
            parts.setdefault(operators_part(name), name)
            functions |= dict.fromkeys(found, name)
        elif importlib.util.find_spec(module_name.partition(".")[0]):  # else nobody can call it
            module = importlib.import_module(module_name)
            if not callable(getattr(module, name, None)):
                raise ValueError(f"cannot forbid {path!r}: {module_name} has no function {name!r}.")
            dotted[module, name] = path
    for (module, name), path in list(dotted.items()):
        for holder in _holders(getattr(module, name), name):
            dotted.setdefault((holder, name), path)
    return _Rules(parts, functions, tuple((module, name, path) for (module, name), path in dotted.items()))


def _holders(function: Any, name: str) -> list[ModuleType]:
    """Return which of a function's module and the packages around it hold it by this name."""
    parts = (getattr(function, "__module__", None) or "").split(".")
    around = [sys.modules.get(".".join(parts[:count])) for count in range(1, len(parts) + 1)]
    return [module for module in around if module and vars(module).get(name) is function]


def _replace(
    dotted: tuple[tuple[ModuleType, str, str], ...], hit: Callable[[str], None]
) -> list[tuple[dict[str, Any], str, Any]]:
    """Replace functions in their modules and where the notebook imported them; return what was where."""
    if not dotted:
        return []
    notebook = vars(sys.modules["__main__"])
    places = [(vars(module), name, path) for module, name, path in dotted]
    paths = {id(vars(module).get(name)): path for module, name, path in reversed(dotted)}
    places += [(notebook, name, paths[id(value)]) for name, value in notebook.items() if id(value) in paths]
    replaced = [(namespace, name, namespace.get(name)) for namespace, name, _ in places]
    for namespace, name, path in places:
        namespace[name] = partial(_refuse, path, hit)
    return replaced


def _refuse(path: str, hit: Callable[[str], None], /, *args: Any, **kwargs: Any) -> None:
    hit(path)


class _Mode(TorchFunctionMode):
    """Catch functions of PyTorch by identity and by name: functions, modules and `torch.ops` end there."""

    def __init__(self, rules: _Rules, hit: Callable[[str], None]) -> None:
        super().__init__()
        self.rules, self.hit = rules, hit

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func in self.rules.functions:
            self.hit(self.rules.functions[func])
        called = getattr(func, "__name__", "").partition(".")[0]
        for part, name in self.rules.parts.items():
            if part in called.replace("convert", ""):
                self.hit(_common_name(called, name, part))
        return func(*args, **(kwargs or {}))


def _common_name(operator: str, name: str, part: str) -> str:
    """Return what a student knows an operator by that a forbidden name and the part of it stand for."""
    if operator == part:
        return name
    return operator if callable(getattr(F, operator, None)) else f"torch.ops.aten.{operator}"
