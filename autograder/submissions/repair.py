"""Rebuilds the assignment's notebook around a student's answers, however damaged the submission is."""

import ast
import copy
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from autograder.answer_key import Key
from autograder.submissions.matching import CourseCell, Matching, course_cells, match, same
from autograder.submissions.notebook_file import UnreadableError, pictures, plain_cells

LAST = "hand-in"  # how the ids of the last cells start; as in `cnnlib.check.pairing`, without its PyTorch

ELSEWHERE = "# This answer stands in another cell of the submission."
MOST_TEXT = 5_000_000  # characters of all cells; no notebook of this course has 100,000
MOST_PICTURES = 5_000_000  # characters of the pictures in written answers
MOST_IMPORTS = 50  # that are kept of a cell that is put back
LONGEST_IMPORT = 500  # characters
LONGEST = 100_000  # characters of a cell in which imports are looked for
IMPORT = re.compile(
    r"import {0}(?:, {0})*|from (?!__future__)\w+(?:\.\w+)* import (?:\*|{0}(?:, {0})*)".format(
        r"\w+(?:\.\w+)*(?: as \w+)?"
    )
)
MAGIC = re.compile(r"\s*[%!?]")
MOST_NOTES = 10
NAMED = 5  # cells that a note lists by name


@dataclass(frozen=True)
class Rebuilt:
    """The notebook to grade, and what was repaired in it, one sentence each."""

    notebook: NotebookNode
    notes: list[str]


def rebuild(submission: NotebookNode, key: Key) -> Rebuilt:
    """Put a student's answers and own cells into the instructor's notebook: `arrange`, then `assemble`.

    Grading does the first in a confined process and the second in its own.

    Parameters
    ----------
    submission : NotebookNode
        What `notebook_file.read_submission` returns; any other content is taken as far as it is usable.
    key : Key

    Raises
    ------
    UnreadableError
        If there is no list of cells, or too much in it.
    """
    entries, notes = arrange(submission, course_cells(key))
    return Rebuilt(assemble(entries, key), notes)


def arrange(submission: NotebookNode, course: list[CourseCell]) -> tuple[list[dict[str, Any]], list[str]]:
    """Find out of which cells the rebuilt notebook consists, and what was repaired; see `rebuild`.

    Returns
    -------
    entries : list of dict
        Of each cell in order `from`: "course" (the answer key; what the student changed there is lost but
        for its `imports`), "student" (with its `text`, its `index` in the submission and, where there are
        any, pictures as `attachments`), "elsewhere" (an answer that stands in the student's cell `index`), or
        "handed out" (an answer that the submission lacks); and `place` among the course's cells, or the
        `type` of a cell of the student's own.
    notes : list of str
    """
    if not isinstance(submission, Mapping):
        raise UnreadableError("the submission is not a notebook")
    cells, odd = plain_cells(submission)
    if sum(len(cell.source) for cell in cells) > MOST_TEXT:
        raise UnreadableError(f"the notebook holds more than {MOST_TEXT:,} characters of text")
    matching = match(course, cells)
    extras = own_cells(matching)
    entries = []
    for place in range(-1, len(course)):
        if place >= 0:
            entries.append({"place": place, **course_entry(course[place], matching)})
        for index in extras[place]:
            entries.append({"type": cells[index].cell_type, **student_entry(cells[index], index)})
    room = MOST_PICTURES
    for entry in entries:
        room -= sum(len(text) for bundle in entry.get("attachments", {}).values() for text in bundle.values())
        if room < 0:
            entry.pop("attachments", None)
    notes = [f"{odd} entries of the notebook are not cells and were left out."] if odd else []
    return entries, shortened(notes + explain(matching))


