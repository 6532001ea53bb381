"""Check what shapes a model maps to each other."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import redirect_stderr

import torch
from torch import Tensor, nn

from cnnlib.check.compare import describe, plain
from cnnlib.check.report import RAISED, Report
from cnnlib.check.trials import raised


def module(
    model: nn.Module,
    *,
    input_shape: Sequence[int],
    output_shape: Sequence[int],
    max_parameters: int | None = None,
) -> Report:
    """Check that a model maps one shape to another, to finite numbers, within a budget of parameters.

    Parameters
    ----------
    model : nn.Module
        The model; it is called once in evaluation mode, without gradients, and left in the mode it was in.
    input_shape, output_shape : sequence of int
        Shapes with the batch dimension.
    max_parameters : int, optional
        The largest number of parameters allowed.

    Returns
    -------
    Report
    """
    if not isinstance(model, nn.Module):
        hint = f"; create one with {model.__name__}(…)" if isinstance(model, type) else ""
        return Report(False, f"expected an nn.Module, got {describe(model)}{hint}.")
    name = type(model).__name__
    given, wanted = tuple(input_shape), tuple(output_shape)
    x = torch.randn(given, generator=torch.Generator().manual_seed(0))
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        with torch.no_grad(), redirect_stderr(sys.stdout):
            y = plain(model(x))
    except (Exception, SystemExit) as error:
        return Report(
            False, f"{name}, called with a tensor of shape {given}, {raised(error)}.", reason=RAISED
        )
    finally:
        for part, training in modes:
            part.training = training
    if y is None:
        return Report(False, f"{name} returned None; did you forget `return` in forward?")
    if not isinstance(y, Tensor):
        return Report(False, f"{name} returned {describe(y)}, expected a tensor of shape {wanted}.")
    if tuple(y.shape) != wanted:
        return Report(False, f"{name} maps shape {given} to {tuple(y.shape)}, expected {wanted}.")
    if not torch.isfinite(y).all():
        return Report(False, f"{name} returned NaN or infinite values for a standard normal input.")
    parameters = sum(parameter.numel() for parameter in model.parameters())
    if max_parameters is not None and parameters > max_parameters:
        return Report(False, f"{name} has {parameters:,} parameters; at most {max_parameters:,} are allowed.")
    return Report(True, f"{name}: {given} → {wanted}, {parameters:,} parameters.")
