"""What a function changed in place in its arguments: found where it ran, done to the originals."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from autograder.wire.tensors import array_bytes, can_be_sent, tensor_bytes


def state_of(value: Any) -> Any:
    """Return what tells later whether an object was changed in place; None if it cannot be."""
    if isinstance(value, Tensor):
        return tensor_bytes(value) if can_be_sent(value) else None
    if isinstance(value, np.ndarray):
        return array_bytes(value)
    if isinstance(value, nn.Module):
        return {name: tensor_bytes(tensor) for name, tensor in module_tensors(value).items()}
    if type(value) in (list, set):
        return value.copy()
    if type(value) is dict:
        return list(value.items())
    return None


def module_tensors(module: nn.Module) -> dict[str, Tensor]:
    """The parameters and buffers of a module by name, those that are numbers in memory."""
    named = [*module.named_parameters(), *module.named_buffers()]
    return {name: tensor for name, tensor in named if can_be_sent(tensor)}


def write_changes(decoder: Any, encoder: Any) -> list:
    """Encode what became of the arguments, for those that are not what they were."""
    written = []
    for number, before in decoder.before.items():
        value = decoder.shared[number]
        if before is None or _same(value, before):
            continue
        if isinstance(value, Tensor):
            written.append([number, encoder.tensor(value.detach())])
        elif isinstance(value, nn.Module):
            now = module_tensors(value)
            changed = {
                name: tensor for name, tensor in now.items() if before.get(name) != tensor_bytes(tensor)
            }
            written.append(
                [number, [[name, encoder.tensor(tensor.detach())] for name, tensor in changed.items()]]
            )
        elif isinstance(value, np.ndarray):
            written.append([number, encoder.value(value.copy())])
        else:
            flat = [part for pair in value.items() for part in pair] if type(value) is dict else value
            written.append([number, encoder.items(flat)])
    return written


def apply_changes(written: list, decoder: Any) -> None:
    """Do to the originals, the objects given in the question, what `write_changes` tells.

    What does not fit an original raises an error of any kind; the caller reports it as a malformed answer.
    """
    for number, content in written:
        original = decoder.given[number] if number >= 0 else None
        if isinstance(original, Tensor):
            set_tensor(original, decoder.tensor(*content))
        elif isinstance(original, nn.Module):
            tensors = module_tensors(original)
            for name, tensor in content:
                set_tensor(tensors[name], decoder.tensor(*tensor))
        elif isinstance(original, np.ndarray):
            np.copyto(original, decoder.value(content), casting="no")
        elif type(original) is list:
            original[:] = decoder.items(content)
        elif type(original) in (dict, set):
            parts = decoder.items(content)
            original.clear()
            original.update(zip(parts[::2], parts[1::2], strict=True) if type(original) is dict else parts)
        else:
            raise TypeError("nothing that can be changed")


def set_tensor(original: Tensor, new: Tensor) -> None:
    """Give a tensor new numbers, in its own memory where shape and dtype stay."""
    with torch.no_grad():
        if original.shape == new.shape and original.dtype == new.dtype:
            original.detach().copy_(new)
        else:
            original.data = new


def _same(value: Any, before: Any) -> bool:
    now = state_of(value)
    if type(value) is dict:
        return len(now) == len(before) and all(
            a is c and b is d for (a, b), (c, d) in zip(now, before, strict=True)
        )
    if type(value) is list:
        return len(now) == len(before) and all(a is b for a, b in zip(now, before, strict=True))
    if type(value) is set:
        return set(map(id, now)) == set(map(id, before))
    return now == before
