"""Forbid library functions while a from-scratch answer runs."""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

# What the operators under a functional name are called, where they do not contain that name.
# All convolutions share one operator, `aten::convolution`, so forbidding one forbids them all.
_OPERATOR_NAMES = {"unfold": "im2col", "fold": "col2im"} | {
    f"conv{transposed}{dimensions}d": "conv" for transposed in ("", "_transpose") for dimensions in (1, 2, 3)
}

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
        A name with a dot is the path of a Python function, such as ``"scipy.signal.convolve2d"``; it is
        skipped where its package is not installed.

    Raises
    ------
    ForbiddenCall
        If a named function was called.
    ValueError
        If there is no such function.

    Notes
    -----
    This finds the calls a student makes, not those that code written to deceive can hide: calls on another
    thread, and a dotted function held elsewhere than in its module or the notebook, are not seen.
    """
    functional = [name for name in names if "." not in name]
    targets = {function: name for name in functional for function in _functions(name)}
    hits: list[str] = []

    def hit(what: str) -> None:
        hits.append(_sentence(what))
        raise ForbiddenCall(hits[-1])

    outer = _BLOCKS.set((*_BLOCKS.get(), (names, hits)))
    try:
        with ExitStack() as stack:
            for name in names:
                if "." in name:
                    stack.enter_context(_replaced(name, hit))
            if functional:
                stack.enter_context(_Operators(functional, hit))
                stack.enter_context(_Functions(targets, hit))
            yield
    except Exception:
        if hits:
            raise ForbiddenCall(hits[0]) from None
        raise
    finally:
        _BLOCKS.reset(outer)
    if hits:
        raise ForbiddenCall(hits[0])


def forbidden_names() -> tuple[str, ...]:
    """Return the names that are forbidden at present, for a grader that runs an answer in another process."""
    return tuple(dict.fromkeys(name for names, _ in _BLOCKS.get() for name in names))


def note_forbidden_call(sentence: str) -> None:
    """Tell the active blocks of a call found in another process, so that they raise it at their end."""
    for _, hits in _BLOCKS.get():
        hits.append(sentence)


def _sentence(what: str) -> str:
    return f"the library's {what} is called, but this exercise asks you to write that step yourself."


def _functions(name: str) -> list[Callable[..., Any]]:
    """Return the public functions that go by `name`."""
    found = [getattr(module, name) for module in (F, torch) if callable(getattr(module, name, None))]
    if not found:
        raise ValueError(f"cannot forbid {name!r}: torch.nn.functional and torch have no such function.")
    return found


class _Functions(TorchFunctionMode):
    """Catch functions by identity: gives the message that names what the student typed."""

    def __init__(self, targets: dict[Callable[..., Any], str], hit: Callable[[str], None]) -> None:
        super().__init__()
        self.targets, self.hit = targets, hit

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func in self.targets:
            self.hit(self.targets[func])
        return func(*args, **(kwargs or {}))


class _Operators(TorchDispatchMode):
    """Catch operators: every other route (`torch.ops.aten`, scripted code, private functions) ends here."""

    def __init__(self, names: list[str], hit: Callable[[str], None]) -> None:
        super().__init__()
        self.parts = {_OPERATOR_NAMES.get(name, name) for name in names}
        self.hit = hit
        self.allowed: set[Any] = set()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled here, and skipping torch's compiler would first import it: seconds

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func not in self.allowed:
            operator = func.overloadpacket.__name__
            if any(part in operator.replace("convert", "") for part in self.parts):
                self.hit(f"torch.ops.aten.{operator}")
            self.allowed.add(func)
        return func(*args, **kwargs) if kwargs else func(*args)


@cache  # a search through all folders of modules, at each trial of a test
def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


@contextmanager
def _replaced(path: str, hit: Callable[[str], None]) -> Iterator[None]:
    """Replace the function at `path`, in its module and under any name the notebook imported it as."""
    module_name, _, name = path.rpartition(".")
    if not _is_installed(module_name.partition(".")[0]):
        yield  # the package is not installed, so nobody can call it
        return
    module = importlib.import_module(module_name)
    original = getattr(module, name, None)
    if not callable(original):
        raise ValueError(f"cannot forbid {path!r}: {module_name} has no function {name!r}.")

    def forbidden(*args: Any, **kwargs: Any) -> None:
        hit(path)

    notebook = vars(sys.modules["__main__"])
    places = [(vars(module), name)]
    places += [(notebook, alias) for alias, value in notebook.items() if value is original]
    for namespace, alias in places:
        namespace[alias] = forbidden
    try:
        yield
    finally:
        for namespace, alias in places:
            namespace[alias] = original
