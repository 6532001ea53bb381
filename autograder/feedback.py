"""The page that a student gets back: what was tested, with how many points, and what the test said."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
from nbformat import NotebookNode

from autograder.key import Key
from autograder.outcome import Outcome
from autograder.source import is_test, metadata

LIMIT = 64 * 1024  # characters of any one text on the page
TEMPLATE = Path(__file__).with_name("feedback.html.j2")
TERMINAL_COLORS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
HIDDEN_REGION = re.compile(r"BEGIN HIDDEN TESTS.*?END HIDDEN TESTS[^\n]*", re.DOTALL)


@dataclass
class Answer:
    """A cell that the student wrote."""

    code: str
    untouched: bool
    output: str
    error: str


@dataclass
class Test:
    """A graded cell. `source` is empty where nothing of it may be shown."""

    name: str
    points: float
    score: float | None  # None waits for a person
    hidden: bool
    note: str  # what the release says about a test that it does not show
    source: str
    message: str
    traceback: str
    comment: str

    @property
    def verdict(self) -> str:
        """One word for the score."""
        if self.score is None:
            return "not graded yet"
        if self.score >= self.points:
            return "passed"
        return "partly passed" if self.score > 0 else "failed"


@dataclass
class Section:
    """What the student wrote and the tests of it."""

    title: str
    answers: list[Answer] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)


def feedback_page(
    student: str,
    outcome: Outcome,
    key: Key,
    scores: dict[str, float | None],
    comments: dict[str, str | None],
) -> str:
    """Return the page as HTML that needs no other file.

    Hidden tests appear by name, points and final message. The tests' text is taken from the release, never
    from the executed notebook, and a line of a hidden test that reached some output is struck out.

    Parameters
    ----------
    student : str
    outcome : Outcome
    key : Key
    scores, comments : dict
        By grade id, from the gradebook, so that a person's corrections are in.
    """
    secret = hidden_lines(key)
    sections = (
        [] if outcome.notebook is None else make_sections(outcome.notebook, key, secret, scores, comments)
    )
    tests = [test for section in sections for test in section.tests]
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["points"] = lambda value: f"{value:.3f}".rstrip("0").rstrip(".")
    return environment.from_string(TEMPLATE.read_text()).render(
        assignment=key.assignment,
        student=student,
        outcome=outcome,
        sections=sections,
        tests=tests,
        score=sum(test.score or 0 for test in tests),
        points=sum(test.points for test in tests),
    )


def make_sections(
    executed: NotebookNode,
    key: Key,
    secret: set[str],
    scores: dict[str, float | None],
    comments: dict[str, str | None],
) -> list[Section]:
    """Split the executed notebook into sections, each ending with its tests."""
    released = {
        metadata(cell)["grade_id"]: cell for cell in key.release.cells if metadata(cell).get("grade_id")
    }
    given = {cell.source for cell in key.release.cells}
    with_hidden = {
        metadata(cell)["grade_id"]
        for cell in key.source.cells
        if is_test(cell) and HIDDEN_REGION.search(cell.source)
    }
    sections = [Section("")]
    title = ""
    for cell in executed.cells:
        nbgrader = metadata(cell)
        name = nbgrader.get("grade_id", "")
        if cell.cell_type == "markdown" and not nbgrader.get("solution"):
            title = heading(cell.source) or title
            continue
        mine = nbgrader.get("solution") or (
            not nbgrader and cell.cell_type == "code" and cell.source not in given
        )
        if not (mine or nbgrader.get("grade")):
            continue
        if mine:
            if sections[-1].tests:
                sections.append(Section(""))
            untouched = name in released and cell.source == released[name].source
            answer = Answer(
                cut(cell.source), untouched, cut(redact(text_output(cell), secret)), error_text(cell, secret)
            )
            sections[-1].answers.append(answer)
        if nbgrader.get("grade"):
            sections[-1].tests.append(
                make_test(cell, released, name in with_hidden, secret, scores, comments)
            )
        sections[-1].title = title
    return [section for section in sections if section.tests]


def make_test(
    cell: NotebookNode,
    released: dict[str, NotebookNode],
    hidden: bool,
    secret: set[str],
    scores: dict[str, float | None],
    comments: dict[str, str | None],
) -> Test:
    """Return what may be said about a graded cell."""
    nbgrader = metadata(cell)
    name = nbgrader["grade_id"]
    error = error_of(cell)
    source = "" if nbgrader.get("solution") else released[name].source.strip()
    lines = source.splitlines()
    only_comments = all(line.startswith("#") for line in lines)
    return Test(
        name=name,
        points=float(nbgrader["points"]),
        score=scores.get(name),
        hidden=hidden,
        note=" ".join(line.lstrip("# ") for line in lines) if only_comments else "",
        source="" if only_comments else cut(source),
        message="" if error is None else cut(redact(final_message(error), secret)),
        # Frames of a hidden test would show its lines.
        traceback="" if hidden else error_text(cell, secret),
        comment=comments.get(name) or "",
    )


def final_message(error: NotebookNode) -> str:
    """Return the error's own words: an assertion's message alone, another error's with its kind."""
    message = TERMINAL_COLORS.sub("", error.evalue).strip()
    if error.ename == "CellTimeoutError":
        return "The cell ran longer than the time limit and was stopped."
    if error.ename == "NotImplementedError" and not message:
        return "There is no answer yet: the code still raises NotImplementedError."
    if error.ename == "AssertionError":
        return message or "The test failed (its assertion has no message)."
    return f"{error.ename}: {message}" if message else error.ename


