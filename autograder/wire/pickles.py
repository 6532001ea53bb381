"""Objects of libraries on their way to the student's process; the judge never reads a pickle.

PyTorch pickles each tensor as an archive of its own, which takes longer than everything else about a small
network. Here tensors are their bytes, as in `tensors`.
"""

import io
import pickle
from typing import Any

from torch import Tensor, nn

from autograder.wire.tensors import can_be_sent, read_tensor, tensor_bytes


def dump(value: Any) -> bytes:
    """Pickle an object; raises what `pickle` does for one that cannot be pickled."""
    file = io.BytesIO()
    _Pickler(file).dump(value)
    return file.getvalue()


def load(data: bytes | memoryview) -> Any:
    """Read what `dump` wrote."""
    return pickle.loads(data)


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if type(value) not in (Tensor, nn.Parameter) or not can_be_sent(value):
            return NotImplemented
        if not value.is_leaf or vars(value) or value._backward_hooks:  # rare; PyTorch knows what to do
            return NotImplemented
        form, data = tensor_bytes(value)
        return _tensor, (form, data, type(value) is nn.Parameter, value.requires_grad)


def _tensor(form: list, data: bytes, is_parameter: bool, requires_grad: bool) -> Tensor:
    made = read_tensor(form, lambda size: memoryview(data))
    return nn.Parameter(made, requires_grad) if is_parameter else made.requires_grad_(requires_grad)
