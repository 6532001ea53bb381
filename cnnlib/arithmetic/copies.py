"""Run a copy of a model, if possible without arithmetic on PyTorch's meta device, which holds no data."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import fields, is_dataclass
from types import SimpleNamespace
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnlib.arithmetic.models import eager, first_line, input_dtype, unwrapped

T = TypeVar("T")

# What PyTorch says where a tensor without data is the trouble, or one without data meets one with data.
_NO_DATA = ("meta", "data pointer", "storage", "same device", "data-dependent", "data dependent")


class NotRunError(ValueError):
    """A copy of the model did not run; the message is the sentence for the user, the cause says why."""


def parts_of(value: Any, kind: type[T]) -> Iterator[T]:
    """All of one type in nested tuples, lists, dictionaries and the like, in order."""
    if isinstance(value, kind):
        yield value
        return
    if isinstance(value, Mapping):
        parts = list(value.values())
    elif is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, field.name) for field in fields(value)]
    elif isinstance(value, SimpleNamespace):
        parts = list(vars(value).values())
    else:
        parts = value if isinstance(value, tuple | list) else []
    for part in parts:
        yield from parts_of(part, kind)


def tensors_in(value: Any) -> list[Tensor]:
    """All tensors that a layer takes or gives."""
    return list(parts_of(value, Tensor))


def copied(model: nn.Module, device: str | torch.device) -> nn.Module:
    """A copy in evaluation mode on a device; on "meta" its tensors have shapes but no values.

    The model itself is not touched. Weights that have no values become zeros.
    """
    memo = {}  # what deepcopy finds here it takes instead of copying, so weights are never duplicated
    for module in model.modules():
        for tensor in tensors_in(vars(module)):
            if id(tensor) not in memo:
                memo[id(tensor)] = _moved(tensor, device)
    try:
        with torch.no_grad():
            twin = copy.deepcopy(model, memo)
    except Exception as error:  # whatever the model's attributes raise
        raise ValueError(
            f"{type(model).__name__} cannot be copied, which is needed to run it without a trace: "
            f"{first_line(error)}"
        ) from error
    twin.eval()
    for module in twin.modules():
        module._forward_hooks.clear()  # the user's own hooks must not see this run
        for name, child in list(module.named_children()):
            if unwrapped(child) is not child:
                setattr(module, name, unwrapped(child))
    return twin


def _moved(tensor: Tensor, device: str | torch.device) -> Tensor:
    if torch.device(device).type == "meta":
        values = torch.empty_like(tensor, device=device)
    elif tensor.is_meta:
        values = torch.zeros_like(tensor, device=device)
    else:
        values = tensor.detach().to(device, copy=True)
    return nn.Parameter(values, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else values


def on_a_copy(model: nn.Module, shape: tuple[int, ...], run: Callable[[nn.Module, Tensor], T]) -> T:
    """What `run` gives for a copy and an input on the meta device, or on the CPU if the model needs values.

    `run` raises `NotRunError` from what went wrong. Values are standard normal numbers, always the same.
    """
    dtype = input_dtype(model)
    try:
        return run(copied(model, "meta"), torch.empty(shape, dtype=dtype, device="meta"))
    except NotRunError as error:
        if not _for_want_of_data(error.__cause__):
            raise
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0), device="cpu").to(dtype)
    return run(copied(model, "cpu"), x)


def _for_want_of_data(error: BaseException | None) -> bool:
    """Whether the same run could succeed with data; a wrong shape fails with data, too, only later."""
    if not isinstance(error, RuntimeError) or isinstance(error, NotImplementedError):
        return True  # the model's own code or an operator without a kernel
    return any(words in str(error).lower() for words in _NO_DATA)


@contextmanager
def running_on(device: str | torch.device) -> Iterator[None]:
    """Everything stays on the device, is made of operators that can be counted, and leaves no trace."""
    device = torch.device(device)
    fast = torch.backends.mha.get_fastpath_enabled()
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # the user's own runs of the model give them
        stack.enter_context(torch.random.fork_rng(devices=[device] if device.type == "cuda" else []))
        # Both would do a whole layer in one operator.
        torch.backends.mha.set_fastpath_enabled(False)
        stack.callback(torch.backends.mha.set_fastpath_enabled, fast)
        stack.enter_context(torch.backends.mkldnn.flags(enabled=False))
        stack.enter_context(eager())
        stack.enter_context(device)
        stack.enter_context(_Stay(device))
        yield


class _Stay(TorchFunctionMode):
    """Whatever the model moves to another device, or makes there, stays on this one."""

    def __init__(self, device: torch.device) -> None:
        super().__init__()
        self.device = device

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func in (Tensor.cpu, Tensor.cuda):
            return args[0]
        if kwargs.get("device") is not None:
            kwargs["device"] = self.device
        if func is Tensor.to and len(args) > 1 and isinstance(args[1], str | int | torch.device):
            args = (args[0], self.device, *args[2:])
        return func(*args, **kwargs)


class Calls:
    """Watches the calls of a model's layers, to say where a run went wrong."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self._failed: tuple[Exception | None, str, tuple] = (None, "", ())  # in which layer, on what
        for name, module in model.named_modules():
            # Not by hooks: `layer.forward(x)` calls none.
            if not isinstance(module, torch.jit.ScriptModule):
                module.forward = self._watched(name, module.forward)

    def _watched(self, name: str, forward: Callable) -> Callable:
        return lambda *inputs, **named: self.call(name, forward, inputs, named)

    def call(self, name: str, forward: Callable, inputs: tuple, named: dict[str, Any]) -> Any:
        """One call of one layer."""
        try:
            return forward(*inputs, **named)
        except Exception as error:
            if self._failed[0] is not error:  # else it is on its way out of the layer where it arose
                self._failed = error, name, (*inputs, *named.values())
            raise

    def error(self, error: Exception, model: nn.Module, shape: tuple[int, ...]) -> NotRunError:
        """One sentence on the innermost layer that an error came from."""
        sentence = f"{type(model).__name__} cannot take an input of shape {shape}: "
        failed, name, inputs = self._failed
        if name and failed is error:
            layer = self.model.get_submodule(name)
            needs = [a for a in ("in_channels", "in_features", "num_features") if hasattr(layer, a)]
            kind = ", ".join([type(layer).__name__, *(f"{a}={getattr(layer, a)}" for a in needs)])
            got = ", ".join(str(tuple(x.shape)) for x in tensors_in(inputs)) or "no tensor"
            sentence += f"its layer {name!r} ({kind}) gets {got}: "
        return NotRunError(sentence + first_line(error))
