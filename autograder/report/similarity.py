"""How much of the students' own code two submissions share.

copydetect reads code as tokens of Pygments, without comments, layout and names, and takes its fingerprints.
What students were given, and what many of them have in common, counts for nobody.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
from copydetect import CodeFingerprint, compare_files
from copydetect.utils import get_document_fingerprints, get_token_coverage

from autograder.files import ROOT
from autograder.pages.feedback import name_of
from autograder.results.folder import Results
from autograder.source import is_test, metadata

SHORTEST = 25  # characters without names and layout; what is shared in fewer says nothing
LEAST = 80  # characters that are somebody's own; who has fewer is compared with nobody
COMMON = (10, 0.25)  # what so many students, and such a share of the class, have in common is left out
CANDIDATES = 3  # so many times as many pairs as are asked for are compared in full
MOST = 20_000  # characters of a cell that are read


@dataclass(frozen=True)
class Answer:
    """A cell that a student wrote."""

    name: str
    lines: list[str]


@dataclass(frozen=True)
class Pair:
    """Two students, and how much of their own code they share."""

    names: tuple[str, str]
    similarity: float  # the shared part of both together, from 0 to 1
    shares: tuple[float, float]  # the part of the first that the second has, too, and the reverse
    marked: tuple[frozenset[int], frozenset[int]]  # the lines that are shared, over all cells


@dataclass(frozen=True)
class Comparison:
    """A class, compared."""

    students: list[str]  # who was compared
    short: list[str]  # who has too little code of their own
    pairs: list[Pair]  # the most similar first
    answers: dict[str, list[Answer]]  # of the students in `pairs`


def compare(results: Results, source: Path, assignment: str, most: int, threshold: float) -> Comparison:
    """Compare all graded notebooks of an assignment with one another.

    Parameters
    ----------
    results : Results
    source : Path
        The folder of all assignments with solutions.
    assignment : str
    most : int
        How many pairs are kept.
    threshold : float
        What is less similar is left out, from 0 to 1.
    """
    graded = [each for each in results.graded_records(assignment) if each.status == "graded"]
    given = handed_out(source, assignment)
    paths = {each.student: results.notebook_path(each.student, assignment) for each in graded}
    read, own = {}, {}
    for student, path in paths.items():
        read[student] = fingerprint(text_of(read_answers(path)))
        own[student] = np.setdiff1d(numbers(read[student]), given, assume_unique=True)
        rest(read[student])
    common = in_common(own.values())
    short = []
    for student in paths:
        own[student] = np.setdiff1d(own[student], common, assume_unique=True)
        if len(own[student]) < LEAST:
            short.append(student)
            del own[student]
    left_out = set(np.union1d(given, common).tolist())
    pairs, ready = [], set()
    for first, second in sorted(closest(own, CANDIDATES * most)):
        for name in ready - {first, second}:
            rest(read[name])
        for name in {first, second} - ready:
            wake(read[name], left_out)
        ready = {first, second}
        pairs.append(pair((first, second), read[first], read[second]))
    pairs = [each for each in pairs if each.similarity >= threshold]
    pairs.sort(key=lambda each: (-each.similarity, each.names))
    del pairs[most:]
    shown = dict.fromkeys(name for each in pairs for name in each.names)
    answers = {name: read_answers(paths[name]) for name in shown}
    return Comparison(sorted(own), sorted(short), pairs, answers)


def read_answers(path: Path) -> list[Answer]:
    """Return the cells of a graded notebook that its student wrote in Python."""
    cells = nbformat.read(path, as_version=4).cells
    return [
        Answer(name_of(cell), cell.source[:MOST].split("\n"))
        for cell in cells
        if cell.cell_type == "code" and metadata(cell).get("solution")
    ]


def text_of(answers: list[Answer]) -> str:
    """Return a student's cells as one text."""
    return "\n".join("\n".join(answer.lines) for answer in answers)


def handed_out(source: Path, assignment: str) -> np.ndarray:
    """Return the fingerprints of what everybody was given: the release, the chapters and the package."""
    notebooks = [ROOT / "exercises" / assignment / f"{assignment}.ipynb", *sorted(ROOT.glob("book/*.ipynb"))]
    texts = [
        cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        for path in notebooks
        if path.is_file()
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    texts += [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("cnnlib/**/*.py"))]
    texts.append(stub(source, assignment))
    return np.unique(np.concatenate([numbers(fingerprint(text)) for text in texts]))


def stub(source: Path, assignment: str) -> str:
    """Return what an assignment hands out besides solutions, whether or not it was released here."""
    texts = []
    for cell in nbformat.read(source / assignment / f"{assignment}.ipynb", as_version=4).cells:
        if cell.cell_type == "code" and not is_test(cell):
            before, _, rest = cell.source.partition("### BEGIN SOLUTION")
            texts += [before, rest.partition("### END SOLUTION")[2]]
    return "\n".join(texts)


