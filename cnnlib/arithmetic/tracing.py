"""Trace a model with ``torch.fx`` and carry a receptive field beside every tensor of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, fx, nn

from cnnlib.arithmetic.copies import parts_of, tensors_in
from cnnlib.arithmetic.layer_rules import by_function, by_module
from cnnlib.arithmetic.recurrence import Field, UnsupportedError

__all__ = ["ROOT", "Interpreter", "Tracer"]

ROOT = "(model)"  # the name of a model that is a single layer
_PAIRS = (nn.RNN, nn.LSTM, nn.GRU, nn.LSTMCell, nn.MultiheadAttention)


class Tracer(fx.Tracer):
    """Notes a name for what every module, also one that holds others, and every function returns."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[tuple[str, fx.Node]] = []
        self.output: list[tuple[str, fx.Node]] = []  # the same for the model itself
        self._inside = [""]
        self._calls: Counter[str] = Counter()
        self._entering: nn.Module | None = None  # the module whose forward method its call will call

    @contextmanager
    def watching(self, model: nn.Module) -> Iterator[None]:
        """Take `layer.forward(x)` for `layer(x)`, which alone the tracer sees."""
        layers = [m for m in model.modules() if m is not model and not isinstance(m, torch.jit.ScriptModule)]
        own = {m: vars(m)["forward"] for m in layers if "forward" in vars(m)}
        for module in layers:
            module.forward = self._watched(module, module.forward)
        try:
            yield
        finally:
            for module in layers:
                del module.forward
            for module, forward in own.items():
                module.forward = forward

    def _watched(self, module: nn.Module, forward: Callable) -> Callable:
        def watched(*inputs: Any, **named: Any) -> Any:
            if self._entering is not module:
                return module(*inputs, **named)
            self._entering = None
            return forward(*inputs, **named)

        return watched

    def create_proxy(self, *args: Any, **kwargs: Any) -> Any:
        """Give two symbols for what is known to give a pair: one symbol could not be taken apart by `*`."""
        proxy = super().create_proxy(*args, **kwargs)
        if not self._gives_a_pair(proxy.node):
            return proxy
        known = len(self.names)
        pair = proxy[0], proxy[1]
        del self.names[known:]  # nobody wrote these
        self._calls[".".join(filter(None, (self._inside[-1], "getitem")))] -= 2
        return pair

    def _gives_a_pair(self, node: fx.Node) -> bool:
        if node.op == "call_function":
            return _name(node).endswith("with_indices")
        if node.op != "call_module":
            return False
        module = self.root.get_submodule(node.target)
        return isinstance(module, _PAIRS) or getattr(module, "return_indices", False)

    def call_module(self, m: nn.Module, forward: Any, args: tuple, kwargs: dict) -> Any:
        path = self.path_of_module(m)
        self._inside.append(path)
        self._entering = m
        output = super().call_module(m, forward, args, kwargs)
        self._entering = None  # a layer of PyTorch's own is not entered
        self._inside.pop()
        # Of several outputs the first one counts.
        first = next(parts_of(output, fx.Proxy), None)
        if first is not None:
            self._note(path, first.node)
        return output

    def create_node(self, kind: str, target: Any, *args, **kwargs) -> fx.Node:
        node = super().create_node(kind, target, *args, **kwargs)
        if kind in ("call_function", "call_method"):
            self._note(".".join(filter(None, (self._inside[-1], _name(node)))), node)
        elif kind == "output":
            self.output = [(ROOT, first) for first in list(parts_of(node.args, fx.Node))[:1]]
        return node

    def _note(self, name: str, node: fx.Node) -> None:
        calls = self._calls[name]
        self._calls[name] += 1
        self.names.append((f"{name}_{calls}" if calls else name, node))


class Interpreter(fx.Interpreter):
    """Runs the graph for its shapes and carries a field beside every tensor."""

    def __init__(self, graph_module: fx.GraphModule, names: list[tuple[str, fx.Node]]) -> None:
        super().__init__(graph_module)
        self.names = {node.name: name for name, node in reversed(names)}
        self.fields: dict[fx.Node, Field | None] = {}  # of what each node gives; None: not followed
        self._now: dict[fx.Node, Field | None] = {}  # the same, after what later nodes did to it in place
        self.reason: str | None = None

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if n.op == "get_attr" and isinstance(value, Tensor) and value.device != torch.empty(0).device:
            value = value.to(torch.empty(0).device)  # a constant that tracing made
        if n.op == "placeholder" and tensors_in(value):  # in a tuple, if forward takes *inputs
            spatial = tensors_in(value)[0].shape[2:]
            zero, one = (0,) * len(spatial), (1,) * len(spatial)
            self._now[n] = self.fields[n] = Field(zero, one, one, tuple(spatial))
        elif n.op != "output" and tensors_in(value):
            self._carry(n, value)
        return value

    def _carry(self, node: fx.Node, value: Any) -> None:
        inputs = [self._now[i] for i in node.all_input_nodes if i in self._now]
        if not inputs:
            return
        self._now[node] = self.fields[node] = None if None in inputs else self._field(node, inputs, value)
        for other in node.all_input_nodes:
            if other in self._now and self.env.get(other) is value:  # as x in x.add_(y)
                self._now[other] = self.fields[node]

    def _field(self, node: fx.Node, inputs: list[Field], value: Any) -> Field | None:
        args, kwargs = self.fetch_args_kwargs_from_env(node)
        first = tensors_in(value)[0]
        module = self.fetch_attr(node.target) if node.op == "call_module" else None
        try:
            if module is not None:
                return by_module(module, inputs[0], first)
            return by_function(_name(node), args, kwargs, inputs, first)
        except UnsupportedError as error:
            why = str(error)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            why = "it is called in a way that is not known here"
        kind = f"{type(module).__name__} " if module is not None else ""
        name = self.names.get(node.name, node.target if module is not None else node.name)
        self.reason = self.reason or f"the receptive field cannot be followed through {kind}{name!r}: {why}"
        return None


def _name(node: fx.Node) -> str:
    """The function's or method's own name."""
    return (
        node.target if isinstance(node.target, str) else getattr(node.target, "__name__", "function")
    ).strip("_")
