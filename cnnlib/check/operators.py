"""Catch PyTorch's operators by name while a block runs.

Every route to an operator (`torch.ops.aten`, scripted code, private functions) ends in PyTorch's dispatcher.
A `TorchDispatchMode` would see all operators there, and make each three times as slow. So a dispatch key that
nothing else uses gets a kernel for each operator to catch, and lets the others fall through; inside a block
the key takes part.
"""

import inspect
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import cache, partial
from typing import Any

import torch
from torch.library import Library
from torch.utils._python_dispatch import TorchDispatchMode

KEY = "TESTING_ONLY_GenericMode"  # it comes before those that transform, record and compute

# The blocks that are active, from the outermost: the operators that each catches, and whom it tells.
_BLOCKS: ContextVar[tuple[tuple[frozenset[str], Callable[[str], None]], ...]] = ContextVar("b", default=())
_libraries: dict[str, Library] = {}  # by namespace: what is registered lasts as long as its library
_caught: set[str] = set()


@cache
def operators() -> tuple[tuple[str, str, str], ...]:
    """Return namespace, name and overload of all operators, such as ("aten", "conv2d", "padding")."""
    found = []
    for path in torch._C._dispatch_get_all_op_names():
        namespace, _, rest = path.partition("::")
        name, _, overload = rest.partition(".")
        found.append((namespace, name, overload))
    return tuple(found)


class Catch:
    """A block in which operators are caught.

    Parameters
    ----------
    names : frozenset of str
        Without their overloads: "conv2d".
    hit : callable
        Is told the name of an operator that is called; it raises.
    """

    def __init__(self, names: frozenset[str], hit: Callable[[str], None]) -> None:
        self._block = names, hit
        if not names <= _caught:
            _register(names - _caught)

    def __enter__(self) -> None:
        self._outer = _BLOCKS.set((*_BLOCKS.get(), self._block))
        self._was_included = torch._C._dispatch_tls_is_dispatch_key_included(_key())
        torch._C._dispatch_tls_set_dispatch_key_included(_key(), True)

    def __exit__(self, *_: object) -> None:
        torch._C._dispatch_tls_set_dispatch_key_included(_key(), self._was_included)
        _BLOCKS.reset(self._outer)


@cache
def _key() -> Any:
    return torch._C._dispatch_key_parse(KEY)


def _register(names: Iterable[str]) -> None:
    if not _libraries:
        _libraries["_"] = Library("_", "IMPL", KEY)
        _libraries["_"].m.fallback_fallthrough(KEY)
    for namespace, name, overload in operators():
        if name in names:
            if namespace not in _libraries:
                _libraries[namespace] = Library(namespace, "IMPL", KEY)
            path = f"{name}.{overload}" if overload else name
            _libraries[namespace].impl(
                path, partial(_kernel, namespace, name, overload or "default"), with_keyset=True
            )
    _caught.update(names)


def _kernel(namespace: str, name: str, overload: str, /, keys: Any, *args: Any, **kwargs: Any) -> Any:
    # As a mode does, it leaves alone what runs where modes are switched off.
    if not torch._C._dispatch_tls_is_dispatch_key_excluded("Python"):
        for names, hit in reversed(_BLOCKS.get()):
            if name in names:
                hit(name)
    operator = getattr(getattr(getattr(torch.ops, namespace), name), overload)
    return operator.redispatch(keys & torch._C._dispatch_keyset_full_after(_key()), *args, **kwargs)


class CatchByMode(TorchDispatchMode):
    """The same for releases of PyTorch in which `Catch` cannot work."""

    def __init__(self, names: frozenset[str], hit: Callable[[str], None]) -> None:
        super().__init__()
        self.names, self.hit = names, hit

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # nothing is compiled here, and skipping torch's compiler would first import it: seconds

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        operator = func.overloadpacket.__name__
        if operator in self.names:
            self.hit(operator)
        return func(*args, **kwargs) if kwargs else func(*args)


@cache
def works_here() -> bool:
    """Tell whether this PyTorch has the key, and can say to a kernel what comes behind it (since 2.6)."""
    try:
        torch._C._dispatch_key_parse(KEY)
    except (AttributeError, RuntimeError):
        return False
    return "with_keyset" in inspect.signature(Library.impl).parameters


def catch(names: frozenset[str], hit: Callable[[str], None]) -> Catch | CatchByMode:
    """Return a block that catches operators in the way that this PyTorch allows; see `Catch`."""
    # `Parameter(…)` detaches, and takes no tensor that was a Python object, as it is in a kernel of ours.
    return Catch(names, hit) if works_here() and "detach" not in names else CatchByMode(names, hit)
