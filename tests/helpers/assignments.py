"""The assignments under solutions/, and the wrong and right answers kept for them under tests/."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import judged
import nbformat
import pytest

from autograder.releasing.tables import load_tests
from autograder.source import WRITTEN

REPOSITORY = Path(__file__).resolve().parents[2]
SLUGS = sorted(
    path.parent.name for path in REPOSITORY.glob("solutions/*/*.ipynb") if path.stem == path.parent.name
)


@dataclass(frozen=True)
class Answer:
    """A file that replaces one solution cell."""

    path: Path

    @property
    def cell(self) -> str:
        return self.path.parent.name

    @property
    def part(self) -> str:
        return part_of(self.cell)

    @property
    def name(self) -> str:
        return f"{self.cell}/{self.path.stem}"

    @property
    def diagnosis(self) -> str | None:
        """What the feedback must say about it, if its results tell the mistake: a line of its docstring."""
        found = re.search(r"^Feedback: (.*)$", self.path.read_text(encoding="utf-8"), re.M)
        return found and found[1]


def part_of(cell: str) -> str:
    """Part of a cell's id: "p3" of "p3-conv2d-hidden"."""
    return cell.partition("-")[0]


def answers(kind: str, slug: str) -> list[Answer]:
    return [Answer(path) for path in sorted((REPOSITORY / "tests" / kind / slug).glob("*/*.py"))]


def graded_answers(slug: str) -> list[Answer]:
    """The wrong answers that this run grades; see judged.py."""
    return [Answer(path) for path in judged.graded(slug)]


@cache
def source(slug: str) -> nbformat.NotebookNode:
    return nbformat.read(REPOSITORY / "solutions" / slug / f"{slug}.ipynb", as_version=4)


@cache
def module_of(slug: str) -> ModuleType:
    """The assignment's `tests.py`."""
    return load_tests(REPOSITORY / "solutions" / slug / "tests.py")


def cells(slug: str, kind: str) -> dict[str, nbformat.NotebookNode]:
    """The cells of a kind ("solution" or "grade", by nbgrader), by id, but for the answer in words."""
    return {
        cell.id: cell
        for cell in source(slug).cells
        if cell.metadata.get("nbgrader", {}).get(kind) and cell.id != WRITTEN
    }


def points(slug: str) -> dict[str, int]:
    return {name: cell.metadata.nbgrader.points for name, cell in cells(slug, "grade").items()}


def points_of_parts(slug: str) -> Counter:
    total: Counter = Counter()
    for cell, value in points(slug).items():
        total[part_of(cell)] += value
    return total


def deal_mutants(slug: str) -> dict[str, list[Answer]]:
    """Deal the wrong answers to submissions, at most one for each part.

    Each part is left right once, all others wrong; where no answer to one waits, its first one serves again.
    """
    waiting = defaultdict(list)
    for answer in graded_answers(slug):
        waiting[answer.part].append(answer)
    parts = sorted(waiting)
    first = {part: waiting[part][0] for part in parts}
    submissions: dict[str, list[Answer]] = {}
    while any(waiting.values()) or len(submissions) < len(parts):
        number = len(submissions)
        right = parts[number] if number < len(parts) else None
        broken = [part for part in parts if part != right and (right or waiting[part])]
        submissions[f"wrong-{number}"] = [waiting[p].pop(0) if waiting[p] else first[p] for p in broken]
    return submissions


def deal_variants(slug: str) -> dict[str, list[Answer]]:
    """Deal the right answers to submissions: at most one for each cell."""
    by_cell = defaultdict(list)
    for answer in answers("variants", slug):
        by_cell[answer.cell].append(answer)
    rounds = max(map(len, by_cell.values()), default=0)
    return {
        f"variant-{index}": [found[index] for found in by_cell.values() if index < len(found)]
        for index in range(rounds)
    }


EVERY_ASSIGNMENT = pytest.mark.parametrize("slug", SLUGS)
