"""Finds the cells of an exercise in a student's notebook, says what is damaged, and repairs it.

Cells are plain dicts, as JSON has them: a damaged notebook may be none that nbformat reads.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Cell = dict[str, Any]

SETUP, LAST = "setup-cnnlib", "hand-in"  # the names of the first and the last code cell
MARKS = ("grade", "solution", "locked", "points")  # of nbgrader's metadata, what grading goes by
DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.M)


@dataclass
class Pairing:
    """Which of the student's cells is which of the exercise's; cells are meant by their place in either."""

    given: list[Cell]
    cells: list[Cell]
    taken: dict[int, int] = field(default_factory=dict)  # place in the exercise → place in the notebook
    copies: dict[int, int] = field(default_factory=dict)  # place in the notebook → place in the exercise

    def named(self, places: list[int]) -> list[str]:
        """Return the names of the exercise's cells at these places."""
        return [name(self.given[place]) for place in places]

    def missing(self) -> list[str]:
        """Return the names of the cells that the notebook lacks."""
        return self.named([place for place in range(len(self.given)) if place not in self.taken])

    def repeated(self) -> list[str]:
        """Return the names of the cells that occur more than once."""
        return self.named(sorted(set(self.copies.values())))

    def unmarked(self) -> list[str]:
        """Return the names of the cells by whose metadata the grader would not know them."""
        return self.named(
            [p for p, found in self.taken.items() if marks(self.given[p]) != marks(self.cells[found])]
        )

    def changed(self) -> list[str]:
        """Return the names of the cells that students do not write but whose text is not the exercise's."""
        return self.named(
            [p for p, found in self.taken.items() if fixed(self.given[p]) and not self._intact(p, found)]
        )

    def unanswered(self) -> list[str]:
        """Return the names of the answers that are as handed out, empty or missing."""
        answers = [place for place, cell in enumerate(self.given) if is_answer(cell)]
        return self.named([p for p in answers if p not in self.taken or not self._written(p, self.taken[p])])

    def in_order(self) -> bool:
        """Return whether the cells stand in the exercise's order."""
        order = [self.taken[place] for place in sorted(self.taken)]
        return order == sorted(order)

    def own_code(self) -> list[str]:
        """Return the code of the answers and of the student's own cells."""
        fixed_ones = {found for place, found in self.taken.items() if fixed(self.given[place])}
        return [
            text(cell)
            for place, cell in enumerate(self.cells)
            if cell.get("cell_type") == "code" and place not in fixed_ones
        ]

    def _intact(self, place: int, found: int) -> bool:
        there, handed_out = squeezed(text(self.cells[found])), squeezed(text(self.given[place]))
        # Where the repository's address is known, the release puts more in front of the set-up cell.
        return there.endswith(handed_out) if name(self.given[place]) == SETUP else there == handed_out

    def _written(self, place: int, found: int) -> bool:
        return squeezed(text(self.cells[found])) not in ("", squeezed(text(self.given[place])))


def pair(given: list[Cell], cells: list[Cell]) -> Pairing:
    """Find an exercise's cells in a notebook: by grade id, by id, by text, by what an answer defines."""
    pairing = Pairing(given, cells)
    for label in (grade_id, lambda cell: cell.get("id"), colab_id, lambda cell: squeezed(text(cell))):
        _match(pairing, label)
    for place, cell in enumerate(given):
        names = set(DEFINITION.findall(text(cell))) if is_answer(cell) and place not in pairing.taken else ()
        found = [p for p in _free(pairing) if names and names & set(DEFINITION.findall(text(cells[p])))]
        if found:
            pairing.taken[place] = found[-1]
    return pairing


def _free(pairing: Pairing) -> list[int]:
    used = set(pairing.taken.values()) | set(pairing.copies)
    return [place for place in range(len(pairing.cells)) if place not in used]


def _match(pairing: Pairing, label: Callable[[Cell], str | None]) -> None:
    groups = defaultdict(list)
    for place in _free(pairing):
        if found := label(pairing.cells[place]):
            groups[found].append(place)
    for place, cell in enumerate(pairing.given):
        # What the exercise's cell is called in Colab is its id.
        known_as = cell.get("id") if label is colab_id else label(cell)
        found = groups.pop(known_as, []) if place not in pairing.taken else []
        if not found:
            continue
        written = [p for p in found if pairing._written(place, p)] if is_answer(cell) else []
        chosen = written[-1] if written else found[0]
        pairing.taken[place] = chosen
        pairing.copies.update({p: place for p in found if p != chosen})


