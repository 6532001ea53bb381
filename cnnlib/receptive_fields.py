"""The receptive field of every layer: by the recurrence, and as it is effectively by gradients."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn

from cnnlib._field import Field, Number, UnsupportedError
from cnnlib._field_rules import by_function, by_module
from cnnlib._meta import Calls, check_dimensions, check_input_shape, first_line, input_dtype, meta_copy

__all__ = ["ReceptiveField", "effective_receptive_field", "receptive_field"]

ROOT = "(model)"  # the name of a model that is a single layer


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
    return fields


def follow(model: nn.Module, input_shape: Sequence[int]) -> tuple[dict[str, ReceptiveField], str | None]:
    """The fields as far as they can be followed, and one sentence on why not further."""
    shape = check_input_shape(input_shape)
    check_dimensions(model, shape)
    twin = meta_copy(model)
    tracer = _Tracer()
    alone = tracer.is_leaf_module(twin, "")  # a single layer, which tracing must not enter
    twin = nn.Sequential(twin) if alone else twin
    try:
        graph_module = fx.GraphModule(twin, tracer.trace(twin))
    except Exception as error:  # whatever the model's own forward raises on symbols
        return {}, f"torch.fx cannot trace {type(model).__name__}: {first_line(error)}"
    names = [(ROOT, tracer.names[0][1])] if alone else tracer.names
    interpreter = _Interpreter(graph_module, names)
    calls = Calls(twin[0] if alone else twin)
    with torch.no_grad(), torch.device("meta"):
        try:
            interpreter.run(torch.empty(shape, dtype=input_dtype(model)))
        except Exception as error:  # whatever the model's own layers raise
            raise calls.error(error, model, shape) from error
    followed = [(name, interpreter.fields.get(node)) for name, node in names]
    return {name: _public(field) for name, field in followed if field}, interpreter.reason


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
    check_dimensions(model, shape)
    names = [name for name, _ in model.named_modules() if name]
    if layer not in names:
        raise ValueError(f"the model has no layer {layer!r}; its layers are {', '.join(names) or 'none'}")
    twin = copy.deepcopy(model).eval().requires_grad_(False)
    outputs: list[Any] = []
    for module in twin.modules():
        module._forward_hooks.clear()  # the user's own hooks must not see this run
    twin.get_submodule(layer).register_forward_hook(lambda module, inputs, output: outputs.append(output))
    calls = Calls(twin)
    like = {"dtype": input_dtype(model), "device": next(model.parameters(), torch.empty(0)).device}
    generator = torch.Generator().manual_seed(seed)
    total = torch.zeros(shape[2:], **like)
    for _ in range(shape[0]):
        x = torch.randn((1, *shape[1:]), generator=generator).to(**like).requires_grad_()
        outputs.clear()
        calls.running.clear()
        try:
            with torch.enable_grad():
                twin(x)
        except Exception as error:  # whatever the model's own layers raise
            raise calls.error(error, model, shape) from error
        output = outputs[-1] if outputs else None
        if not isinstance(output, Tensor) or output.ndim != len(shape):
            got = tuple(output.shape) if isinstance(output, Tensor) else "no tensor"
            raise ValueError(
                f"layer {layer!r} must give (N, C, H, W) for a center unit to exist, it gives {got}"
            )
        center = tuple(n // 2 for n in output.shape[2:])
        (gradient,) = torch.autograd.grad(output[(0, slice(None), *center)].sum(), x)
        total += gradient[0].abs().mean(dim=0)
    return total / shape[0]


class _Tracer(fx.Tracer):
    """Notes a name for what every module, also one that holds others, and every function returns."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[tuple[str, fx.Node]] = []
        self._inside = [""]
        self._calls: Counter[str] = Counter()

    def call_module(self, m: nn.Module, forward: Any, args: tuple, kwargs: dict) -> Any:
        path = self.path_of_module(m)
        self._inside.append(path)
        output = super().call_module(m, forward, args, kwargs)
        self._inside.pop()
        if isinstance(output, fx.Proxy):
            self._note(path, output.node)
        return output

    def create_node(self, kind: str, target: Any, *args, **kwargs) -> fx.Node:
        node = super().create_node(kind, target, *args, **kwargs)
        if kind in ("call_function", "call_method"):
            self._note(".".join(filter(None, (self._inside[-1], _name(node)))), node)
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
        self.fields: dict[fx.Node, Field | None] = {}  # None: not followed
        self.reason: str | None = None

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if n.op == "placeholder" and isinstance(value, Tensor):
            spatial = value.shape[2:]
            zero, one = (0,) * len(spatial), (1,) * len(spatial)
            self.fields[n] = Field(zero, one, one, tuple(spatial))
        elif n.op != "output" and isinstance(value, Tensor | tuple | list):
            self._carry(n, value)
        return value

    def _carry(self, node: fx.Node, value: Any) -> None:
        inputs = [self.fields[i] for i in node.all_input_nodes if i in self.fields]
        if not inputs or isinstance(value, torch.Size) or None in inputs:
            if None in inputs:
                self.fields[node] = None
            return
        args, kwargs = self.fetch_args_kwargs_from_env(node)
        try:
            if node.op == "call_module":
                field = by_module(self.fetch_attr(node.target), inputs[0], value)
            else:
                field = by_function(_name(node), args, kwargs, inputs, value)
        except UnsupportedError as error:
            field = None
            kind = type(self.fetch_attr(node.target)).__name__ + " " if node.op == "call_module" else ""
            name = self.names.get(node.name, node.name)
            self.reason = (
                self.reason or f"the receptive field cannot be followed through {kind}{name!r}: {error}"
            )
        self.fields[node] = field


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