def fingerprint(text: str) -> CodeFingerprint:
    """Take all fingerprints of some Python.

    Of a sample, which one is taken would depend on Python's random hashes.
    """
    return CodeFingerprint("answers.py", SHORTEST, 1, fp=io.StringIO(text))


def numbers(found: CodeFingerprint) -> np.ndarray:
    """Return fingerprints as numbers in ascending order: a fortieth of what copydetect's sets take."""
    return np.array(sorted(found.hashes), dtype=np.int64)


def rest(found: CodeFingerprint) -> None:
    """Forget what takes most of the memory, and little time to find again: a class would not fit."""
    found.hashes, found.hash_idx = set(), {}


def wake(found: CodeFingerprint, left_out: set[int]) -> None:
    """Find the fingerprints again, without those that are left out.

    Of what is left out copydetect itself takes away only the first of several equal ones.
    """
    _, where = get_document_fingerprints(found.filtered_code, SHORTEST, 1)
    found.hash_idx = {int(each): places for each, places in where.items() if int(each) not in left_out}
    found.hashes = set(found.hash_idx)
    found.token_coverage = get_token_coverage(found.hash_idx, SHORTEST, len(found.filtered_code))


def in_common(own: Iterable[np.ndarray]) -> np.ndarray:
    """Return the fingerprints that are too frequent to say anything."""
    owned = list(own)
    values, counts = np.unique(np.concatenate([*owned, np.empty(0, np.int64)]), return_counts=True)
    return values[counts > max(COMMON[0], COMMON[1] * len(owned))]


def closest(own: dict[str, np.ndarray], most: int) -> list[tuple[str, str]]:
    """Return the pairs that share most fingerprints, for their size."""
    names = sorted(own)
    sizes = np.array([len(own[name]) for name in names])
    everything = np.concatenate([*(own[name] for name in names), np.empty(0, np.int64)])
    owner = np.repeat(np.arange(len(names)), sizes)
    order = np.argsort(everything, kind="stable")
    values, starts = np.unique(everything[order], return_index=True)
    owner, ends = owner[order], np.append(starts[1:], len(everything))
    found: list[tuple[float, int, int]] = []
    for i, name in enumerate(names):
        at = np.searchsorted(values, own[name])
        lengths = ends[at] - starts[at]
        # The owners of each of this student's fingerprints, one range after the other.
        steps = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        shared = np.bincount(owner[np.repeat(starts[at], lengths) + steps], minlength=len(names))
        alike = 2 * shared / (sizes + sizes[i])
        found += [(-float(alike[j]), i, int(j)) for j in np.flatnonzero(shared) if j > i]
        found = sorted(found)[:most]
    return [(names[i], names[j]) for _, i, j in found]


def pair(names: tuple[str, str], first: CodeFingerprint, second: CodeFingerprint) -> Pair:
    """Compare two submissions in full."""
    _, shares, (slices_1, slices_2) = compare_files(first, second)
    covered = first.token_coverage, second.token_coverage
    shared = sum(share * own for share, own in zip(shares, covered, strict=True))
    # What lies between two fingerprints counts in the numerator only.
    similarity = min(float(shared / max(sum(covered), 1)), 1.0)
    marked = (lines_in(first.raw_code, slices_1), lines_in(second.raw_code, slices_2))
    return Pair(names, similarity, (min(float(shares[0]), 1.0), min(float(shares[1]), 1.0)), marked)


def lines_in(text: str, slices: np.ndarray) -> frozenset[int]:
    """Return the lines of which at least half lies in slices, whose ends are off by some characters."""
    inside = np.zeros(len(text) + 1, dtype=bool)
    if slices.size:
        for start, end in slices.T.astype(int):
            inside[start:end] = True
    marked, at = set(), 0
    for number, line in enumerate(text.split("\n")):
        written = [inside[at + place] for place, letter in enumerate(line) if not letter.isspace()]
        if written and 2 * sum(written) >= len(written):
            marked.add(number)
        at += len(line) + 1
    return frozenset(marked)


def by_task(comparison: Comparison, found: Pair) -> list[tuple[str, list[list[tuple[str, bool]]]]]:
    """Return the tasks in which two students share something: both texts as lines, each marked or not."""
    sides = []
    for name, marked in zip(found.names, found.marked, strict=True):
        number, cells = 0, {}
        for answer in comparison.answers[name]:
            cells[answer.name] = [(line, number + place in marked) for place, line in enumerate(answer.lines)]
            number += len(answer.lines)
        sides.append(cells)
    tasks = dict.fromkeys([*sides[0], *sides[1]])
    rows = [(task, [side.get(task, []) for side in sides]) for task in tasks]
    return [(task, both) for task, both in rows if any(mark for side in both for _, mark in side)]


def most_often(pairs: list[Pair]) -> list[tuple[str, int]]:
    """Return who is in more than one of the pairs, with the number of them."""
    counts = Counter(name for each in pairs for name in each.names)
    return [(name, count) for name, count in sorted(counts.items(), key=lambda c: (-c[1], c[0])) if count > 1]