def repair(notebook: dict[str, Any], pairing: Pairing) -> dict[str, Any]:
    """Return a notebook with all cells of the exercise in order, and the student's answers and own cells.

    Own cells stay behind the cell of the exercise that they followed; of a repeated answer the other versions
    become own cells.
    """
    places = {found: place for place, found in pairing.taken.items()}
    own, anchor = defaultdict(list), -1
    for index, cell in enumerate(pairing.cells):
        if index in places:
            anchor = places[index]
            continue
        place = pairing.copies.get(index)
        if place is None or (is_answer(pairing.given[place]) and pairing._written(place, index)):
            own[anchor].append(cell)
    ids = {cell["id"] for cell in pairing.given}
    built = [_own_cell(cell, ids) for cell in own[-1]]
    for place in range(len(pairing.given)):
        built.append(_course_cell(pairing, place))
        built += [_own_cell(cell, ids) for cell in own[place]]
    metadata = notebook.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    return {"cells": built, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _course_cell(pairing: Pairing, place: int) -> Cell:
    cell = copy.deepcopy(pairing.given[place])
    index = pairing.taken.get(place)
    found = pairing.cells[index] if index is not None else {}
    kept = not fixed(cell) if name(cell) != SETUP else found and pairing._intact(place, index)
    if kept and text(found).strip():
        cell["source"] = text(found)
    if cell["cell_type"] != "code":
        return cell | ({"attachments": found["attachments"]} if found.get("attachments") else {})
    kept = found if found.get("cell_type") == "code" and isinstance(found.get("outputs"), list) else {}
    return cell | {
        "outputs": kept.get("outputs", []),
        "execution_count": kept.get("execution_count"),
    }


def _own_cell(cell: Cell, ids: set[str]) -> Cell:
    number = next(n for n in range(1, len(ids) + 2) if f"own-{n}" not in ids)
    ids.add(f"own-{number}")
    kind = cell.get("cell_type") if cell.get("cell_type") in ("code", "raw") else "markdown"
    metadata = {key: value for key, value in _metadata(cell).items() if key != "nbgrader"}
    metadata = {k: v for k, v in metadata.items() if k not in ("deletable", "editable")}
    made = {"cell_type": kind, "id": f"own-{number}", "metadata": metadata, "source": text(cell)}
    if kind == "code":
        return made | {"outputs": [], "execution_count": None}
    return made | ({"attachments": cell["attachments"]} if cell.get("attachments") else {})


def name(cell: Cell) -> str:
    """Return what messages call a cell of the exercise."""
    return grade_id(cell) or cell["id"]


def grade_id(cell: Cell) -> str | None:
    """Return nbgrader's name of a cell."""
    found = _nbgrader(cell).get("grade_id")
    return found if isinstance(found, str) else None


def colab_id(cell: Cell) -> str | None:
    """Return the id that Colab keeps in a cell's metadata."""
    found = _metadata(cell).get("id")
    return found if isinstance(found, str) else None


def text(cell: Cell) -> str:
    """Return a cell's text, which JSON may hold as a list of lines."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def squeezed(source: str) -> str:
    """Return a text without white space."""
    return "".join(source.split())


def is_answer(cell: Cell) -> bool:
    """Return whether students write this cell of the exercise, by its metadata."""
    return bool(_nbgrader(cell).get("solution"))


def is_test(cell: Cell) -> bool:
    """Return whether this cell tests an answer."""
    return bool(_nbgrader(cell).get("grade")) and not is_answer(cell)


def fixed(cell: Cell) -> bool:
    """Return whether this cell of the exercise must stay as it is."""
    return bool(_nbgrader(cell).get("locked")) or is_test(cell)


def marks(cell: Cell) -> tuple[Any, ...]:
    """Return by what the grader knows a cell and what it does with it; all else may differ."""
    nbgrader = _nbgrader(cell)
    return (cell.get("cell_type"), grade_id(cell), *(nbgrader.get(mark) for mark in MARKS))


def _metadata(cell: Cell) -> dict[str, Any]:
    found = cell.get("metadata")
    return found if isinstance(found, dict) else {}


def _nbgrader(cell: Cell) -> dict[str, Any]:
    found = _metadata(cell).get("nbgrader")
    return found if isinstance(found, dict) else {}
