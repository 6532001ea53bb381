"""Measures of training and evaluation: what becomes of a model, and whether reported numbers fit together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

from cnnlib.check.functions import name_of


def after(answer: Any, /, model: nn.Module, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Return what the answer gives for a model, and the model's parameters and buffers after it."""
    result = answer(model, *args, **kwargs)
    return {"result": result, "model": {name: value.clone() for name, value in model.state_dict().items()}}


def looked_up(answer: Any, /, results: Sequence[Sequence[Any]], *args: Any) -> dict[str, Any]:
    """Give the answer a function that looks its result up, and count how often it is called.

    Parameters
    ----------
    results : list of lists
        The arguments of the function, and at the end of each list what it returns for them.
    """
    calls = []

    def run(*given: Any) -> Any:
        calls.append(given)
        found = [result for *known, result in results if tuple(known) == given]
        if not found:
            raise ValueError(f"run{given} was not asked for.")
        return found[0]

    return {"result": answer(run, *args), "calls": len(calls)}


def without_history(answer: Any, /, *args: Any) -> list[str]:
    """Say so if the tensor that the answer gives remembers how it was computed."""
    if not getattr(answer(*args), "requires_grad", False):
        return []
    return [
        f"{name_of(answer)} returned a tensor that requires a gradient: PyTorch kept every layer's maps "
        "for a backward pass that never comes."
    ]


def evaluated(answer: Any, /, least: int, chance: float) -> list[str]:
    """Say what does not fit together in the report on two networks that classified the same images.

    Parameters
    ----------
    answer : callable
        Returns a dict with ``confusions`` (two K x K lists of counts), ``pairs`` (both right, only the first,
        only the second, neither), ``accuracies``, ``intervals`` (two pairs), ``difference``,
        ``difference_error`` and ``different``.
    least : int
        How many images there should be at least.
    chance : float
        The accuracy above which both intervals should lie.
    """
    report = answer()
    names = ("confusions", "pairs", "accuracies", "intervals", "difference", "difference_error", "different")
    if not hasattr(report, "keys") or set(names) - set(report):
        return [f"{name_of(answer)} should return a dict with the keys {', '.join(names)}."]
    try:
        return _unfitting(report, least, chance)
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        return [f"{name_of(answer)}: its numbers cannot be read ({error}); keep the form of the example."]


def _unfitting(report: Any, least: int, chance: float) -> list[str]:
    matrices = [[[int(count) for count in row] for row in matrix] for matrix in report["confusions"]]
    if len(matrices) != 2 or any(len(row) != len(matrix) for matrix in matrices for row in matrix):
        return ["confusions: two square matrices are expected."]
    both, first, second, neither = map(int, report["pairs"])
    count = both + first + second + neither
    if min(both, first, second, neither, *(n for matrix in matrices for row in matrix for n in row)) < 0:
        return ["a count is negative."]
    if any(sum(map(sum, matrix)) != count for matrix in matrices):
        return [
            "a confusion matrix and `pairs` count different numbers of images: their sums should be equal."
        ]
    if count < least:
        return [f"there are {count} images; at least {least} are expected."]
    if list(map(sum, matrices[0])) != list(map(sum, matrices[1])):
        return ["the rows of the two matrices have different sums, but the images' classes are the same."]
    right = [sum(matrix[k][k] for k in range(len(matrix))) for matrix in matrices]
    if right != [both + first, both + second]:
        return ["the diagonals of the matrices and `pairs` tell different numbers of right answers."]
    faults = []
    for name, hits, given, interval in zip(
        ("first", "second"), right, report["accuracies"], report["intervals"], strict=True
    ):
        p = hits / count
        reach = 1.96 * (p * (1 - p) / count) ** 0.5
        low, high = map(float, interval)
        if not _near(given, p):
            faults.append(f"accuracies: that of the {name} does not follow from its confusion matrix.")
        elif not (_near(low, p - reach) and _near(high, p + reach)):
            faults.append(f"intervals: that of the {name} is not its accuracy ± 1.96 standard errors.")
        elif low <= chance:
            faults.append(
                f"the {name} network is not better than {chance:g}: its interval starts at {low:.3f}."
            )
    difference = (first - second) / count
    error = (max(0.0, (first + second) / count - difference**2) / count) ** 0.5
    if not _near(report["difference"], difference):
        faults.append("difference: it is not the first accuracy minus the second.")
    if not _near(report["difference_error"], error):
        faults.append("difference_error: it does not follow from `pairs`; is it the paired one?")
    if bool(report["different"]) != (abs(difference) > 1.96 * error):
        faults.append("different: does the interval of the difference, ± 1.96 standard errors, hold 0?")
    if matrices[0] == matrices[1] and first + second == 0:
        faults.append("both networks give the same answers throughout: were they trained with two seeds?")
    return faults


def _near(given: Any, expected: float) -> bool:
    return abs(float(given) - expected) <= 1e-4
