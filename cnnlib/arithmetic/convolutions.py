"""Sizes, parameters and multiply-accumulates of convolutions, in exact integers."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence

__all__ = ["conv_macs", "conv_output_size", "conv_parameters", "conv_transpose_output_size"]


def conv_output_size(
    size: int | Sequence[int],
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
) -> int | tuple[int, ...]:
    r"""Size of a convolution's or a pooling's output along each spatial dimension.

    With input size :math:`I`, kernel size :math:`K`, stride :math:`S`, padding :math:`P` on each side and
    dilation :math:`D` (Dumoulin and Visin 2016, relationships 6 and 15; PyTorch, ``Conv2d``, Shape):

    .. math:: O = \left\lfloor \frac{I + 2P - D(K - 1) - 1}{S} \right\rfloor + 1

    Parameters
    ----------
    size : int or sequence of int
        Input size, one number or one for each spatial dimension, such as ``(H, W)``.
    kernel_size, stride, dilation : int or sequence of int
        As in ``torch.nn.Conv2d``; one number stands for every dimension.
    padding : int or sequence of int, "valid" or "same"
        Positions added on each side. ``"valid"`` adds none; ``"same"`` keeps the size and, as in PyTorch,
        needs stride 1.

    Returns
    -------
    int or tuple of int
        An int if every argument is one number, else one int for each spatial dimension.

    Raises
    ------
    TypeError
        If an argument is not made of whole numbers.
    ValueError
        If an argument is out of range, or the dilated kernel is larger than the padded input.

    Examples
    --------
    >>> conv_output_size(32, kernel_size=5)
    28
    >>> conv_output_size((224, 224), kernel_size=7, stride=2, padding=3)
    (112, 112)
    """
    same = padding == "same"
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise ValueError(f'padding must be a number, "valid" or "same", got {padding!r}')
        padding = 0
    sizes, kernels, strides, paddings, dilations, scalar = _per_dimension(
        size=size, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    if same and max(strides) > 1:
        raise ValueError(f'padding="same" needs stride 1, got stride {stride}; give the padding as a number')
    output = []
    for i, k, s, p, d in zip(sizes, kernels, strides, paddings, dilations, strict=True):
        reach = d * (k - 1) + 1
        padded = i + (d * (k - 1) if same else 2 * p)
        if reach > padded:
            raise ValueError(
                f"the kernel is larger than the padded input: it spans {reach} positions "
                f"(kernel_size {k}, dilation {d}) but the input has {padded} "
                f"(size {i}, padding {p} on each side); use a smaller kernel or more padding"
            )
        output.append((padded - reach) // s + 1)
    return output[0] if scalar else tuple(output)


def conv_transpose_output_size(
    size: int | Sequence[int],
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
) -> int | tuple[int, ...]:
    r"""Size of a transposed convolution's output along each spatial dimension.

    With output padding :math:`A` and the other letters as in :func:`cnnlib.arithmetic.conv_output_size`
    (Dumoulin and Visin 2016, relationship 14, with dilation; PyTorch, ``ConvTranspose2d``, Shape):

    .. math:: O = (I - 1) S - 2P + D(K - 1) + A + 1

    Parameters
    ----------
    size : int or sequence of int
        Input size, one number or one for each spatial dimension, such as ``(H, W)``.
    kernel_size, stride, padding, dilation : int or sequence of int
        As in ``torch.nn.ConvTranspose2d``; one number stands for every dimension.
    output_padding : int or sequence of int
        Positions added on one side of the output; smaller than the stride or the dilation.

    Returns
    -------
    int or tuple of int
        An int if every argument is one number, else one int for each spatial dimension.

    Raises
    ------
    TypeError
        If an argument is not made of whole numbers.
    ValueError
        If an argument is out of range, or the padding removes the whole output.

    Examples
    --------
    >>> conv_transpose_output_size(16, kernel_size=4, stride=2, padding=1)
    32
    """
    sizes, kernels, strides, paddings, extras, dilations, scalar = _per_dimension(
        size=size,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
    )
    output = []
    for i, k, s, p, a, d in zip(sizes, kernels, strides, paddings, extras, dilations, strict=True):
        if a >= max(s, d):
            raise ValueError(
                f"output_padding must be smaller than the stride or the dilation, "
                f"got output_padding {a} with stride {s} and dilation {d}; use at most {max(s, d) - 1}"
            )
        o = (i - 1) * s - 2 * p + d * (k - 1) + a + 1
        if o < 1:
            raise ValueError(
                f"padding {p} removes the whole output: {o + 2 * p} positions less {2 * p} leaves none; "
                f"use less padding or a larger input"
            )
        output.append(o)
    return output[0] if scalar else tuple(output)


def conv_parameters(
    in_channels: int,
    out_channels: int,
    kernel_size: int | Sequence[int],
    groups: int = 1,
    bias: bool = True,
) -> int:
    r"""Number of learned parameters of a convolution.

    The weight has shape (out_channels, in_channels / groups, \*kernel_size), and there is one bias for each
    output channel. A transposed convolution has as many.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels of the input and of the output.
    kernel_size : int or sequence of int
        One number is a square 2-D kernel; ``(k,)`` is a 1-D kernel, ``(k, k, k)`` a 3-D one.
    groups : int
        Groups of channels; it divides both numbers of channels.
    bias : bool
        Whether there is a bias.

    Returns
    -------
    int
        Weights plus biases.

    Raises
    ------
    TypeError
        If an argument is not made of whole numbers.
    ValueError
        If a number is not positive, or ``groups`` does not divide both numbers of channels.

    Examples
    --------
    >>> conv_parameters(3, 10, kernel_size=5)
    760
    """
    in_channels, out_channels, groups = _channels(in_channels, out_channels, groups)
    kernel = _values("kernel_size", kernel_size) or _values("kernel_size", (kernel_size,) * 2)
    return out_channels * (in_channels // groups) * math.prod(kernel) + (out_channels if bias else 0)


def conv_macs(
    in_channels: int,
    out_channels: int,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int],
    groups: int = 1,
) -> int:
    """Multiply-accumulates (MACs) of a convolution on one image.

    Every output value is a sum of in_channels / groups x kernel positions products. One MAC is one product
    and its addition, that is two floating-point operations; adding the bias is not counted.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels of the input and of the output.
    kernel_size : int or sequence of int
        One number is a square kernel with as many dimensions as ``output_size``; two if both are numbers.
    output_size : int or sequence of int
        Spatial size of the output; one number is a square. For a transposed convolution give the size of its
        *input*, as it spreads each input value over the kernel.
    groups : int
        Groups of channels; it divides both numbers of channels.

    Returns
    -------
    int
        MACs for one image, all output channels.

    Raises
    ------
    TypeError
        If an argument is not made of whole numbers.
    ValueError
        If a number is not positive, or ``groups`` does not divide both numbers of channels.

    Examples
    --------
    >>> conv_macs(1, 64, kernel_size=3, output_size=1024)
    603979776
    """
    in_channels, out_channels, groups = _channels(in_channels, out_channels, groups)
    kernel, output, scalar = _per_dimension(kernel_size=kernel_size, output_size=output_size)
    if scalar:
        kernel, output = kernel * 2, output * 2
    return out_channels * (in_channels // groups) * math.prod(kernel) * math.prod(output)


# --- checks of the arguments -------------------------------------------------------------------------
_LEAST = {"padding": 0, "output_padding": 0}  # every other argument is at least 1


def _values(name: str, value) -> tuple[int, ...] | None:
    """One value for each dimension as ints, or None for a single number; checks type and range."""
    single = not isinstance(value, Sequence) or isinstance(value, str)
    try:
        values = tuple(operator.index(v) for v in ((value,) if single else value))
    except TypeError:
        raise TypeError(f"{name} must be a whole number or a tuple of them, got {value!r}") from None
    if not values:
        raise ValueError(f"{name} must have one number for each spatial dimension, got an empty {value!r}")
    least = _LEAST.get(name, 1)
    if min(values) < least:
        raise ValueError(f"{name} must be at least {least}, got {value!r}")
    return None if single else values


def _per_dimension(**arguments) -> tuple:
    """Each argument as a tuple with one int for each dimension, then whether all were single numbers."""
    values = {name: _values(name, value) for name, value in arguments.items()}
    lengths = {name: len(v) for name, v in values.items() if v is not None}
    if len(set(lengths.values())) > 1:
        given = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise ValueError(f"every tuple must have one number for each spatial dimension, but {given}")
    dimensions = next(iter(lengths.values()), 1)
    per_dimension = (
        (operator.index(arguments[name]),) * dimensions if v is None else v for name, v in values.items()
    )
    return (*per_dimension, not lengths)


def _channels(in_channels: int, out_channels: int, groups: int) -> tuple[int, int, int]:
    for name, value in (("in_channels", in_channels), ("out_channels", out_channels), ("groups", groups)):
        if _values(name, value) is not None:
            raise TypeError(f"{name} must be one whole number, got {value!r}")
    for name, value in (("in_channels", in_channels), ("out_channels", out_channels)):
        if value % groups:
            raise ValueError(f"groups must divide {name}, got {name} {value} and groups {groups}")
    return operator.index(in_channels), operator.index(out_channels), operator.index(groups)