def assemble(entries: list[dict[str, Any]], key: Key) -> NotebookNode:
    """Return the notebook that `arrange` describes.

    Returns
    -------
    NotebookNode
        Of nbformat 4.5 with the key's cells in the key's order, hidden tests included, without outputs. Every
        cell says in `metadata.autograder` where its text is `from`: "course", "student" (with `index`), or
        "handed out"; and which `imports` of a replaced cell the answers may need. The student's own cells
        stand behind the cells that they followed, without nbgrader's metadata and with the ids `extra-1`, …

    Raises
    ------
    ValueError
        If the entries are not of the form that `arrange` gives: they come from where a student's text was.
    """
    course = course_cells(key)
    ids = {item.cell.get("id") for item in course}
    built, places, number = [], [], 0
    for entry in entries:
        match entry:
            case {"place": int(place)} if 0 <= place < len(course):
                places.append(place)
                built.append(course_cell(course[place], entry))
            case {"type": "code" | "markdown" | "raw" as kind, "from": "student"}:
                number += 1
                while f"extra-{number}" in ids:
                    number += 1
                built.append(extra_cell(entry, kind, f"extra-{number}"))
            case _:
                raise ValueError(f"there is no such cell: {str(entry)[:80]}")
    if places != list(range(len(course))):
        raise ValueError("the course's cells are not all there, once and in order")
    metadata = copy.deepcopy(key.source.metadata)
    return NotebookNode(cells=built, metadata=metadata, nbformat=4, nbformat_minor=5)


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


def course_entry(item: CourseCell, matching: Matching) -> dict[str, Any]:
    """Return what `arrange` says about a cell of the assignment."""
    index = matching.taken.get(item.place)
    student = matching.cells[index] if index is not None else None
    if item.solution and student is not None:
        return student_entry(student, index, item)
    if item.solution and item.place in matching.elsewhere:
        return {"from": "elsewhere", "index": matching.elsewhere[item.place]}
    if item.solution:
        return {"from": "handed out"}
    if student is None:
        return {"from": "course"}
    if item.editable and not same(student.source, item.handed_out):
        return student_entry(student, index, item)
    found = imports(item, student)
    return {"from": "course", **({"imports": found} if found else {})}


def student_entry(cell: NotebookNode, index: int, item: CourseCell | None = None) -> dict[str, Any]:
    """Return what `arrange` says about a cell whose text is the student's."""
    entry = {"from": "student", "index": index, "text": cell.source}
    if item is not None and item.kind == "code":
        entry["text"] = fenceless(cell)
    elif "attachments" in cell:
        entry["attachments"] = cell.attachments
    return entry


def course_cell(item: CourseCell, entry: dict[str, Any]) -> NotebookNode:
    """Return a cell of the assignment with the text that counts."""
    cell = copy.deepcopy(item.cell)
    match entry:
        case {"from": "student", "index": int(index), "text": str(text)} if item.solution or item.editable:
            cell.source = text
            origin = {"from": "student", "index": index}
            if item.kind == "markdown":
                cell.update(pictures(entry.get("attachments")))
        case {"from": "elsewhere", "index": int(index)} if item.solution:
            cell.source = ELSEWHERE
            origin = {"from": "student", "index": index}
        case {"from": "handed out"} if item.solution:
            cell.source = item.handed_out
            origin = {"from": "handed out"}
        case {"from": "course"} if not item.solution:
            origin = {"from": "course"}
            if entry.get("imports"):
                origin["imports"] = [line for line in entry["imports"] if is_import(line)][:MOST_IMPORTS]
        case _:
            raise ValueError(f"the cell {item.name} cannot be like this: {str(entry)[:80]}")
    cell.metadata.autograder = NotebookNode(origin)
    if cell.cell_type == "code":
        cell.update(outputs=[], execution_count=None)
    return cell


def extra_cell(entry: dict[str, Any], kind: str, name: str) -> NotebookNode:
    """Return a cell of the student's own."""
    match entry:
        case {"index": int(index), "text": str(text)}:
            origin = NotebookNode({"from": "student", "index": index})
            made = NotebookNode(
                cell_type=kind, id=name, metadata=NotebookNode(autograder=origin), source=text
            )
            made.update(
                {"outputs": [], "execution_count": None}
                if kind == "code"
                else pictures(entry.get("attachments"))
            )
            return made
    raise ValueError(f"a cell of the student's own cannot be like this: {str(entry)[:80]}")


