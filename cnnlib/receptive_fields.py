"""The receptive field of every layer: by the recurrence, and as it is effectively by gradients."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn

from cnnlib._field import Field, Number, UnsupportedError
from cnnlib._field_rules import by_function, by_module
from cnnlib._meta import (
    Calls,
    NotRunError,
    check_dimensions,
    check_input_shape,
    check_model,
    copied,
    first_line,
    input_dtype,
    on_a_copy,
    parts_of,
    running_on,
    tensors_in,
    unwrapped,
)

__all__ = ["ReceptiveField", "effective_receptive_field", "receptive_field"]

ROOT = "(model)"  # the name of a model that is a single layer
_PAIRS = (nn.RNN, nn.LSTM, nn.GRU, nn.LSTMCell, nn.MultiheadAttention)


class ReceptiveField(NamedTuple):
    """What one unit of a layer sees of the input; a tuple has one entry for each spatial dimension.

    Attributes
    ----------
    size : tuple of int
        Extent, in input positions. It can exceed the input; the rest then lies in the padding.
    jump : tuple of int
        Distance between the fields of neighboring units, in input positions: the product of the strides.
    center : tuple of float
        Center of the first unit's field; 0 is the center of the first input position, and negative values lie
        in the padding.
    """

    size: tuple[int, ...]
    jump: tuple[int, ...]
    center: tuple[float, ...]


def receptive_field(model: nn.Module, input_shape: Sequence[int]) -> dict[str, ReceptiveField]:
    r"""The theoretical receptive field of every layer of a model.

    ``torch.fx`` traces the model, and the recurrence

    .. math:: r = 1 + \sum_l D_l (K_l - 1) \prod_{i<l} S_i

    is followed along every path, with kernel :math:`K`, stride :math:`S` and dilation :math:`D` (Araujo,
    Norris and Sim, *Computing Receptive Fields of Convolutional Neural Networks*, Distill 2019). The
    model is run on the meta device, without arithmetic.

    What happens where the recurrence says nothing:

    - **Joins** (addition, concatenation): a unit sees the union of what the joined units see.
    - **Global and adaptive pooling, and a linear layer after flattening**: a window as large as what it takes
      in, so a unit that sees the whole input has a size of at least the input's. Where an adaptive pooling's
      windows differ in size, the widest one and their mean spacing count.
    - **Flattening** changes no field; it is the layer after it that mixes the positions.
    - **Squeeze-and-excitation** and other gates: an operand with one position, broadcast over the other, says
      how much and not where, and is left out. Strictly, every unit after a gate depends on the whole input.
    - **Normalization**: the statistics are left out too, for the same reason.
    - **Upsampling, transposed convolution, attention** and operations not known here are refused by name.

    Parameters
    ----------
    model : Module
        Takes one tensor; ``torch.fx`` must be able to trace it. It is not changed.
    input_shape : sequence of int
        Shape of that tensor, (N, C, H, W) for images, batch size first.

    Returns
    -------
    dict of str to ReceptiveField
        In the order of execution. Names are those of ``model.named_modules()``, and for functions the name
        of the module they are called in and their own, such as ``layer1.0.add``; a second call gets ``_1``,
        as in ``torchvision.models.feature_extraction``. A model that is a single layer is ``"(model)"``.

    Raises
    ------
    ValueError
        If the model cannot be traced, cannot take the input, or has a layer the recurrence does not cover.

    Examples
    --------
    >>> two = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3))
    >>> receptive_field(two, (1, 3, 32, 32))["1"]
    ReceptiveField(size=(5, 5), jump=(1, 1), center=(2.0, 2.0))
    """
    fields, reason = follow(model, input_shape)
    if reason:
        raise ValueError(reason)
    return {name: field for name, field in fields.items() if name != ROOT or len(fields) == 1}


class _UntracedError(NotRunError):
    """torch.fx cannot trace the model."""


def follow(model: nn.Module, input_shape: Sequence[int]) -> tuple[dict[str, ReceptiveField], str | None]:
    """The fields as far as they can be followed, and one sentence on why not further."""
    shape = check_input_shape(input_shape)
    model = unwrapped(model)
    check_model(model, shape)
    check_dimensions(model, shape)

    def run(twin: nn.Module, x: Tensor) -> tuple[dict[str, ReceptiveField], str | None]:
        tracer = _Tracer()
        alone = tracer.is_leaf_module(twin, "")  # a single layer, which tracing must not enter
        inner, twin = twin, nn.Sequential(twin) if alone else twin
        try:
            with tracer.watching(twin), running_on("cpu"):
                graph = tracer.trace(twin, None if alone else _defaults(twin))
            graph_module = fx.GraphModule(twin, graph)
        except Exception as error:  # whatever the model's own forward raises on symbols
            why = first_line(error).partition(". ")[0]  # advice follows
            raise _UntracedError(f"torch.fx cannot trace {type(model).__name__}: {why}") from error
        names = [(ROOT, tracer.names[0][1])] if alone else [*tracer.names, *tracer.output]
        interpreter = _Interpreter(graph_module, names)
        calls = Calls(inner)
        with torch.no_grad(), running_on(x.device):
            try:
                interpreter.run(x)
            except Exception as error:  # whatever the model's own layers raise
                raise calls.error(error, model, shape) from error
        followed = [(name, interpreter.fields.get(node)) for name, node in names]
        return {name: _public(field) for name, field in followed if field}, interpreter.reason

    try:
        return on_a_copy(model, shape, run)
    except _UntracedError as error:
        return {}, str(error)


def _defaults(model: nn.Module) -> dict[str, Any]:
    """Values for what the forward method takes beside the one tensor: they are no symbols."""
    parameters = list(inspect.signature(model.forward).parameters.values())[1:]
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def effective_receptive_field(
    model: nn.Module, layer: str, input_shape: Sequence[int], *, seed: int = 0
) -> Tensor:
    """How strongly each input position acts on the center unit of a layer.

    The mean absolute gradient, over N random inputs and the input's channels, of the layer's center unit (the
    sum of its channels) with respect to the input (Luo, Li, Urtasun and Zemel, *Understanding the effective
    receptive field in deep convolutional neural networks*, 2016, arXiv:1701.04128). A copy of the model runs
    in evaluation mode: the model's mode, its gradients and the global random state stay as they are.

    Parameters
    ----------
    model : Module
        Takes one tensor.
    layer : str
        Name in ``model.named_modules()`` of a layer with spatial output.
    input_shape : sequence of int
        (N, C, H, W): N standard normal inputs are averaged, one after the other. More give a smoother map.
    seed : int
        Seed of the random inputs.

    Returns
    -------
    Tensor, shape (H, W)
        Not normalized; zero where the unit does not see the input at all. Other numbers of spatial dimensions
        work alike.

    Raises
    ------
    ValueError
        If there is no such layer, its output has no spatial dimensions, or the model cannot take the input.
    """
    shape = check_input_shape(input_shape)
    model = unwrapped(model)
    check_model(model, shape)
    check_dimensions(model, shape)
    like = {"dtype": input_dtype(model), "device": next(model.parameters(), torch.empty(0)).device}
    twin = copied(model, like["device"]).requires_grad_(False)
    names = [name for name, _ in twin.named_modules() if name]
    if layer not in names:
        raise ValueError(f"the model has no layer {layer!r}; its layers are {', '.join(names) or 'none'}")
    if isinstance(twin.get_submodule(layer), torch.jit.ScriptModule):
        raise ValueError(f"layer {layer!r} is made by torch.jit, so what it gives cannot be seen")
    calls = _Output(twin, layer)
    generator = torch.Generator().manual_seed(seed)
    total = torch.zeros(shape[2:], **like)
    for _ in range(shape[0]):
        x = torch.randn((1, *shape[1:]), generator=generator).to(**like).requires_grad_()
        calls.output = None
        with torch.enable_grad(), running_on(like["device"]):
            try:
                twin(x.clone())  # a copy, for its first layer may work in place
            except Exception as error:  # whatever the model's own layers raise
                failure = calls.error(error, model, shape)
                if _runs(twin, x.detach()):
                    failure = ValueError(
                        f"no gradient gets through {type(model).__name__}: {first_line(error)}"
                    )
                raise failure from error
        (gradient,) = torch.autograd.grad(_center(calls.output, layer, len(shape)), x)
        total += gradient[0].abs().mean(dim=0)
    return total / shape[0]


def _runs(model: nn.Module, x: Tensor) -> bool:
    """Whether a model takes an input where no gradient is asked for."""
    try:
        with torch.no_grad():
            model(x)
    except Exception:  # whatever the model's own layers raise
        return False
    return True


class _Output(Calls):
    """Keeps what a layer gives, the last time that it is called."""

    def __init__(self, model: nn.Module, layer: str) -> None:
        super().__init__(model)
        self.output: Any = None
        self._layer = model.get_submodule(layer)  # it may have another name, too

    def call(self, name: str, forward: Callable, inputs: tuple, named: dict[str, Any]) -> Any:
        output = super().call(name, forward, inputs, named)
        if self.model.get_submodule(name) is self._layer:
            # A copy, for the next layer may work in place.
            self.output = [tensor.clone() for tensor in tensors_in(output)]
        return output


def _center(output: list[Tensor] | None, layer: str, dimensions: int) -> Tensor:
    """The center unit of what a layer gives first, the sum of its channels."""
    if output is None:
        raise ValueError(f"layer {layer!r} is never called itself, so there is nothing to look at")
    if not output or output[0].ndim != dimensions:
        got = tuple(output[0].shape) if output else "no tensor"
        raise ValueError(f"layer {layer!r} must give (N, C, H, W) for a center unit to exist, it gives {got}")
    if not output[0].requires_grad:
        raise ValueError(
            f"what layer {layer!r} gives has no gradient with respect to the input: it gives whole numbers, "
            "does not depend on the input, or was cut off from it (detach, no_grad)"
        )
    return output[0][(0, slice(None), *(n // 2 for n in output[0].shape[2:]))].sum()


class _Tracer(fx.Tracer):
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


class _Interpreter(fx.Interpreter):
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


def _public(field: Field) -> ReceptiveField:
    center = tuple(float(b + Fraction(r - 1, 2)) for b, r in zip(field.start, field.size, strict=True))
    return ReceptiveField(_plain(field.size), _plain(field.jump), center)


def _plain(values: Sequence[Number]) -> tuple:
    """Whole numbers as int; only uneven adaptive pooling gives others."""
    return tuple(int(v) if v == int(v) else float(v) for v in values)
