"""Finds out which cell of a submission is which cell of the assignment.

The surest sign first: nbgrader's grade id, the cell's id, the same text, the names it defines, similar words,
its place between cells that are known. Students' code is only searched with regular expressions: Python's
parser can be brought down by nesting.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.answer_key import Key

DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.M)
ASSIGNMENT = re.compile(r"^([A-Za-z_][\w ,]{0,200})(?::[^=\n]{1,200})?=(?!=)", re.M)
LONGEST = 500_000  # characters in which names are looked for: somebody may put all code into one cell
COMPARED_TEXT = 20_000  # characters of a text whose words are compared; no answer is half as long
COMPARED = 200  # cells that are compared word by word
SIMILAR = 0.75  # of the words, for a course cell whose text was changed
RELATED = 0.4  # of the words, for an answer that renamed what it should define


@dataclass(frozen=True)
class CourseCell:
    """One cell of the assignment."""

    place: int
    name: str
    cell: NotebookNode  # as the instructor wrote it
    handed_out: str  # its text as students got it
    solution: bool
    editable: bool  # neither an answer nor locked: what a student writes there runs
    names: frozenset[str]  # that an answer is expected to define

    @property
    def kind(self) -> str:
        return self.cell.cell_type

    @property
    def test(self) -> bool:
        return not self.solution and bool(self.cell.metadata.get("nbgrader", {}).get("grade"))


@dataclass
class Matching:
    """Which of the student's cells is which of the course's; cells are meant by their place in either."""

    course: list[CourseCell]
    cells: list[NotebookNode]
    taken: dict[int, int] = field(default_factory=dict)  # course's place → student's place
    copies: set[int] = field(default_factory=set)  # the student's copies of course cells, not to be run
    elsewhere: dict[int, int] = field(default_factory=dict)  # answers that stand in another cell
    repeated: dict[int, tuple[int, str]] = field(default_factory=dict)  # answers: how often, which counts
    unlabeled: set[int] = field(default_factory=set)  # matched by content, not by a label

    def free(self) -> list[int]:
        """The places of the student's cells that are nothing yet."""
        used = self.copies | set(self.taken.values())
        return [place for place in range(len(self.cells)) if place not in used]

    def missing(self, solution: bool) -> list[CourseCell]:
        """The answers, or the other cells, that were not found yet."""
        return [
            item
            for item in self.course
            if item.solution == solution and item.place not in self.taken and item.place not in self.elsewhere
        ]

    def take(self, item: CourseCell, place: int) -> None:
        """Match by content, also what was pasted over another cell of the course, which is then missing."""
        for other in [p for p, taken in self.taken.items() if taken == place]:
            del self.taken[other]
        self.copies.discard(place)
        self.taken[item.place] = place
        self.unlabeled.add(item.place)

    def in_order(self) -> bool:
        """Whether what is matched so far stands in the assignment's order, merged cells aside."""
        merged = set(self.elsewhere.values())
        order = [self.taken[place] for place in sorted(self.taken) if self.taken[place] not in merged]
        return order == sorted(order)

    def gap(self, item: CourseCell) -> tuple[int, int]:
        """Between which of the student's cells `item` should stand."""
        before = [place for place in self.taken if place < item.place]
        behind = [place for place in self.taken if place > item.place]
        return (
            self.taken[max(before)] if before else -1,
            self.taken[min(behind)] if behind else len(self.cells),
        )


def course_cells(key: Key) -> list[CourseCell]:
    """Return the assignment's cells in order."""
    released = {grade_id(cell) or cell.get("id"): cell.source for cell in key.release.cells}
    found = []
    for place, cell in enumerate(key.source.cells):
        nbgrader = cell.metadata.get("nbgrader") or {}
        solution = bool(nbgrader.get("solution"))
        name = grade_id(cell) or cell.get("id")
        # An answer that is missing in the release has no stub; the solution must not take its place.
        handed_out = released.get(name, "" if solution or nbgrader.get("grade") else cell.source)
        names = defined(handed_out) if solution and cell.cell_type == "code" else frozenset()
        editable = not nbgrader and cell.cell_type == "code"
        found.append(CourseCell(place, name, cell, handed_out, solution, editable, names))
    return found


