"""Say in words what the leaderboard will say about a file."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

from cnnlib.challenge.inspection import inspect
from cnnlib.challenge.intervals import wilson
from cnnlib.challenge.rounding import rounded
from cnnlib.challenge.rules import BUDGETS, MAX_BYTES
from cnnlib.challenge.scoring import batch_problem, predict, public_half
from cnnlib.data import Loaders, cifar10, load

__all__ = ["Report", "validate"]

_ALONE = 200  # images that are also run one by one


@dataclass(frozen=True)
class Report:
    """What the leaderboard will say; ``print`` shows text, a notebook HTML.

    Attributes
    ----------
    file : str
        The file's name.
    bytes : int
        Its size.
    parameters : int
        The official count.
    operators : dict[str, int]
        How often each operator occurs.
    problems : list of str
        One sentence for each rule that the file breaks.
    boards : tuple of int
        The budgets that the model fits; none if there is a problem.
    accuracy : float or None
        Public accuracy, between 0 and 1, if it was measured.
    interval : tuple of float, or None
        Wilson's 95% interval around it.
    images : int
        How many images it was measured on.
    note : str or None
        Why it was not measured.
    """

    file: str
    bytes: int
    parameters: int
    operators: dict[str, int]
    problems: list[str]
    boards: tuple[int, ...] = ()
    accuracy: float | None = None
    interval: tuple[float, float] | None = None
    images: int = 0
    note: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the leaderboard takes the file and has a board for it."""
        return bool(self.boards)

    def __str__(self) -> str:
        problems = [f"  - {problem}" for problem in self.problems]
        return "\n".join([self._verdict(), *problems, *(f"{name}: {text}" for name, text in self._rows())])

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(problem)}</li>" for problem in self.problems)
        rows = "".join(
            f'<tr><th scope="row">{escape(name)}</th><td style="text-align:left">{escape(text)}</td></tr>'
            for name, text in self._rows()
        )
        problems = f"<ul>{items}</ul>" if items else ""
        return (
            f"<p><strong>{escape(self._verdict())}</strong></p>{problems}<table><tbody>{rows}</tbody></table>"
        )

    def _verdict(self) -> str:
        if self.problems:
            return f"The leaderboard will refuse {self.file}:"
        if not self.boards:
            over = self.parameters - BUDGETS[-1]
            return f"{self.file} keeps the rules but is {over:,} parameters too large for the largest board."
        return f"The leaderboard will take {self.file}."

    def _rows(self) -> list[tuple[str, str]]:
        rows = [("Official count", f"{self.parameters:,} parameters")]
        if self.boards:
            fits = ", ".join(f"{budget:,}" for budget in self.boards)
            rows.append(("Boards", f"{fits} ({self.boards[0] - self.parameters:,} to spare on the first)"))
        if self.accuracy is not None and self.interval is not None:
            low, high = self.interval
            rows.append(
                (
                    "Public accuracy",
                    f"{self.accuracy:.1%} (95% interval {low:.1%} to {high:.1%}) of {self.images:,} images, "
                    "weights rounded to bfloat16",
                )
            )
        if self.note:
            rows.append(("Public accuracy", self.note))
        used = ", ".join(f"{times} {name}" for name, times in self.operators.items())
        return [*rows, ("File", f"{self.bytes:,} of {MAX_BYTES:,} bytes"), ("Operators", used or "none")]


def validate(path: str | os.PathLike, *, loaders: Loaders | None = None) -> Report:
    """Say what the leaderboard will say about a file.

    Parameters
    ----------
    path : path
        What `export` wrote.
    loaders : Loaders, optional
        Whose test images the accuracy is measured on. By default CIFAR-10's, if they are on this machine;
        nothing is downloaded.

    Returns
    -------
    Report
        The accuracy is that of the public half of the test images, after rounding as the leaderboard does.

    Raises
    ------
    ImportError
        If onnx or onnxruntime is not installed.
    """
    path = Path(path)
    found = inspect(path)
    problems, accuracy, images, note = list(found.problems), None, 0, None
    if not problems:
        loaders = loaders or _cifar10_at_hand()
        if loaders is None:
            note = 'not measured: CIFAR-10 is not on this machine (cnnlib.load("cifar10") downloads it).'
        try:
            accuracy, images = _measure(path, loaders, problems)
        except ValueError as error:  # onnxruntime does not take it
            problems.append(str(error))
    boards = () if problems else tuple(budget for budget in BUDGETS if found.parameters <= budget)
    return Report(
        file=path.name,
        bytes=path.stat().st_size if path.is_file() else 0,
        parameters=found.parameters,
        operators=found.operators,
        problems=problems,
        boards=boards,
        accuracy=None if problems else accuracy,
        interval=None if problems or accuracy is None else wilson(round(accuracy * images), images),
        images=images,
        note=note,
    )


def _measure(path: Path, loaders: Loaders | None, problems: list[str]) -> tuple[float | None, int]:
    """Accuracy and number of images, of what is scored; without images only that it runs image by image."""
    with tempfile.TemporaryDirectory() as folder:
        scored = rounded(path, Path(folder) / "rounded.onnx")
        if loaders is None:
            images = np.random.default_rng(0).standard_normal((_ALONE, 3, 32, 32), dtype=np.float32)
        else:
            batches = list(loaders.test)
            images = np.concatenate([x.numpy() for x, _ in batches])
        problem = batch_problem(scored, images[:_ALONE])
        if problem is not None:
            problems.append(problem)
        if loaders is None or problem is not None:
            return None, 0
        half = public_half(len(images))
        truth = np.concatenate([y.numpy() for _, y in batches])[half]
        return float((predict(scored, images[half]) == truth).mean()), len(truth)


def _cifar10_at_hand() -> Loaders | None:
    folder = cifar10.folder()
    if not any((folder / name).is_file() for name in ("cifar10.npz", "cifar-10-python.tar.gz")):
        return None
    return load("cifar10")
