"""The judge's copies of the student's modules.

The judge holds parameters, buffers and modes; whatever a test does to them, the student's own module has them
before it runs. A module that is exactly one of `torch.nn` becomes a real one, and runs here.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from torch import Tensor, nn

from autograder.wire.attributes import read_attributes
from autograder.wire.calls import Handle
from autograder.wire.changes import set_tensor
from autograder.wire.decode import Decoder
from autograder.wire.descriptions import LIBRARY
from autograder.wire.encode import Encoder
from autograder.wire.frames import WireError
from autograder.wire.tensors import tensor_bytes
from autograder.wire.trees import own_tensors

_TAKEN = {*vars(nn.Module()), "_node"}
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


class Node:
    """The student's module behind a copy, and the tensors that it had last. Copies of a copy share it."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.known: dict[str, Any] = {}
        # Parts that are the test's own: they run here when they are called.
        self.given: dict[str, nn.Module] = {}

    def __deepcopy__(self, memo: dict) -> "Node":
        return self

    def __reduce__(self) -> tuple:
        raise TypeError("a module of another process cannot be pickled.")


class RemoteModule(nn.Module):
    """A module whose class is the student's: its state is here, its `forward` runs there."""

    def forward(self, /, *args: Any, **kwargs: Any) -> Any:
        return node_of(self).handle.peer.call("module", (self, *args), kwargs)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            node = node_of(self)
            if node is None or (name.startswith("__") and name.endswith("__")):
                raise
        value = node.handle.peer.call("getattr", (self, name))
        return node.handle.peer.method_of(self, value)


def node_of(module: nn.Module) -> Node | None:
    """Return what ties a module to the student's, None for one that is the judge's own."""
    return vars(module).get("_node")


def read_module(session: Any, decoder: Decoder, written: list, place: int) -> nn.Module:
    """Make the judge's copy of a module that `trees.describe_module` describes, or bring it up to date.

    `place` is its number among the objects of the message.

    Raises
    ------
    WireError
        Or another error, if the description makes no sense.
    """
    number, exact, described, *_ = written
    handle = session.handle(number)
    module = session.mirrors.get(number)
    if module is None:
        kind = _class_of(session, exact, described)
        module = kind.__new__(kind)
        nn.Module.__init__(module)
        vars(module)["_node"] = Node(handle)
        session.mirrors[number] = module
    decoder.shared[place] = module
    _fill(session, decoder, module, written)
    return module


def _class_of(session: Any, exact: str | None, described: list) -> type:
    kind = LIBRARY[exact] if exact is not None else session.class_of(described, RemoteModule)
    if not issubclass(kind, nn.Module):
        raise WireError("a module was expected.")
    return kind


def _fill(session: Any, decoder: Decoder, module: nn.Module, written: list) -> None:
    """Give a copy the class, the state, the parts and the attributes of a description."""
    _, exact, described, training, parameters, buffers, parts, attributes = written
    kind = _class_of(session, exact, described)
    if type(module) is not kind:
        module.__class__ = kind
    if module.training is not (training is True):
        module.training = training is True
    for name, value in parameters:
        _take(module, name, decoder.value(value), None)
    for name, value, persistent in buffers:
        _take(module, name, decoder.value(value), persistent is True)
    for name, value in parts:
        part = decoder.value(value)
        if part is not None and not isinstance(part, nn.Module):
            raise WireError("a module was expected.")
        module._modules[_checked(name)] = part
        if part is not None and node_of(part) is None and not all(map(_is_library, part.modules())):
            node_of(module).given[name] = part
    if (exact is None) is not (attributes is None):
        raise WireError("a module of torch.nn has attributes here, and no other.")
    if attributes is not None:
        for name, value in read_attributes(attributes, kind).items():
            vars(module)[_checked(name)] = value


def push_state(encoder: Encoder) -> list:
    """Return the state of the modules that a question mentions, as far as the student does not know it.

    Raises
    ------
    TypeError
        If a test did something to a module that the student's cannot follow.
    """
    wanted = {id(tensor) for tensor in encoder.inputs}
    written, parts = [], {}
    for root in list(encoder.modules.values()):
        for part in _parts(root):
            node = node_of(part)
            if node is None or any(vars(part).get(name) for name in _HOOKS):
                raise TypeError(
                    f"a part of {type(root).__name__} was replaced or has a hook, which the student's own "
                    "module cannot follow; put a module of torch.nn around it instead."
                )
            parts[node.handle.number] = part
            tensors = []
            for name, tensor in own_tensors(part).items():
                mark = int(tensor.requires_grad)
                if mark and id(tensor) not in wanted:
                    wanted.add(id(tensor))
                    encoder.inputs.append(tensor)
                    mark = 2
                content = tensor_bytes(tensor)
                known = node.known.get(name) == content
                node.known[name] = content
                tensors.append([name, mark, None if known else encoder.tensor(tensor.detach())])
            written.append([node.handle.number, part.training, tensors])
    encoder.modules = parts
    return written


def _parts(module: nn.Module) -> Iterator[nn.Module]:
    """The module and its parts, without those that a test gave to the student's module: they are here."""
    yield module
    given = {} if node_of(module) is None else node_of(module).given
    for name, part in module._modules.items():
        if part is not None and given.get(name) is not part:
            yield from _parts(part)


def _is_library(module: nn.Module) -> bool:
    return LIBRARY.get(type(module).__name__) is type(module)


def pull_state(session: Any, written: list, decoder: Decoder, encoder: Encoder) -> None:
    """Take over what the call changed in the modules of its question; see `trees.changed_state`."""
    for number, tensors, described in written:
        part = encoder.modules[number]
        if described is not None:
            session.handle(described[0])  # one more mention
            _fill(session, decoder, part, described)
        for name, is_buffer, content in tensors:
            _take(part, name, decoder.tensor(*content), True if is_buffer is True else None)


def _take(module: nn.Module, name: str, tensor: Tensor | None, persistent: bool | None) -> None:
    """Set a parameter (`persistent` is None) or a buffer to what the student has, unless it is known."""
    known = node_of(module).known
    content = None if tensor is None else tensor_bytes(tensor)
    own = (module._parameters if persistent is None else module._buffers).get(name)
    if own is not None and content is not None:
        if known.get(name) != content:
            set_tensor(own, tensor.detach())
    elif persistent is None:
        if tensor is not None and not isinstance(tensor, nn.Parameter):
            tensor = nn.Parameter(tensor.detach())
        module._parameters[_checked(name)] = tensor
    else:
        module._buffers[_checked(name)] = tensor
        if not persistent:
            module._non_persistent_buffers_set.add(name)
    known[name] = content


@lru_cache(maxsize=1024)  # layers have the same few attributes, thousands of times
def _checked(name: Any) -> str:
    """A name that hides nothing of `nn.Module`, whose own way to register a part would ask the student."""
    taken = type(name) is str and (name in _TAKEN or hasattr(nn.Module, name))
    if type(name) is not str or not name or "." in name or taken:
        raise WireError("a part of a module has no proper name.")
    return name
