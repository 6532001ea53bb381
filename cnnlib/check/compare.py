"""Compare a result with the expected one, strictly, and describe values in words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import Parameter

LARGEST_PRINTED = 64  # elements of a tensor
LONGEST_PRINTED = 300  # characters of anything else


def difference(got: Any, expected: Any, *, rtol: float = 1e-4, atol: float = 1e-5) -> str | None:
    """Say how `got` differs from `expected`.

    Parameters
    ----------
    got : Tensor, int, float, str, None, or a tuple, list or dict of them
        The result to judge. Tuples and lists are not told apart, nor NumPy's numbers from Python's.
    expected : same types
        The right result; its type, shape and dtype are required.
    rtol, atol : float
        Floats are equal if ``|got - expected| <= atol + rtol * |expected|``. NaN equals nothing.

    Returns
    -------
    str or None
        A clause that starts with a verb in the past: "returned shape (2, 2), expected (3, 3)".
    """
    if isinstance(got, np.generic):
        got = got.item()
    if got is None and expected is not None:
        return "returned None; did you forget `return`?"
    if isinstance(expected, Tensor):
        return _tensor_difference(got, expected, rtol, atol)
    if isinstance(expected, Mapping):
        return _mapping_difference(got, expected, rtol, atol)
    if isinstance(expected, (tuple, list)):
        return _sequence_difference(got, expected, rtol, atol)
    if isinstance(expected, float):
        if type(got) not in (int, float):
            hint = "; `.item()` makes a number of it" if _is_one_number(got) else ""
            return f"returned {describe(got)}, expected a number{hint}"
        close = torch.isclose(_number(got), _number(expected), rtol=rtol, atol=atol)
        return None if close else f"returned {got!r}, expected {expected!r} (rtol={rtol:g}, atol={atol:g})"
    if type(got) is not type(expected):
        hint = "; // divides without a remainder" if type(expected) is int and type(got) is float else ""
        if type(expected) in (int, bool) and _is_one_number(got):
            hint = "; `.item()` makes a number of it"
        return f"returned {describe(got)}, expected {describe(expected)}{hint}"
    return None if got == expected else f"returned {got!r}, expected {expected!r}"


def plain(value: Any) -> Any:
    """Return a tensor, of whatever subclass, as a plain one without gradient; other values as they are."""
    if not isinstance(value, Tensor):
        return value
    if type(value) in (Tensor, Parameter):
        return value.detach()
    return Tensor.detach(Tensor.as_subclass(value, Tensor))


def describe(value: Any) -> str:
    """Name the type of a value, and the shape of a tensor or the value of a number."""
    if isinstance(value, Tensor):
        value = plain(value)
        return f"a {_dtype(value)} tensor of shape {tuple(value.shape)}"
    if isinstance(value, bool | int | float | str):
        return f"{value!r} ({type(value).__name__})"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return "None" if value is None else f"a {type(value).__name__}"


def show(value: Any) -> str:
    """Print a value in full if it is small, and describe it otherwise."""
    if isinstance(value, Mapping) and any(isinstance(part, Tensor) for part in value.values()):
        return "\n".join([describe(value), *(f"{key}: {show(part)}" for key, part in value.items())])
    if not isinstance(value, Tensor):
        text = repr(value)
        return text if len(text) <= LONGEST_PRINTED else describe(value)
    value = plain(value)
    kind = describe(value).removeprefix("a ")
    if value.numel() > LARGEST_PRINTED or value.layout != torch.strided or value.is_meta:
        return kind
    return f"{kind}\n{_rows(value)}"


def elements(value: Any) -> int:
    """Count the numbers in a value: the measure of a small input."""
    if isinstance(value, Tensor):
        return value.numel()
    if isinstance(value, Mapping):
        return elements(list(value.values()))
    if isinstance(value, tuple | list):
        return sum(map(elements, value))
    return 1


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _is_one_number(value: Any) -> bool:
    return isinstance(value, Tensor | np.ndarray) and value.ndim == 0


def _number(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)


def _rows(tensor: Tensor) -> str:
    """Lay the numbers out as `str(tensor)` does, without the word, the dtype and the empty lines."""
    if tensor.dim() == 0:
        return str(tensor.item())
    text = str(tensor).removeprefix("tensor(")
    text = text[: text.rindex("]") + 1]
    return "\n".join(line.removeprefix("       ") for line in text.split("\n") if line.strip())


def _tensor_difference(got: Any, expected: Tensor, rtol: float, atol: float) -> str | None:
    if not isinstance(got, Tensor):
        hints = {"ndarray": "torch.from_numpy", "list": "torch.tensor or torch.stack", "tuple": "torch.stack"}
        hint = hints.get(type(got).__name__)
        wanted = f"expected {describe(expected)}"
        return f"returned {describe(got)}, {wanted}" + (f"; {hint} makes a tensor of it" if hint else "")
    try:
        got, expected = plain(got), plain(expected)
        if got.shape != expected.shape:
            return f"returned shape {tuple(got.shape)}, expected {tuple(expected.shape)}"
        if got.dtype != expected.dtype:
            return f"returned dtype {_dtype(got)}, expected {_dtype(expected)}"
        if (got.device, got.layout) != (expected.device, expected.layout):
            found = f"returned a tensor on {got.device} ({got.layout})"
            return f"{found}, expected {expected.device} ({expected.layout})"
        return _value_difference(got, expected, rtol, atol)
    except Exception as error:
        found = f"a {type(got).__name__} that cannot be compared ({type(error).__name__})"
        return f"returned {found}, expected {describe(expected)}"


def _value_difference(got: Tensor, expected: Tensor, rtol: float, atol: float) -> str | None:
    if torch.equal(got, expected):
        return None  # the usual case, an order of magnitude faster than what follows
    exact = not (got.is_floating_point() or got.is_complex())
    if exact:
        wrong = got != expected
        tolerance = ""
    else:
        wrong = ~torch.isclose(got, expected, rtol=rtol, atol=atol)
        tolerance = f" (rtol={rtol:g}, atol={atol:g})"
    if not wrong.any():
        return None
    nans = int((torch.isnan(got) & ~torch.isnan(expected)).sum())
    if nans:
        return f"returned NaN in {nans} of {wrong.numel()} values"
    wide = torch.complex128 if got.is_complex() else torch.float64
    gap = torch.where(wrong, (got.to(wide) - expected.to(wide)).abs().nan_to_num(torch.inf), -1)
    place = tuple(int(index) for index in np.unravel_index(int(gap.argmax()), gap.shape))
    where = f" at {list(place)}" if place else ""
    return (
        f"returned wrong values: the largest difference is {gap.max().item():.4g}{where}, "
        f"got {got[place].item():.6g}, expected {expected[place].item():.6g}; "
        f"{int(wrong.sum())} of {wrong.numel()} values are wrong{tolerance}"
    )


def _inside(place: str, found: str) -> str:
    """Say where in a container a difference was found, such as "returned at [0]['a']: 12, expected 14"."""
    text = found.removeprefix("returned ")
    return f"returned at {place}" + (text.removeprefix("at ") if text.startswith("at [") else f": {text}")


def _mapping_difference(got: Any, expected: Mapping, rtol: float, atol: float) -> str | None:
    if not isinstance(got, Mapping):
        return f"returned {describe(got)}, expected a dict with the keys {list(expected)}"
    if set(got) != set(expected):
        return f"returned a dict with the keys {sorted(map(str, got))}, expected {sorted(map(str, expected))}"
    for key, value in expected.items():
        found = difference(got[key], value, rtol=rtol, atol=atol)
        if found:
            return _inside(f"[{key!r}]", found)
    return None


def _sequence_difference(got: Any, expected: Sequence, rtol: float, atol: float) -> str | None:
    if not isinstance(got, tuple | list):
        return f"returned {describe(got)}, expected a {type(expected).__name__} of {len(expected)}"
    if len(got) != len(expected):
        return f"returned {len(got)} items, expected {len(expected)}"
    for index, value in enumerate(expected):
        found = difference(got[index], value, rtol=rtol, atol=atol)
        if found:
            return _inside(f"[{index}]", found)
    return None
