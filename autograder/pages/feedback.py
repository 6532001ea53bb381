"""The page that a student gets back: what was tried, expected and found in each part, and the points."""

import re
from collections.abc import Sequence
from pathlib import Path

import jinja2
from nbformat import NotebookNode

from autograder.answer_key import Key
from autograder.corrections import Correction
from autograder.outcome import Grades, Record
from autograder.pages.messages import (
    NOT_SHOWN,
    Finding,
    error_of,
    final_message,
    hidden_message,
    plain,
    read_message,
    text_output,
    traceback_of,
    without_frames,
)
from autograder.pages.parts import Answer, Group, Part, Test, fit
from autograder.source import WRITTEN, is_test, metadata

SYNTAX = ("SyntaxError", "IndentationError", "TabError")
MOST_EXTRAS = 200  # cells that the student added; more are not shown
LONGEST_HEADING = 200
TEMPLATE = Path(__file__).with_name("feedback.html.j2")
HIDDEN_REGION = re.compile(r"BEGIN HIDDEN TESTS.*?END HIDDEN TESTS[^\n]*", re.DOTALL)


class FeedbackPages:
    """Makes the pages of one assignment.

    Hidden tests appear by name, with the kind of their failure. The tests' text is taken from the release,
    never from the executed notebook. What an answer shows is shown, for no hidden test was near it; striking
    out lines that resemble one would tell who guesses them. Only where the tests ran among the answers, what
    came after a hidden test is not shown.
    """

    def __init__(self, key: Key) -> None:
        self.key = key
        self._released = {name_of(cell): cell for cell in key.release.cells if name_of(cell)}
        self._given = {cell.source for cell in key.release.cells}
        self._hidden = {
            name_of(cell) for cell in key.source.cells if is_test(cell) and HIDDEN_REGION.search(cell.source)
        }
        environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        environment.filters["points"] = lambda value: f"{value:.3f}".rstrip("0").rstrip(".")
        self._template = environment.from_string(TEMPLATE.read_text())

    def page(
        self,
        record: Record,
        notebook: NotebookNode | None,
        grades: Grades,
        late: str = "",
        corrections: Sequence[Correction] = (),
    ) -> str:
        """Return a page as HTML that needs no other file and is not larger than 1 MB.

        Parameters
        ----------
        record : Record
        notebook : NotebookNode or None
            As executed; None if there is nothing but the record.
        grades : Grades
            From the gradebook, so that a person's corrections are in.
        late : str
            The sentence about being late, if it was.
        corrections : sequence of Correction
            What a person decided about parts, with reasons.
        """
        parts = [] if notebook is None else self.parts(notebook, grades)
        texts = {
            "student": plain(record.student),
            "message": plain(record.message)[:2000],
            "notes": [plain(note)[:300] for note in record.notes[:30]],
        }
        return self._template.render(
            assignment=self.key.assignment,
            failed=record.status == "failed",
            parts=parts,
            score=grades.total,
            penalty=grades.penalty,
            late=late or plain(record.late_mark),
            corrections=[(line.part, float(line.points), plain(line.why)) for line in corrections],
            points=sum(part.points for part in parts),
            waiting=sum(test.points for part in parts for test in part.tests if test.score is None),
            left_out=fit(parts),
            **texts,
        )

    def parts(self, executed: NotebookNode, grades: Grades) -> list[Part]:
        """Split the executed notebook into parts by its headings, and these into groups."""
        parts, extras = [Part("", [Group()])], 0
        among = "autograder" in executed.metadata
        seen = False  # whether what follows could know a hidden test
        for cell in executed.cells:
            nbgrader = metadata(cell)
            seen = seen or (among and name_of(cell) in self._hidden)
            if cell.cell_type == "markdown" and not nbgrader.get("solution"):
                title = heading(cell.source)
                if title:
                    parts.append(Part(title, [Group()]))
                continue
            mine = self._is_students(cell)
            if mine and not nbgrader:
                extras += 1
                mine = extras <= MOST_EXTRAS
            if mine:
                if parts[-1].groups[-1].tests:
                    parts[-1].groups.append(Group())
                parts[-1].groups[-1].answers.append(self._answer(cell, grades, seen))
            if (nbgrader.get("grade") or nbgrader.get("task")) and not is_idle(cell):
                parts[-1].groups[-1].tests.append(self._test(cell, grades, seen))
        for part in parts:
            part.groups = [group for group in part.groups if group.tests]
        return [part for part in parts if part.groups]

    def _is_students(self, cell: NotebookNode) -> bool:
        """Return whether the student wrote the cell: an answer, or code that was not handed out."""
        if metadata(cell):
            return bool(metadata(cell).get("solution"))
        return cell.cell_type == "code" and cell.source not in self._given

    def _answer(self, cell: NotebookNode, grades: Grades, seen: bool) -> Answer:
        name = name_of(cell)
        error = error_of(cell)
        trace = "" if error is None else traceback_of(error) or final_message(error)
        untouched = name in self._released and cell.source == self._released[name].source
        comment = grades.comments.get(name) or ""
        return Answer(
            code=plain(cell.source),
            untouched=untouched,
            output=NOT_SHOWN if seen and cell.get("outputs") else text_output(cell),
            error="" if seen else trace,
            syntax=error is not None and error.ename in SYNTAX,
            # nbgrader's own word for an answer that is as it was handed out, which the page says anyway.
            comment="" if comment == "No response." else plain(comment),
        )

    def _test(self, cell: NotebookNode, grades: Grades, seen: bool) -> Test:
        """Return what may be said about a graded cell."""
        nbgrader, name = metadata(cell), name_of(cell)
        hidden, error = name in self._hidden, error_of(cell)
        released = self._released.get(name)
        source = "" if nbgrader.get("solution") or released is None else released.source.strip()
        lines = source.splitlines()
        only_comments = all(line.startswith("#") for line in lines)
        finding = Finding()
        if error is not None:
            veiled = hidden or seen
            fault = cell.metadata.get("autograder", {}).get("fault")
            headline = hidden_message(error, source, fault) if veiled else ""
            finding = Finding(headline) if veiled else read_message(final_message(error))
        elif not (hidden or seen) and 0 < (grades.scores.get(name) or 0) < float(nbgrader["points"]):
            finding = Finding(plain(printed(cell)))  # which answers are wrong
        return Test(
            name=name,
            points=float(nbgrader["points"]),
            score=grades.scores.get(name),
            hidden=hidden,
            note=" ".join(line.lstrip("# ") for line in lines) if only_comments else "",
            source="" if only_comments else source,
            finding=finding,
            # Frames in a hidden test would show its lines.
            traceback="" if hidden or seen or error is None else self._frames(error),
            comment=plain(grades.comments.get(name) or "") if nbgrader.get("task") else "",
        )

    def _frames(self, error: NotebookNode) -> str:
        return without_frames(traceback_of(error), self._hidden)


def is_idle(cell: NotebookNode) -> bool:
    """Return whether the cell is an answer in words that does not count."""
    return name_of(cell) == WRITTEN and not float(metadata(cell)["points"])


def name_of(cell: NotebookNode) -> str:
    """Return the cell's grade id, empty if it has none."""
    return metadata(cell).get("grade_id") or ""


def printed(cell: NotebookNode) -> str:
    """Return what a cell printed, without the value of its last line."""
    return "".join(out.text for out in cell.get("outputs", []) if out.output_type == "stream").rstrip()


def heading(markdown: str) -> str:
    """Return the last heading in a Markdown cell, empty if there is none."""
    # No pattern with two repetitions side by side: a student's line of spaces would keep it busy for hours.
    found = [line for line in markdown.splitlines() if re.match(r"#{1,6} ", line)]
    return re.sub(r"[`*]", "", found[-1][:LONGEST_HEADING].strip("# ")) if found else ""
