"""Rebuilds the assignment's notebook around a student's answers, however damaged the submission is."""

import copy
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.handin.matching import CourseCell, Matching, course_cells, match, same
from autograder.handin.reading import LARGEST, UnreadableError, plain_cells
from autograder.key import Key

ELSEWHERE = "# This answer stands in another cell of the submission."
MOST_NOTES = 10
NAMED = 5  # cells that a note lists by name


@dataclass(frozen=True)
class Rebuilt:
    """The notebook to grade, and what was repaired in it, one sentence each."""

    notebook: NotebookNode
    notes: list[str]


def rebuild(submission: NotebookNode, key: Key) -> Rebuilt:
    """Put a student's answers and own cells into the instructor's notebook.

    Every cell of the result says in `metadata.autograder` where its text is from: "course" (the answer key;
    what the student changed there is lost), "student" (with `index`, the cell in the submission), or
    "handed out" (an answer that the submission lacks).

    Parameters
    ----------
    submission : NotebookNode
        What `reading.read_submission` returns; any other content is taken as far as it is usable.
    key : Key

    Returns
    -------
    Rebuilt
        A notebook of nbformat 4.5 with the key's cells in the key's order, hidden tests included, without
        outputs. The student's own cells stand behind the cells that they followed, without nbgrader's
        metadata and with the ids `extra-1`, `extra-2`, …

    Raises
    ------
    UnreadableError
        If there is no list of cells, or too much in it.
    """
    if not isinstance(submission, Mapping):
        raise UnreadableError("the submission is not a notebook")
    cells, odd = plain_cells(submission)
    if sum(len(cell.source) for cell in cells) > LARGEST:
        raise UnreadableError(f"the notebook holds more than {LARGEST // 1_000_000} MB of text")
    course = course_cells(key)
    matching = match(course, cells)
    extras = own_cells(matching)
    ids = {item.cell.get("id") for item in course}
    built, number = [], 0
    for place in range(-1, len(course)):
        if place >= 0:
            built.append(course_cell(course[place], matching))
        for index in extras[place]:
            number += 1
            while f"extra-{number}" in ids:
                number += 1
            built.append(extra_cell(cells[index], index, f"extra-{number}"))
    notebook = NotebookNode(
        cells=built, metadata=copy.deepcopy(key.source.metadata), nbformat=4, nbformat_minor=5
    )
    notes = [f"{odd} entries of the notebook are not cells and were left out."] if odd else []
    return Rebuilt(notebook, shortened(notes + explain(matching)))


def own_cells(matching: Matching) -> dict[int, list[int]]:
    """List the student's own cells by the place of the course cell that each follows (-1: before all)."""
    places = {index: place for place, index in matching.taken.items()}
    own, anchor = defaultdict(list), -1
    for index, cell in enumerate(matching.cells):
        if index in places:
            anchor = places[index]
        elif index not in matching.copies and cell.source.strip():
            own[anchor].append(index)
    return own


def course_cell(item: CourseCell, matching: Matching) -> NotebookNode:
    """Return a cell of the assignment with the text that counts."""
    cell = copy.deepcopy(item.cell)
    index = matching.taken.get(item.place)
    student = matching.cells[index] if index is not None else None
    origin = NotebookNode({"from": "course"})
    if item.solution and student is not None:
        cell.source = fenceless(student) if item.kind == "code" else student.source
        origin = NotebookNode({"from": "student", "index": index})
        if item.kind == "markdown" and "attachments" in student:
            cell.attachments = student.attachments
    elif item.solution and item.place in matching.elsewhere:
        cell.source = ELSEWHERE
        origin = NotebookNode({"from": "student", "index": matching.elsewhere[item.place]})
    elif item.solution:
        cell.source = item.handed_out
        origin = NotebookNode({"from": "handed out"})
    elif item.editable and student is not None and not same(student.source, item.handed_out):
        cell.source = fenceless(student)
        origin = NotebookNode({"from": "student", "index": index})
    cell.metadata.autograder = origin
    if cell.cell_type == "code":
        cell.update(outputs=[], execution_count=None)
    return cell


def extra_cell(cell: NotebookNode, index: int, name: str) -> NotebookNode:
    """Return a cell of the student's own."""
    made = NotebookNode(cell, id=name, metadata=NotebookNode())
    made.metadata.autograder = NotebookNode({"from": "student", "index": index})
    return made


def fenceless(cell: NotebookNode) -> str:
    """Return the code in a cell; in one that was turned into text it may stand between fences."""
    lines = cell.source.strip().split("\n")
    if cell.cell_type != "code" and len(lines) > 1 and lines[0].startswith("```") and lines[-1] == "```":
        return "\n".join(lines[1:-1])
    return cell.source


def explain(matching: Matching) -> list[str]:
    """Say what was repaired, most important first."""
    course, cells, taken = matching.course, matching.cells, matching.taken
    if not taken and not matching.elsewhere:
        return ["Nothing of this assignment was found in the notebook; it may belong to another one."]
    notes = []
    if lost := [item.name for item in matching.missing(solution=True)]:
        notes.append(f"Missing, so not answered: {listed(lost, 'answer')}.")
    for place, index in matching.elsewhere.items():
        holder = [course[p].name for p, i in taken.items() if i == index]
        where = f"in one cell with {holder[0]}" if holder else f"in cell number {index + 1} of the notebook"
        notes.append(f"The answer {course[place].name} stands {where} and counts there.")
    for place, (many, which) in matching.repeated.items():
        notes.append(f"Cell {course[place].name} occurs {many} times; {which} counts.")
    found = [(item, cells[taken[item.place]]) for item in course if item.place in taken]
    retyped = [item.name for item, cell in found if item.solution and item.kind == "code" != cell.cell_type]
    if retyped:
        notes.append(f"Not in a code cell, but counted as code: {listed(retyped, 'answer')}.")
    if matching.unlabeled:
        names = [course[place].name for place in sorted(matching.unlabeled)]
        notes.append(f"Without nbgrader's marks, so matched by content: {listed(names, 'cell')}.")
    if put_back := [item.name for item in matching.missing(solution=False)]:
        notes.append(f"Missing and put back: {listed(put_back, 'cell')} of the course.")
    changed = [item.name for item, cell in found if item.test and not same(cell.source, item.handed_out)]
    if changed:
        notes.append(f"Changed, so the original counts: {listed(changed, 'test')}.")
    if not matching.in_order():
        notes.append("Cells stood in another order than handed out; they are graded in the original order.")
    return notes


def listed(names: list[str], what: str) -> str:
    """Count the cells and name the first few."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} {what}{'s' if len(names) > 1 else ''} ({', '.join(names[:NAMED])}{more})"


def shortened(notes: list[str]) -> list[str]:
    """Keep a page readable: after the first notes, only how many more there are."""
    if len(notes) <= MOST_NOTES:
        return notes
    return [*notes[: MOST_NOTES - 1], f"{len(notes) - MOST_NOTES + 1} more repairs of the same kinds."]
