"""What tests measure of an answer. None of this knows a right result: tables and hidden tests bring it.

The first argument is the answer, or a tuple of the answers if the test is given several. A measure either
returns a value, to be compared, or what is wrong as a list of sentences.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnlib.check import branches, configurations, fields, submissions
from cnnlib.check.compare import describe, difference, plain
from cnnlib.check.forbidden import ForbiddenCall
from cnnlib.check.functions import name_of
from cnnlib.check.given import FUNCTIONS, fill
from cnnlib.check.modules import module
from cnnlib.check.trials import copied, raised


def call(answer: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return what the answer, a function, gives."""
    return answer(*args, **kwargs)


def tensor(answer: Any, /, args: Sequence[Any], shape: Sequence[int], dtype: str) -> list[str]:
    """Say whether the answer gives a tensor of this shape and type, whatever its values are."""
    got = answer(*args)
    same = torch.zeros_like(got) if isinstance(got, Tensor) else got
    fault = difference(same, torch.zeros(shape, dtype=getattr(torch, dtype)))
    return [f"{name_of(answer)} {fault}."] if fault else []


def responses(answer: Any, /, image: Tensor, names: Sequence[str]) -> dict[str, float]:
    """Return what the filters that the answer returns give on an image of their size, by name."""
    return dict(zip(names, functional.conv2d(image[None, None], answer()).flatten().tolist(), strict=True))


def refuses(answer: Any, /, args: Sequence[Any], error: str, otherwise: str) -> list[str]:
    """Say what the answer does with arguments for which it should raise an error of this built-in class."""
    try:
        found = f"returned {answer(*args)!r}"
    except ForbiddenCall:
        raise
    except Exception as other:
        if isinstance(other, getattr(builtins, error)):
            return []
        found = raised(other)
    return [f"{written(answer, args)} {found}, {otherwise}"]


