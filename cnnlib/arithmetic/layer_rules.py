"""Which change of the receptive field each module and function of PyTorch makes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from cnnlib.arithmetic.recurrence import (
    Field,
    UnsupportedError,
    adaptive,
    reshape,
    union,
    whole,
    window,
    without_gates,
)

_POINTWISE_FILES = ("activation", "batchnorm", "dropout", "instancenorm", "normalization")
_NOT_POINTWISE = (nn.MultiheadAttention, nn.Softmax, nn.LogSoftmax, nn.Softmin)
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_MAX_POOL = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)
_AVG_POOL = (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)
_ADAPTIVE = (
    *(nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d),
    *(nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d),
)
_PADDING = (
    *(nn.ConstantPad1d, nn.ConstantPad2d, nn.ConstantPad3d),
    *(nn.ReflectionPad1d, nn.ReflectionPad2d, nn.ReflectionPad3d),
    *(nn.ReplicationPad1d, nn.ReplicationPad2d, nn.ReplicationPad3d),
    *(nn.CircularPad1d, nn.CircularPad2d, nn.CircularPad3d),
)
_POINTWISE = frozenset(
    (  # noqa: SIM905
        "abs batch_norm celu clamp clip clone contiguous detach dropout dropout1d dropout2d dropout3d elu "
        "erf exp expm1 float feature_dropout gelu group_norm half hardsigmoid hardswish hardtanh "
        "instance_norm layer_norm leaky_relu local_response_norm log log1p logsigmoid mish neg normalize "
        "pow prelu reciprocal relu relu6 round rsqrt selu sigmoid sign silu softplus softsign sqrt square "
        "stochastic_depth tanh tanhshrink threshold to type_as channel_shuffle chunk split tensor_split cpu "
        "cuda double"
    ).split()
)
_JOINS = frozenset(
    (  # noqa: SIM905
        "add sub mul div truediv multiply subtract divide true_divide maximum minimum iadd isub imul "
        "itruediv rsub where max min"
    ).split()
)
_REDUCTIONS = frozenset(
    "mean sum amax amin std var logsumexp max min median std_mean var_mean argmax argmin prod aminmax".split()  # noqa: SIM905
)
_RESHAPES = frozenset(
    "flatten view reshape squeeze unsqueeze unflatten view_as reshape_as".split()  # noqa: SIM905
)
_CONV_ARGUMENTS = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_MAX_ARGUMENTS = ("input", "kernel_size", "stride", "padding", "dilation")
_AVG_ARGUMENTS = ("input", "kernel_size", "stride", "padding")


def by_module(module: nn.Module, field: Field, value: Any) -> Field:
    """The field after a module."""
    family = type(module).__module__.rsplit(".", 1)[-1]
    if isinstance(module, _CONVOLUTIONS):
        return _slide(field, value, module.kernel_size, module.stride, module.padding, module.dilation)
    if isinstance(module, _MAX_POOL):
        return _slide(field, value, module.kernel_size, module.stride, module.padding, module.dilation)
    if isinstance(module, _AVG_POOL):
        return _slide(field, value, module.kernel_size, module.stride, module.padding, 1)
    if isinstance(module, _ADAPTIVE):
        return adaptive(field, _last(value, field))
    if isinstance(module, _PADDING):
        return _pad(field, value, module.padding)
    if isinstance(module, nn.Linear):
        return _linear(field)
    if isinstance(module, nn.Flatten | nn.Unflatten):
        return reshape(field, value.shape)
    if isinstance(module, nn.Softmax | nn.LogSoftmax | nn.Softmin):
        return _softmax(field, value, module.dim)
    if isinstance(module, nn.Identity | nn.ChannelShuffle):
        return field
    if family in _POINTWISE_FILES and not isinstance(module, _NOT_POINTWISE):
        return field
    raise UnsupportedError(_why(type(module).__name__))


def by_function(name: str, args: tuple, kwargs: dict, operands: list[Field], value: Any) -> Field:
    """The field after a function or a method; ``operands`` are the fields of all tensors it takes."""
    field = operands[0]
    if name in _POINTWISE:
        dim = kwargs.get("dim", args[2] if len(args) > 2 else 0)
        if (
            name in ("chunk", "split", "tensor_split")
            and not field.flat
            and _is_spatial(dim, args[0].ndim, field)
        ):
            raise UnsupportedError("it cuts the tensor along a spatial dimension")
        return field
    if name in _JOINS and (len(operands) > 1 or name not in _REDUCTIONS):
        return union(without_gates(operands))
    if name in ("cat", "concat", "concatenate"):
        dim = kwargs.get("dim", args[1] if len(args) > 1 else 0)
        if not field.flat and _is_spatial(dim, value.ndim, field):
            raise UnsupportedError("it joins tensors along a spatial dimension")
        return union(operands)
    if name in ("conv1d", "conv2d", "conv3d"):
        given = dict(zip(_CONV_ARGUMENTS, args, strict=False)) | kwargs
        kernel = tuple(given["weight"].shape[2:])
        return _slide(
            field, value, kernel, given.get("stride", 1), given.get("padding", 0), given.get("dilation", 1)
        )
    if name.startswith(("max_pool", "avg_pool")):
        given = (
            dict(zip(_MAX_ARGUMENTS if name.startswith("max") else _AVG_ARGUMENTS, args, strict=False))
            | kwargs
        )
        kernel = given["kernel_size"]
        return _slide(
            field,
            value,
            kernel,
            given.get("stride") or kernel,
            given.get("padding", 0),
            given.get("dilation", 1),
        )
    if name.startswith("adaptive_"):
        return adaptive(field, _last(value, field))
    if name == "pad":
        return _pad(field, value, kwargs.get("pad", args[1] if len(args) > 1 else ()))
    if name == "linear":
        return _linear(field)
    if name in ("softmax", "log_softmax"):
        return _softmax(field, value, kwargs.get("dim", args[1] if len(args) > 1 else None))
    if name in _REDUCTIONS:
        return _reduce(field, args, kwargs, value)
    if name in _RESHAPES:
        return reshape(field, value.shape)
    if name in ("permute", "transpose", "movedim"):
        if field.flat or max(field.positions) == 1 or _only_leading(name, args, field):
            return reshape(field, value.shape)
        raise UnsupportedError("it moves the spatial dimensions")
    if name == "getattr" and (not isinstance(args[0], Tensor) or args[1] == "data"):
        return field  # as of torch.max(x, 1).values
    if name == "getitem":
        return _index(field, args[0], args[1], value)
    raise UnsupportedError(_why(name))


def _slide(field: Field, value: Tensor, kernel, stride, padding, dilation) -> Field:
    """A convolution or a pooling."""
    n = _spatial(field)
    kernel, stride, dilation = _each(kernel, n), _each(stride, n), _each(dilation, n)
    if padding == "same":  # PyTorch puts the odd position at the end
        padding = tuple(d * (k - 1) // 2 for k, d in zip(kernel, dilation, strict=True))
    before = _each(0 if padding == "valid" else padding, n)
    return window(field, _last(value, field), kernel, stride, before, dilation)


def _pad(field: Field, value: Tensor, padding) -> Field:
    """Padding as in torch.nn.functional.pad: pairs (before, after), the last dimension first."""
    n = _spatial(field)
    pairs = (padding,) * 2 * n if isinstance(padding, int) else tuple(padding)[: 2 * n]  # more pad channels
    before = [0] * (n - len(pairs) // 2) + list(pairs[::2])[::-1]
    return window(field, _last(value, field), (1,) * n, (1,) * n, before, (1,) * n)


def _linear(field: Field) -> Field:
    if field.flat:
        return whole(field)
    raise UnsupportedError("it acts on a spatial dimension; flatten the tensor first")


def _softmax(field: Field, value: Tensor, dim: int | None) -> Field:
    if field.flat:
        return whole(field)
    if dim is not None and not _is_spatial(dim, value.ndim, field):
        return field
    raise UnsupportedError("it normalizes over spatial dimensions")


def _reduce(field: Field, args: tuple, kwargs: dict, value: Tensor) -> Field:
    """A mean or the like over some dimensions."""
    source = args[0] if args else kwargs["input"]
    dims = kwargs.get("dim", args[1] if len(args) > 1 else None)
    dims = range(source.ndim) if dims is None else (dims,) if isinstance(dims, int) else dims
    if field.flat:
        return whole(field)
    first = source.ndim - len(field.size)
    axes = [d % source.ndim - first for d in dims if _is_spatial(d, source.ndim, field)]
    field = whole(field, axes)
    if value.ndim == source.ndim or not axes:
        return field
    if len(axes) == len(field.size):
        return replace(field, flat=True)
    raise UnsupportedError("it removes one of the spatial dimensions")


def _index(field: Field, source: Any, index: Any, value: Any) -> Field:
    """Slicing a tensor, or taking one of several."""
    if not isinstance(source, Tensor):
        return field
    index = index if isinstance(index, tuple) else (index,)
    if None in [i if i is None else 0 for i in index]:
        return reshape(field, value.shape)
    if Ellipsis in [i if i is Ellipsis else 0 for i in index]:
        at = [i is Ellipsis for i in index].index(True)
        missing = source.ndim - len(index) + 1
        index = (*index[:at], *[slice(None)] * missing, *index[at + 1 :])
    spatial = [] if field.flat else list(index[source.ndim - len(field.size) :])
    spatial += [slice(None)] * (len(field.size) - len(spatial))
    if not all(isinstance(i, slice) for i in spatial):
        raise UnsupportedError("it indexes spatial dimensions by more than slices")
    if field.flat:
        return field
    slices = [i.indices(n) for i, n in zip(spatial, field.positions, strict=True)]
    one = (1,) * len(slices)
    return window(field, _last(value, field), one, [s for _, _, s in slices], [-b for b, _, _ in slices], one)


def _each(value, n: int) -> tuple:
    """One value for each of n dimensions; PyTorch repeats a single one."""
    values = (value,) * n if isinstance(value, int) else tuple(value)
    values = values * n if len(values) == 1 else values
    if len(values) != n:
        raise UnsupportedError("it has another number of spatial dimensions than the input")
    return values


def _spatial(field: Field) -> int:
    if field.flat:
        raise UnsupportedError("it needs spatial dimensions, but the tensor was flattened")
    return len(field.size)


def _last(value: Tensor, field: Field) -> tuple[int, ...]:
    return tuple(value.shape[-_spatial(field) :])


def _is_spatial(dim: int, ndim: int, field: Field) -> bool:
    return dim % ndim >= ndim - len(field.size)


def _only_leading(name: str, args: tuple, field: Field) -> bool:
    """Whether a permutation leaves the spatial dimensions in place, as in a channel shuffle."""
    source, *dims = args
    dims = dims[0] if len(dims) == 1 else dims
    if name == "permute":
        moved = [d % source.ndim for i, d in enumerate(dims) if d % source.ndim != i]
    else:
        moved = [d % source.ndim for d in dims if isinstance(d, int)]
    return not any(_is_spatial(d, source.ndim, field) for d in moved)


def _why(name: str) -> str:
    if name in ("RNN", "LSTM", "GRU"):
        return "each step sees the steps before it"
    if (
        "Transpose" in name
        or "transpose" in name
        or "psample" in name
        or "npool" in name
        or name == "interpolate"
    ):
        return "after upsampling the units see windows of different sizes"
    return "no rule is known for what its units see"
