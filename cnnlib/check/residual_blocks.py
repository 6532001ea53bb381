"""Look into residual blocks of any make: what the branch computes, and how both of their parts end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import torch
from torch import Tensor, nn

from cnnlib.check.modules import module

HIDDEN = (
    "No nn.Conv2d is found in it. A module finds the parts that are attributes of their own; a list or a "
    "function hides them: use self.name = part, or an nn.ModuleList."
)
ACTIVATED = "Its branch ends in an activation"
NOT_LINEAR = (
    "A branch or a projection ends in an activation, or in something else that is not linear: after its last "
    "convolution or batch norm comes at most average pooling."
)


def faults(
    block: nn.Module,
    kind: type,
    channels: int,
    wanted: Mapping[str, Any],
    sizes: Sequence[tuple[int, int, int]],
) -> list[str]:
    """Say which conditions a block does not meet.

    Parameters
    ----------
    block : nn.Module
    kind : type
        The class that it should be of.
    channels : int
        Of its input.
    wanted : dict
        "channels" and "stride" of its output; "kernels", the sizes of all its convolutions, or "some", what
        one of them must have, by name, or neither, if one must be larger than 1 × 1; "otherwise", what to
        say if that is not so; "two", whether the branch is two convolutions with a ReLU between them.
    sizes : sequence of (N, H, W)
        Of the inputs to try.
    """
    for batch, height, width in sizes:
        output = (batch, wanted["channels"], *(-(-size // wanted["stride"]) for size in (height, width)))
        report = module(block, input_shape=(batch, channels, height, width), output_shape=output)
        if not report.passed:
            return [report.message]
    found = [] if isinstance(block, kind) else [f"It is not one of your {kind.__name__}."]
    convolutions = _layers(block, nn.Conv2d)
    if not convolutions:
        return [*found, HIDDEN]
    if not _has(convolutions, wanted):
        found.append(wanted["otherwise"])
    if found:
        return found
    batch, height, width = sizes[0]
    x = torch.randn(batch, channels, height, width, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        y = _fill(block.eval())(x)
        fault = _of_two(block, convolutions, x, y - x) if wanted["two"] else _of_ends(block, x, y)
        if not fault and wanted["two"] and not torch.equal(block.train()(x), block(x)):
            fault = "In training mode it gives other values at each call; is there dropout?"
    return [fault] if fault else []


def _has(convolutions: list[nn.Conv2d], wanted: Mapping[str, Any]) -> bool:
    if "kernels" in wanted:
        return [layer.kernel_size for layer in convolutions] == list(wanted["kernels"])
    if "some" in wanted:
        return any(
            all(getattr(layer, name) == value for name, value in wanted["some"].items())
            for layer in convolutions
        )
    return any(max(layer.kernel_size) > 1 for layer in convolutions)


def _layers(block: nn.Module, kind: Any) -> list[nn.Module]:
    return [layer for layer in block.modules() if isinstance(layer, kind)]


def _fill(block: nn.Module) -> nn.Module:
    """Give the convolutions random numbers, and the batch norms such that they change nothing."""
    generator = torch.Generator().manual_seed(0)
    for layer in _layers(block, nn.Conv2d | nn.BatchNorm2d):
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_parameters()
            continue
        for values in layer.parameters():
            values.copy_(torch.randn(values.shape, generator=generator) / layer.weight[0].numel() ** 0.5)
    return block


def _of_two(block: nn.Module, convolutions: list[nn.Module], x: Tensor, branch: Tensor) -> str:
    """Say what is wrong with a branch of two convolutions; either of them may be the first."""
    forms = {
        "": lambda first, second: second(first(x).relu()),
        "It is linear: there is no ReLU between its convolutions.": lambda first, second: second(first(x)),
        f"{ACTIVATED}.": lambda first, second: second(first(x).relu()).relu(),
        "Its ReLU comes before both convolutions, not between them.": lambda first, second: second(
            first(x.relu())
        ),
    }
    for fault, form in forms.items():
        for pair in (convolutions, convolutions[::-1]):
            if torch.allclose(branch, form(*pair), rtol=1e-3, atol=1e-4):
                return fault
    norms = "With batch norms that change nothing, it" if _layers(block, nn.BatchNorm2d) else "It"
    return f"{norms} does not return x + conv(ReLU(conv(x)))."


def _of_ends(block: nn.Module, x: Tensor, y: Tensor) -> str:
    """Multiply the numbers of one layer by -2. At the end of a part this multiplies what the part gives."""
    results = []
    for layer in _layers(block, nn.Conv2d | nn.BatchNorm2d):
        for values in layer.parameters():
            values.mul_(-2)
        results.append(block(x))
        for values in layer.parameters():
            values.div_(-2)
    # With parts p + q = y, the ends of both give -2p + q and p - 2q: they differ from y by 3p and 3q. A part
    # may end in the sum of two or three layers.
    changes = [y - result for result in results]
    for number in (2, 3, 4):
        for chosen in combinations(changes, number):
            if (sum(chosen) - 3 * y).abs().max() < 3e-4 * y.abs().max():
                return ""
    return NOT_LINEAR