def match(course: list[CourseCell], cells: list[NotebookNode]) -> Matching:
    """Match a submission's cells, in the plain form of `notebook_file.plain_cells`, with the assignment's."""
    matching = Matching(course, cells)
    by_label(matching, grade_id)
    if matching.free() or matching.missing(solution=True):
        by_label(matching, lambda cell: cell.get("id"))
        by_text(matching)
        by_definition(matching)
        by_words(matching)
        by_place(matching)
    return matching


def resemblance(release: NotebookNode, cells: Iterable[NotebookNode]) -> float:
    """Return which part of the release's cells (0 to 1) is found in a notebook, by label or by text."""
    labels = {grade_id(cell) or cell.get("id") for cell in release.cells}
    texts = {squeezed(cell.source) for cell in release.cells}
    found = {label for cell in cells for label in (grade_id(cell), cell.get("id")) if label in labels}
    same = texts & {squeezed(cell.source) for cell in cells}
    return max(len(found), len(same)) / max(1, len(release.cells))


def count_own(release: NotebookNode, cells: Iterable[NotebookNode]) -> int:
    """Return how many cells have a text that was not handed out: none in a notebook that nobody worked on."""
    given = {squeezed(cell.source) for cell in release.cells} | {""}
    return sum(squeezed(cell.source) not in given for cell in cells)


def by_label(matching: Matching, label: Callable[[NotebookNode], str | None]) -> None:
    """Match by grade id or by id; of repeated answers the last counts that has something in it."""
    groups = defaultdict(list)
    for place in matching.free():
        groups[label(matching.cells[place])].append(place)
    for item in matching.course:
        found = groups.get(label(item.cell), []) if label(item.cell) else []
        if not found or item.place in matching.taken:
            continue
        if not item.solution:
            matching.taken[item.place] = found[0]
            matching.copies.update(found[1:])
            continue
        changed = [place for place in found if not same(matching.cells[place].source, item.handed_out)]
        naming = [place for place in changed if item.names & defined(matching.cells[place].source)]
        chosen = (naming or changed or found)[-1]
        matching.taken[item.place] = chosen
        # The others stay free: halves of a split cell carry the same label, and all of them run.
        if len(found) > 1:
            which = "only" if len(changed) == 1 else "last"
            which = "the last one" if chosen == found[-1] else f"the {which} one with an answer"
            matching.repeated[item.place] = (len(found), which)


def by_text(matching: Matching) -> None:
    """Match cells that have lost their labels but not their text; further copies are left out."""
    places = defaultdict(list)
    for item in matching.course:
        if text := squeezed(item.handed_out):
            places[text].append(item.place)
    for place in matching.free():
        same_text = places.get(squeezed(matching.cells[place].source), [])
        waiting = [p for p in same_text if p not in matching.taken]
        if waiting:
            matching.take(matching.course[waiting[0]], place)
        elif same_text:
            matching.copies.add(place)