def imports(item: CourseCell, student: NotebookNode) -> list[str]:
    """Return the import statements in a student's copy of a course cell that the answers may need.

    Nothing else of the copy is kept. A test of the course runs apart from the answers, so all that its copy
    imports may be missed; of another cell only what its author added.
    """
    if item.kind != "code" or "import" not in student.source:
        return []
    given = set() if item.test else set(import_statements(item.handed_out))
    found = dict.fromkeys(import_statements(fenceless(student)))
    return [line for line in found if line not in given and is_import(line)][:MOST_IMPORTS]


def import_statements(text: str) -> list[str]:
    """Return the import statements of a cell outside of its functions and classes."""
    lines = ["" if MAGIC.match(line) else line for line in text[:LONGEST].split("\n")]
    try:
        todo = ast.parse("\n".join(lines)).body[::-1]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # What stands in lines of its own can still be told.
        return [line.strip() for line in lines if is_import(line.strip())]
    found = []
    while todo:
        match todo.pop():
            case ast.Import() | ast.ImportFrom() as node:
                found.append(ast.unparse(node))
            case ast.If() | ast.Try() | ast.With() as node:
                inside = [*node.body, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]
                todo += inside[::-1]
    return found


def is_import(line: Any) -> bool:
    """Return whether a text is one import statement as `ast.unparse` writes it, of a module's full name."""
    return isinstance(line, str) and len(line) <= LONGEST_IMPORT and IMPORT.fullmatch(line) is not None


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
    inside: dict[int, list[str]] = defaultdict(list)
    for place, index in matching.elsewhere.items():
        inside[index].append(course[place].name)
    for index, names in inside.items():
        holder = [course[p].name for p, i in taken.items() if i == index]
        where = f"in one cell with {holder[0]}" if holder else f"in cell number {index + 1} of the notebook"
        if len(names) > NAMED:
            notes.append(f"Not in their cells, but counted: {listed(names, 'answer')}, {where}.")
            continue
        notes += [f"The answer {name} stands {where} and counts there." for name in names]
    for place, (many, which) in matching.repeated.items():
        notes.append(f"Cell {course[place].name} occurs {many} times; {which} counts.")
    found = [(item, cells[taken[item.place]]) for item in course if item.place in taken]
    retyped = [item.name for item, cell in found if item.solution and item.kind == "code" != cell.cell_type]
    if retyped:
        notes.append(f"Not in a code cell, but counted as code: {listed(retyped, 'answer')}.")
    places = [place for place in sorted(matching.unlabeled) if course[place].cell.metadata.get("nbgrader")]
    if names := [course[place].name for place in places]:
        notes.append(f"Without nbgrader's marks, so matched by content: {listed(names, 'cell')}.")
    # What checks a notebook before it is handed in, an earlier release has not.
    missing = [item.name for item in matching.missing(solution=False)]
    if put_back := [name for name in missing if not name.startswith(LAST)]:
        notes.append(f"Missing and put back: {listed(put_back, 'cell')} of the course.")
    changed = [
        (item, cell)
        for item, cell in found
        if item.kind == "code" and not (item.solution or item.editable or same(cell.source, item.handed_out))
    ]
    if tests := [item.name for item, _ in changed if item.test]:
        notes.append(f"Changed, so the original counts: {listed(tests, 'test')}.")
    if others := [item.name for item, _ in changed if not item.test]:
        kept = any(imports(item, cell) for item, cell in changed if not item.test)
        what = "; what is imported there stays imported" if kept else ""
        notes.append(f"Changed and put back: {listed(others, 'cell')} of the course{what}.")
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
