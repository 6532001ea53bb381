"""Tensors and arrays as bytes and back: exact dtypes and strides, and sizes that are checked first."""

import ctypes
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

_INTEGERS = (
    torch.uint8,
    torch.uint16,
    torch.uint32,
    torch.uint64,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.int64,
)
_FLOATS = (
    torch.float16,
    torch.bfloat16,
    torch.float32,
    torch.float64,
    torch.float8_e4m3fn,
    torch.float8_e5m2,
)
_OTHERS = (torch.bool, torch.complex32, torch.complex64, torch.complex128)
DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in (*_INTEGERS, *_FLOATS, *_OTHERS)}
_NAME_OF = {dtype: name for name, dtype in DTYPES.items()}
_ARRAY_DTYPE = re.compile(r"[<>|=][biufcSU]\d{1,4}")
_LARGEST_SIZE = 1 << 48


class plain_torch:  # noqa: N801 (it is used as a function is)
    """Keep `cnnlib.check.forbid`, and other modes, away from our own operations on tensors."""

    def __enter__(self) -> None:
        self.guards = torch._C.DisableTorchFunction(), torch._C._DisableTorchDispatch()
        for guard in self.guards:
            guard.__enter__()

    def __exit__(self, *error: Any) -> None:
        for guard in reversed(self.guards):
            guard.__exit__(*error)


def can_be_sent(tensor: Tensor) -> bool:
    """Whether a tensor is plain numbers in this computer's memory."""
    plain = tensor.layout is torch.strided and tensor.is_cpu and tensor.dtype in _NAME_OF
    return plain and (type(tensor) in (Tensor, nn.Parameter) or not is_lazy(tensor))


def tensor_bytes(tensor: Tensor) -> tuple[list, bytes]:
    """Return [dtype, shape, strides or None] and the numbers, in the order in which they lie in memory."""
    if tensor.is_conj() or tensor.is_neg():
        tensor = tensor.detach().resolve_conj().resolve_neg()
    if not tensor.is_contiguous():
        strides = list(tensor.stride())
        if _dense(tensor.shape, strides):
            return [_NAME_OF[tensor.dtype], list(tensor.shape), strides], memory_of(tensor)
        tensor = tensor.detach().contiguous()
    form, size = _contiguous(tensor.dtype, tensor.shape)
    return form, ctypes.string_at(tensor.data_ptr(), size) if size else b""


@lru_cache(maxsize=1024)  # a network has few shapes, thousands of times
def _contiguous(dtype: torch.dtype, shape: torch.Size) -> tuple[list, int]:
    """Return [dtype, shape, None] and the size in bytes."""
    return [_NAME_OF[dtype], list(shape), None], shape.numel() * dtype.itemsize


def memory_of(tensor: Tensor) -> bytes:
    """Return a copy of the memory of a dense tensor."""
    size = tensor.numel() * tensor.element_size()
    return ctypes.string_at(tensor.data_ptr(), size) if size else b""


def read_tensor(form: list, take: Callable[[int], memoryview]) -> Tensor:
    """Make a new tensor of what `tensor_bytes` gave; `take` gives as many bytes as it is asked for.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the parts do not fit together.
    """
    name, shape, strides = form
    dtype, count = DTYPES[name], _count(shape)
    size = count * dtype.itemsize
    data = bytes(take(size))
    if strides is None:
        made = torch.empty(shape, dtype=dtype)
    elif count and len(strides) == len(shape) and _count(strides) and _dense(shape, strides):
        made = torch.empty_strided(shape, strides, dtype=dtype)
    else:
        raise ValueError("the strides do not fit the shape")
    if count:
        ctypes.memmove(made.data_ptr(), data, size)
        if dtype is torch.bool:
            made = made.view(torch.uint8).ne(0)  # a byte other than 0 and 1 is undefined behavior
    return made


def array_bytes(array: np.ndarray) -> tuple[list, bytes] | None:
    """Return [dtype, shape, order] and the numbers, or None for an array of Python objects or records."""
    dtype = array.dtype.str
    if not _ARRAY_DTYPE.fullmatch(dtype):
        return None
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    return [dtype, list(array.shape), order], array.tobytes(order)


def read_array(form: list, data: memoryview) -> np.ndarray:
    """Make a new array of what `array_bytes` gave; raises as `read_tensor` does."""
    dtype, shape, order = form
    if not _ARRAY_DTYPE.fullmatch(dtype) or order not in ("C", "F"):
        raise ValueError("no plain array")
    kind = np.dtype(dtype)
    if _count(shape) * kind.itemsize != len(data):
        raise ValueError("the shape does not fit the number of bytes")
    if not len(data):
        return np.empty(shape, kind, order)
    if kind.kind == "b":
        return (np.frombuffer(data, np.uint8) != 0).reshape(shape, order=order)
    return np.frombuffer(data, kind).reshape(shape, order=order).copy(order)


def _count(sizes: Any) -> int:
    """Multiply sizes, which are checked."""
    if type(sizes) is not list or len(sizes) > 32:
        raise ValueError("no sizes")
    count = 1
    for size in sizes:
        if type(size) is not int or not 0 <= size <= _LARGEST_SIZE:
            raise ValueError("no size")
        count *= size
    return count


def _dense(shape: Any, strides: list[int]) -> bool:
    """Whether each element has a place of its own and no place is left over."""
    expected = 1
    for stride, size in sorted(
        (stride, size) for size, stride in zip(shape, strides, strict=True) if size != 1
    ):
        if stride != expected:
            return False
        expected *= size
    return True
