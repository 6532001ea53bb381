"""The student's modules as trees: described for the judge, given its state, compared after a call."""

from typing import Any

from torch import nn

from autograder.wire.attributes import write_attributes
from autograder.wire.changes import set_tensor
from autograder.wire.decode import Decoder
from autograder.wire.descriptions import LIBRARY, describe_class
from autograder.wire.encode import Encoder
from autograder.wire.frames import WireError
from autograder.wire.tensors import can_be_sent, tensor_bytes

_INTERNAL = set(vars(nn.Module()))
_HOOKS = [name for name in _INTERNAL if name.endswith("_hooks")]


def describe_module(module: nn.Module, encoder: Encoder, exports: Any) -> list:
    """Describe a module and its parts; `mirror.read_module` makes the judge's copy of it.

    ["module", number, name in torch.nn, class, training, parameters, buffers, parts, attributes]. One that is
    exactly of a class of `torch.nn` is named so, with its attributes: the judge can run it. Of others, whose
    attributes only the student knows, they are None.
    """
    kind = type(module)
    attributes = None
    if LIBRARY.get(kind.__name__) is kind and not any(vars(module).get(name) for name in _HOOKS):
        own = {name: value for name, value in vars(module).items() if name not in _INTERNAL}
        attributes = write_attributes(own)
    exact = attributes is not None
    buffers = [
        [name, encoder.value(_sent(tensor)), name not in module._non_persistent_buffers_set]
        for name, tensor in module._buffers.items()
    ]
    return [
        "module",
        exports.number(module),
        kind.__name__ if exact else None,
        None if exact else describe_class(kind, exports),
        bool(module.training),
        [[name, encoder.value(_sent(tensor))] for name, tensor in module._parameters.items()],
        buffers,
        [[name, encoder.value(part)] for name, part in module._modules.items()],
        attributes,
    ]


def take_state(written: list, decoder: Decoder, exports: Any) -> None:
    """Give modules the state that the judge's copies have: [[number, training, [[name, mark, tensor]]]].

    The mark of a tensor is 0, or 1 if it requires grad, or 2 if the judge wants its gradient, too.
    """
    for number, training, tensors in written:
        module = exports.get(number)
        if not isinstance(module, nn.Module):
            raise WireError("a state was sent for something that is no module.")
        if module.training is not bool(training):  # a module sets its attributes slowly
            module.training = bool(training)
        own = own_tensors(module)
        for name, mark, content in tensors:
            tensor = own.get(name)
            if tensor is None:
                continue
            if content is not None:
                set_tensor(tensor, decoder.tensor(*content))
            if tensor.is_leaf and tensor.requires_grad != bool(mark):
                tensor.requires_grad_(bool(mark))
            if mark == 2:
                decoder.inputs.append(tensor)
        before = {name: tensor_bytes(tensor) for name, tensor in own.items()}
        decoder.modules[number] = (module, before, type(module))


def changed_state(decoder: Decoder, encoder: Encoder, exports: Any) -> list:
    """Encode what a call changed in its modules: [[number, [[name, is a buffer, tensor]], description]].

    There is a description if a layer took its final class, as lazy ones do when they run first.
    """
    written = []
    for number, (module, before, kind) in decoder.modules.items():
        changed = {
            name: tensor
            for name, tensor in own_tensors(module).items()
            if before.get(name) != tensor_bytes(tensor)
        }
        described = None if type(module) is kind else describe_module(module, encoder, exports)[1:]
        if changed or described:
            tensors = [
                [name, name in module._buffers, encoder.tensor(tensor.detach())]
                for name, tensor in changed.items()
            ]
            written.append([number, tensors, described])
    return written


def own_tensors(module: nn.Module) -> dict[str, Any]:
    """The parameters and buffers of a module itself, by name."""
    both = {**module._parameters, **module._buffers}
    return {name: tensor for name, tensor in both.items() if tensor is not None and can_be_sent(tensor)}


def _sent(tensor: Any) -> Any:
    return tensor if tensor is not None and can_be_sent(tensor) else None