def error_of(cell: NotebookNode) -> NotebookNode | None:
    """Return the error that ended a cell; for one that was stopped this is no KeyboardInterrupt."""
    errors = [out for out in cell.get("outputs", []) if out.output_type == "error"]
    stopped = [error for error in errors if error.ename == "CellTimeoutError"]
    return (stopped or errors or [None])[-1]


def error_text(cell: NotebookNode, secret: set[str]) -> str:
    """Return the traceback of a cell, empty if it ran through."""
    error = error_of(cell)
    if error is None:
        return ""
    if error.ename == "CellTimeoutError":
        return final_message(error)
    return cut(redact(TERMINAL_COLORS.sub("", "\n".join(error.traceback)), secret))


def text_output(cell: NotebookNode) -> str:
    """Return what a cell printed or displayed as text."""
    texts = []
    for out in cell.get("outputs", []):
        if out.output_type == "stream":
            texts.append(out.text)
        elif out.output_type in ("execute_result", "display_data"):
            texts.append(out.data.get("text/plain", "") + "\n")
    return TERMINAL_COLORS.sub("", "".join(texts)).rstrip()


def hidden_lines(key: Key) -> set[str]:
    """Return the lines that stand in hidden tests only, without those too short to give anything away."""
    public = {line.strip() for cell in key.release.cells for line in cell.source.splitlines()}
    hidden = set()
    for cell in key.source.cells:
        for region in HIDDEN_REGION.findall(cell.source):
            hidden |= {line.strip() for line in region.splitlines()[1:-1]}
    return {line for line in hidden - public if len(line) >= 12}


def redact(text: str, secret: set[str]) -> str:
    """Strike out every line of `text` that contains a line of a hidden test."""
    lines = text.splitlines()
    return "\n".join("[hidden test]" if any(line in shown for line in secret) else shown for shown in lines)


def heading(markdown: str) -> str:
    """Return the last heading in a Markdown cell, empty if there is none."""
    found = re.findall(r"^#{1,6} +(.+?)\s*#*$", markdown, re.MULTILINE)
    return re.sub(r"[`*]", "", found[-1]) if found else ""


def cut(text: str) -> str:
    """Shorten a text to the limit and say so."""
    return text if len(text) <= LIMIT else text[:LIMIT] + "\n[cut here: longer than 64 KB]"