def by_definition(matching: Matching) -> None:
    """Find missing answers by the names that they define, in free cells or pasted into a course cell."""
    missing = [item for item in matching.missing(solution=True) if item.names]
    if not missing:
        return
    handed_out = {squeezed(item.handed_out) for item in matching.course}
    definitions = {
        place: defined(cell.source)
        for place, cell in enumerate(matching.cells)
        if squeezed(cell.source) not in handed_out
    }
    for item in missing:
        naming = [place for place, names in definitions.items() if item.names & names]
        free = set(matching.free()).intersection(naming)
        candidates = sorted(p for p in free if matching.cells[p].cell_type == "code") or sorted(free)
        first, last = matching.gap(item)
        inside = [p for p in candidates if first < p < last]
        answers = {index: place for place, index in matching.taken.items() if matching.course[place].solution}
        answered = [p for p in naming if p in answers]
        if inside or (not answered and any(p > first for p in candidates)):
            matching.take(item, (inside or candidates)[-1])
        elif answered:
            holder = answers[answered[-1]]
            if holder > item.place:
                # The tests of the first answer in a merged cell come before those of the others.
                matching.elsewhere[holder] = matching.taken.pop(holder)
                matching.taken[item.place] = answered[-1]
            else:
                matching.elsewhere[item.place] = answered[-1]
        elif candidates and matching.in_order():
            # Where it stands, earlier than its place, others may need it: it stays, and no stub undoes it.
            matching.elsewhere[item.place] = candidates[-1]
        elif candidates or naming:
            matching.take(item, (candidates or naming)[-1])


def by_words(matching: Matching) -> None:
    """Match course cells that lost their labels and whose text was changed."""
    free = [place for place in matching.free() if len(matching.cells[place].source) > 40][:COMPARED]
    bags = {place: words(matching.cells[place].source) for place in free}
    for item in matching.missing(solution=False) if free else []:
        bag = words(item.handed_out)
        fitting = [place for place in free if kind_fits(matching, item, place)]
        close = [(similarity(bag, bags[place], SIMILAR), -place) for place in fitting]
        if close and max(close)[0] >= SIMILAR:
            place = -max(close)[1]
            matching.take(item, place)
            free.remove(place)


def by_place(matching: Matching) -> None:
    """Take the last free cell between the right neighbors for a missing answer that nothing else tells."""
    bags: dict[int, Counter] = {}
    for item in matching.missing(solution=True):
        first, last = matching.gap(item)
        inside = [p for p in matching.free() if first < p < last and kind_fits(matching, item, p)]
        inside = [p for p in inside[-COMPARED:] if matching.cells[p].source.strip()]
        if item.names:
            # A cell that only tries something out is no answer.
            bags |= {p: words(matching.cells[p].source) for p in inside if p not in bags}
            bag = words(item.handed_out)
            inside = [p for p in inside if similarity(bag, bags[p], RELATED) >= RELATED]
        elif not matching.taken:
            inside = []  # nothing of the assignment is there, so a place tells nothing
        if inside:
            matching.take(item, inside[-1])


def kind_fits(matching: Matching, item: CourseCell, place: int) -> bool:
    """Return whether both cells are code, or neither is."""
    return (matching.cells[place].cell_type == "code") == (item.kind == "code")


def grade_id(cell: NotebookNode) -> str | None:
    """Return nbgrader's name of the cell."""
    return (cell.metadata.get("nbgrader") or {}).get("grade_id")


def defined(code: str) -> frozenset[str]:
    """Return the names that code defines or assigns at the margin."""
    code = code[:LONGEST]
    assigned = (name for found in ASSIGNMENT.findall(code) for name in re.findall(r"\w+", found))
    return frozenset(DEFINITION.findall(code)) | frozenset(assigned)


def squeezed(text: str) -> str:
    """Return the text without white space."""
    return "".join(text.split())


def same(text: str, other: str) -> bool:
    """Return whether two texts differ in white space only; an empty text is like any other stub."""
    return text == other or squeezed(text) in ("", squeezed(other))


def words(text: str) -> Counter:
    """Count the words of a text."""
    return Counter(re.findall(r"\w+", text[:COMPARED_TEXT]))


def similarity(first: Counter, second: Counter, least: float) -> float:
    """Return the part of the words (0 to 1) that two texts have in common; 0 if it cannot reach `least`."""
    sizes = first.total(), second.total()
    if 2 * min(sizes) < least * sum(sizes) or not min(sizes):
        return 0.0
    return 2 * (first & second).total() / sum(sizes)