def first(answer: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return the first of the answer's results, or what it gives instead of several."""
    results = answer(*args, **kwargs)
    return results[0] if isinstance(results, tuple | list) and results else results


def others(answer: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Return the answer's results with None in place of the first."""
    results = answer(*args, **kwargs)
    return [None, *results[1:]] if isinstance(results, tuple | list) else results


def count(answer: Any, /, args: Sequence[Any], expected: int) -> list[str]:
    """Say whether the answer returns so many results."""
    results = answer(*args)
    if isinstance(results, tuple | list) and len(results) == expected:
        return []
    return [f"{name_of(answer)} returned {describe(results)}, expected {expected} results."]


def gradients(answer: Any, /, by: Sequence[str], **arguments: Any) -> dict[str, Any]:
    """Return the gradients of a weighted sum of the (first) result by the arguments named.

    If there are several results, the others should have no gradient; it is counted how many have one.
    """
    leaves = {name: arguments[name].detach().clone().requires_grad_() for name in by}
    results = answer(**arguments | leaves)
    y, *rest = results if isinstance(results, tuple | list) else [results]
    if y.requires_grad:
        (y * torch.arange(y.numel()).remainder(7).view(y.shape)).sum().backward()
    found = {
        f"gradient by {name}": torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
        for name, leaf in leaves.items()
    }
    return found | {"other results with a gradient": sum(result.requires_grad for result in rest)}


def given_functions(answer: Any, /, names: Sequence[str], *args: Any) -> dict[str, Any]:
    """Return what the answer gives for each of these functions of `given.FUNCTIONS`, its first argument."""
    *most, last = names
    found = {name: answer(FUNCTIONS[name], *copied(args)) for name in most}
    return found | {last: answer(FUNCTIONS[last], *args)}  # the caller sees whether this changes them


def filled(answer: Any, /, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Build a network, give it the numbers of `given.fill`, and call it on `x` in evaluation mode."""
    return fill(answer(*args, **kwargs)).eval()(x)


def filled_on(answer: Any, /, inputs: Sequence[Tensor], *args: Any) -> list[Tensor]:
    """Build a network once, and do as `filled` with each of several inputs."""
    model = fill(answer(*args)).eval()
    return [model(x) for x in inputs]


def filled_in_mode(answer: Any, /, x: Tensor, training: bool, *args: Any, **kwargs: Any) -> Tensor:
    """Build a network, give it the numbers of `given.fill`, and call it on `x` in training mode or not."""
    return fill(answer(*args, **kwargs)).train(training)(x)


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


LAZY = "A lazy layer has no weights before its first call; give every layer its number of inputs."


def _is_lazy(model: nn.Module) -> bool:
    return any(kind.__name__ == "LazyModuleMixin" for part in model.modules() for kind in type(part).__mro__)


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


def narrowest(answer: Any, /, *args: Any) -> dict[str, int]:
    """Return how narrow the network built with `args` is, and how many parameters it has."""
    model = answer(*args)
    widths = [layer.out_channels for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    return {
        "channels of the narrowest convolution": min(widths, default=0),
        "parameters in training": sum(parameter.numel() for parameter in model.parameters()),
    }


def stored(answer: Any, /, args: Sequence[Any], most: int) -> list[str]:
    """Say so if parameters and buffers are too many, without the statistics that batch norms keep."""
    model = answer(*args)
    norms = [part for part in model.modules() if isinstance(part, nn.BatchNorm2d)]
    statistics = sum(buffer.numel() for norm in norms for buffer in norm.buffers())
    total = sum(values.numel() for values in [*model.parameters(), *model.buffers()]) - statistics
    if total <= most:
        return []
    held = f"{written(answer, args)} holds {total:,} numbers in parameters and buffers"
    return [f"{held}; at most {most:,} are allowed."]


def submitted(
    answer: Any, /, images: int, seed: int, most: int, least: float, missing: str, hint: str
) -> list[str]:
    """Say what is wrong with the network that the answer gives as text; see `submissions.faults`.

    If there is none yet, that is `missing`.
    """
    try:
        text = answer()
    except NotImplementedError:
        text = ""
    if not isinstance(text, str):
        return [f"{written(answer, [])} returned {type(text).__name__}, expected text."]
    return submissions.faults(text, images, seed, most, least, hint) if text.strip() else [missing]


def absent(answer: Any, /, args: Sequence[Any], words: Mapping[str, str]) -> list[str]:
    """Say so if the network built with `args` has a layer of one of the kinds that `words` is about."""
    found = {kind.__name__ for part in answer(*args).modules() for kind in type(part).__mro__}
    return [sentence for kind, sentence in words.items() if kind in found]


def apart(answer: Any, /, args: Sequence[Any]) -> list[str]:
    """Say so if two networks built with `args` share a layer or a parameter."""
    models = [answer(*args), answer(*args)]  # both are kept: an id is an object's own only while it lives
    first, second = (set().union(*map(_with_weights, model.modules())) for model in models)
    name = written(answer, args)
    return [f"{name}: two such networks share layers; each makes its own."] if first & second else []


def _with_weights(part: nn.Module) -> set[int]:
    """Return what identifies a layer that has weights of its own; an empty set for any other."""
    own = [*part.parameters(recurse=False), *part.buffers(recurse=False)]
    return set(map(id, [part, *own])) if own else set()


def once(answer: Any, /, x: Tensor, *args: Any) -> list[str]:
    """Say so if a batch norm of the network built with `args` does not run once in a call."""
    model = answer(*args).train()
    model(x)
    counts = [part.num_batches_tracked for part in model.modules() if isinstance(part, nn.BatchNorm2d)]
    seen = {int(count) for count in counts if count is not None}
    return [
        f"{written(answer, args)}: called once in training mode, a batch norm runs {count} times, expected 1."
        for count in sorted(seen - {1})
    ]


def alike(answer: Any, /, x: Tensor, *args: Any) -> list[str]:
    """Say so if the network built with `args` gives other values in training than in evaluation mode."""
    model = fill(answer(*args))
    results = [plain(model.train(mode)(x.clone())) for mode in (True, False)]
    name = written(answer, args)
    return (
        []
        if torch.allclose(*results, rtol=1e-4, atol=1e-5)
        else [f"{name}: it gives other values in training than in evaluation mode; is there dropout?"]
    )


def stages(answer: Any, /, depth: int, channels: Sequence[int], dense: int) -> list[str]:
    """Say so if pairs (convolutions, channels) have other channels or, with dense layers, another depth."""
    name, pairs = written(answer, [depth]), answer(depth)
    if not isinstance(pairs, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs
    ):
        return [f"{name} returned {pairs!r}, expected a list of {len(channels)} pairs."]
    numbers, widths = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if widths != list(channels):
        return [
            f"{name} has the channels {widths}, expected {list(channels)}. "
            "A pair is (convolutions, channels)."
        ]
    if sum(numbers) + dense != depth:
        total = sum(numbers) + dense
        return [f"{name} has {sum(numbers)} convolutions; with the {dense} dense layers that makes {total}."]
    return []


def configuration(
    answer: Any,
    /,
    input_shape: Sequence[int],
    classes: int,
    least: Mapping[str, int],
    most: Mapping[str, int],
) -> list[str]:
    """Say which conditions the configuration that `answer` returns does not meet; see `configurations`."""
    layers = configurations.read(answer())
    if isinstance(layers, str):
        return [f"{written(answer, [])} {layers}"]
    if configurations.read(answer()) != layers:
        return [f"{written(answer, [])} returns another list each time it is called."]
    return configurations.faults(layers, input_shape, classes, least, most)


def receptive_field(answer: Any, /, wanted: Mapping[str, Any], side: int) -> list[str]:
    """Say which conditions the network that `answer` returns does not meet; see `fields.faults`."""
    return fields.faults(answer(), wanted, side)


def trained(answer: Any, /, x: Tensor, *args: Any, seed: int = 0) -> dict[str, Tensor]:
    """Build a network, give it the numbers of `given.fill`, and call it in training mode.

    Returns
    -------
    dict of str to Tensor
        The result and, of the sum of its squares, the gradient for `x`, divided by its largest entry.
    """
    x = x.clone().requires_grad_()
    y = fill(answer(*args), seed).train()(x)
    found = None
    if y.requires_grad:
        (found,) = torch.autograd.grad(y.square().sum(), x, allow_unused=True)
    gradient = torch.zeros_like(x) if found is None else found
    scale = gradient.abs().max().clamp_min(1e-30)
    return {"result": y.detach(), "gradient for the input": gradient / scale}


def wrapped(answer: Any, /, x: Tensor, *parts: Any) -> Tensor:
    """Build a module from parts, and call it; see `_part`."""
    return answer(*(_part(answer, part) for part in parts))(x)


def wrapped_gradient(answer: Any, /, x: Tensor, *parts: Any) -> dict[str, Tensor]:
    """Do as `wrapped`, and return the gradient for `x` of a weighted sum of the result."""
    found = gradients(lambda x: wrapped(answer, x, *parts), ["x"], x=x)
    return {"gradient for the input": found["gradient by x"]}


def _part(answer: Any, part: Any) -> nn.Module:
    """Return a convolution with this kernel, "identity", "cut", or what the answer makes of several parts."""
    if isinstance(part, tuple):
        return answer(*(_part(answer, inner) for inner in part))
    if isinstance(part, str):
        return {"identity": _Same, "cut": _Cut}[part]()
    return _Part(part)


class _Same(nn.Module):
    """A module that returns its input itself."""

    def forward(self, x: Tensor) -> Tensor:
        return x


class _Cut(nn.Module):
    """A module that lets no gradient through."""

    def forward(self, x: Tensor) -> Tensor:
        return 3 * x.detach()


class _Part(nn.Module):
    """A convolution that keeps the size of maps, and counts its calls."""

    def __init__(self, kernel: Tensor) -> None:
        super().__init__()
        self.weight, self.calls = nn.Parameter(kernel), 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return functional.conv2d(x, self.weight, padding=self.weight.shape[-1] // 2)


def held(answer: Any, /, x: Tensor, kernels: Mapping[str, Tensor]) -> list[str]:
    """Say which of its parts the module built from convolutions does not hold, or does not call once.

    It should hold nothing else that is trained, and give the same in both modes.
    """
    parts = {name: _Part(kernel) for name, kernel in kernels.items()}
    block = answer(*parts.values())
    if not isinstance(block, nn.Module):
        return [f"{name_of(answer)} is not an nn.Module."]
    known = {id(parameter) for parameter in block.parameters()}
    faults = [
        f"The parameters of the block do not include those of {name}, so training would leave them as they "
        "are. A part must be an attribute of its own: a list or a function hides it."
        for name, part in parts.items()
        if id(part.weight) not in known
    ]
    y = block.train()(x)
    faults += [
        f"{name} is called {part.calls} times in one call of the block, expected 1."
        for name, part in parts.items()
        if part.calls != 1
    ]
    if known - {id(part.weight) for part in parts.values()}:
        faults.append("The block has parameters besides those of its parts.")
    if not torch.equal(plain(y), plain(block.eval()(x))):
        faults.append("The block gives other values in evaluation mode than in training mode.")
    return faults


def residual(
    answers: Any, /, channels: int, wanted: Sequence[Mapping[str, Any]], sizes: Sequence[Any]
) -> list[str]:
    """Say which conditions the blocks do not meet that one answer makes, of the class that is the other.

    See `branches.faults`.
    """
    make, kind = answers
    made = make()
    if not isinstance(made, list):
        return [f"{name_of(make)} must return a list, not {describe(made)}."]
    if len(made) != len(wanted):
        return [f"{name_of(make)} returned {len(made)} blocks, expected {len(wanted)}."]
    return [
        f"Block {number}: {fault}"
        for number, (block, conditions) in enumerate(zip(made, wanted, strict=True), start=1)
        for fault in branches.faults(block, kind, channels, conditions, sizes)
    ]


def apart_in_lists(answers: Any, /) -> list[str]:
    """Say so if two lists of modules that the (first) answer makes share a layer or a parameter."""
    make = answers[0] if isinstance(answers, tuple) else answers
    lists = [nn.ModuleList(make()), nn.ModuleList(make())]
    first, second = ({id(part) for part in (*made.modules(), *made.parameters())} for made in lists)
    return [f"{name_of(make)} must make new blocks, of new layers, at each call."] if first & second else []


def run_once(answer: Any, /, model: nn.Module, *args: Any) -> list[str]:
    """Say so if the answer runs a model in training mode, twice, or changes its weights."""
    before = [parameter.detach().clone() for parameter in model.parameters()]
    answer(model, *args)
    if not all(map(torch.equal, before, model.parameters())):
        return [f"{name_of(answer)} changes the model's weights; it should only measure."]
    counts = [int(part.num_batches_tracked) for part in model.modules() if isinstance(part, nn.BatchNorm2d)]
    most = max(counts, default=0)
    return [f"{name_of(answer)} runs the model {most} times, expected once."] if most > 1 else []


def unchanged(answer: Any, /, x: Tensor, *args: Any) -> list[str]:
    """Say so if the network built with `args` changes its input."""
    given = x.clone()
    with torch.no_grad():
        answer(*args)(given)
    name = written(answer, args)
    return [] if torch.equal(given, x) else [f"{name} changed its argument in place; work on a copy."]


def unused(answer: Any, /, x: Tensor, *args: Any) -> list[str]:
    """Name the parameters of the network built with `args` that get no gradient from its result."""
    model = answer(*args).train()
    y = model(x)
    if not y.requires_grad:
        return [f"{written(answer, args)}: its result has no gradient; is it detached, or made in no_grad?"]
    y.square().sum().backward()
    names = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    return (
        [f"{written(answer, args)}: its result does not depend on {', '.join(names[:3])}."] if names else []
    )


def parameters(answer: Any, /, args: Sequence[Any], total: int) -> list[str]:
    """Say whether the network built with `args` has as many parameters as expected."""
    counted = sum(parameter.numel() for parameter in answer(*args).parameters())
    return (
        []
        if counted == total
        else [f"{written(answer, args)} has {counted:,} parameters, expected {total:,}."]
    )


def written(answer: Any, args: Sequence[Any]) -> str:
    """Return a call as a student would write it."""
    return f"{answer.__name__}({', '.join(map(repr, args))})"


def randn(*shape: int, seed: int = 0) -> Tensor:
    """Return standard normal numbers."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
