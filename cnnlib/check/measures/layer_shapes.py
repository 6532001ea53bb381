"""Measures of a network's layers: their kinds and shapes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from cnnlib.check.compare import describe
from cnnlib.check.functions import written
from cnnlib.check.modules import module

LAZY = "A lazy layer has no weights before its first call; give every layer its number of inputs."


def _is_lazy(model: nn.Module) -> bool:
    return any(kind.__name__ == "LazyModuleMixin" for part in model.modules() for kind in type(part).__mro__)


def shapes(
    answer: Any,
    /,
    args: Sequence[Any],
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    max_parameters: int | None = None,
) -> list[str]:
    """Say whether the network built with `args` maps one shape to another, within a budget of parameters."""
    report = module(
        answer(*args), input_shape=input_shape, output_shape=output_shape, max_parameters=max_parameters
    )
    return [] if report.passed else [f"{written(answer, args)}: {report.message}" if args else report.message]


def layers(
    answer: Any,
    /,
    args: Sequence[Any],
    expected: Mapping[str, int],
    bias: str = "the batch norm after it makes it useless",
) -> list[str]:
    """Say how the layers of the network built with `args` differ from those expected, by kind.

    Kinds are "3 × 3 convolutions" (and other sizes), "batch norms" and "linear layers"; `bias` is the reason
    why no convolution has one.
    """
    name, found, faults = written(answer, args), dict.fromkeys(expected, 0), []
    model = answer(*args)
    if not isinstance(model, nn.Module):
        return [f"{name} is {describe(model)}, expected an nn.Module."]
    if _is_lazy(model):
        return [f"{name}: {LAZY}"]
    for layer in model.modules():
        kind = None
        if isinstance(layer, nn.Conv2d):
            kind = "{} × {} convolutions".format(*layer.kernel_size)
            if layer.bias is not None:
                faults = [f"{name}: a convolution has a bias; {bias}."]
        elif isinstance(layer, nn.BatchNorm2d):
            kind = "batch norms"
        elif isinstance(layer, nn.Linear):
            kind = "linear layers"
        if kind:
            found[kind] = found.get(kind, 0) + 1
    counts = [
        f"{name} has {count} {kind}, expected {expected.get(kind, 0)}."
        for kind, count in found.items()
        if count != expected.get(kind, 0)
    ]
    return faults + counts


UNREGISTERED = (
    "Layers in a plain list are not registered; use nn.Sequential or nn.ModuleList. "
    "And [layer] * 3 is one layer three times, with one set of weights."
)


def weights(
    answer: Any,
    /,
    args: Sequence[Any],
    expected: Mapping[str, Mapping[str, Sequence[int]]],
    bias: Mapping[str, bool],
    hints: Mapping[str, str],
) -> list[str]:
    """Say how the weights in the network built with `args` differ from those expected.

    Parameters
    ----------
    answer : callable
    args : sequence
    expected : dict of str to dict
        For each kind of layer, such as "Conv2d", the shapes of the weights by what to call them.
    bias : dict of str to bool
        For a kind, whether each of its layers has a bias.
    hints : dict of str to str
        For a kind, what to say where a weight is missing.
    """
    model, faults = answer(*args), []
    if _is_lazy(model):
        return [f"{written(answer, args)}: {LAZY}"]
    for kind, named in expected.items():
        layers = [layer for layer in model.modules() if isinstance(layer, getattr(nn, kind))]
        found = [() if layer.weight is None else tuple(layer.weight.shape) for layer in layers]
        wanted = [tuple(shape) for shape in named.values()]
        if len(found) != len(wanted):
            faults.append(f"It has {len(found)} nn.{kind}, expected {len(wanted)}.")
        if found and sorted(found) != sorted(wanted):
            faults.append(f"The weights of its nn.{kind} are {found}, expected {wanted}.")
            missing = Counter(wanted) - Counter(found)
            lacking = [(shape, label) for label, shape in named.items() if tuple(shape) in missing]
            faults += [f"There is none of shape {tuple(shape)} ({label})." for shape, label in lacking[:3]]
            faults += [hints[kind]] if lacking and kind in hints else []
        if len(found) < len(wanted) and UNREGISTERED not in faults:
            faults.append(UNREGISTERED)
        if kind in bias and any((layer.bias is not None) != bias[kind] for layer in layers):
            faults.append(f"An nn.{kind} has {'no' if bias[kind] else 'a'} bias; use bias={bias[kind]}.")
    return ["\n".join([f"{written(answer, args)} is not as asked for:", *faults])] if faults else []


def convolutions(answer: Any, /, args: Sequence[Any], expected: Sequence[tuple[int, int, int]]) -> list[str]:
    """Say how the convolutions of the network built with `args` differ from those expected.

    Those are (kernel height, kernel width, groups) of each, in any order; none has a bias.
    """
    name = written(answer, args)
    found = [layer for layer in answer(*args).modules() if isinstance(layer, nn.Conv2d)]
    if any(layer.bias is not None for layer in found):
        return [f"{name}: a convolution has a bias; the batch norm after it makes it useless."]
    kinds = [(*layer.kernel_size, layer.groups) for layer in found]
    if sorted(kinds) == sorted(map(tuple, expected)):
        return []
    texts = [", ".join("{} × {} with {} groups".format(*kind) for kind in some) for some in (kinds, expected)]
    return [f"{name} has the convolutions {texts[0] or 'none'}; expected {texts[1]}."]


def absent(answer: Any, /, args: Sequence[Any], words: Mapping[str, str]) -> list[str]:
    """Say so if the network built with `args` has a layer of one of the kinds that `words` is about."""
    found = {kind.__name__ for part in answer(*args).modules() for kind in type(part).__mro__}
    return [sentence for kind, sentence in words.items() if kind in found]
