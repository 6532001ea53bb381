"""The process that runs the instructor's tests, unmodified, against answers that live in another process.

It reads its plan (see `plan.py`) from a file, isolates itself, and writes a line of JSON for each cell.
The names that tests take from answers are looked up in the student's process; data comes back, never code.
"""

import base64
import builtins
import functools
import json
import socket
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

import autograder.visible  # noqa: F401 (tests.py imports it, which an isolated process cannot)
from autograder.files import whole_lines
from autograder.isolation.sandbox import Limits, enter, readable_paths
from autograder.running import code
from autograder.running.code import SHOWN, WITHOUT
from autograder.running.messages import Cell, Line, Plan
from autograder.running.shell import Outputs, message_of
from autograder.wire.frames import Wire, WireError
from autograder.wire.remote import Session, TimeLimit, safe_type
from cnnlib import challenge
from cnnlib.challenge import new_images
from cnnlib.check.forbidden import ForbiddenCall
from cnnlib.check.report import FORBIDDEN, RAISED, UNWRITTEN, WRONG

DEAD = "Python ended while this cell ran: it called exit(), needed too much memory or crashed."
LATE = "The cell ran longer than the time limit and was stopped."
FINISHED, AGAIN = 0, 10  # exit codes: all cells are done; another student's process is needed
ROOM = 8 * 1024 * 1024  # characters that all cells of a submission may show
FULL = "[left out: the cells before this one have shown more than 8 MB]\n"


class TestNames(dict):
    """The tests' namespace; a name of an answer that no test has bound comes from the student's process."""

    def __init__(self, answers: list[str], session: Session) -> None:
        # Builtins are looked up here, too, thousands of times; one that an answer redefines is not known.
        known = {name: value for name, value in vars(builtins).items() if name not in answers}
        super().__init__(known | {"__name__": "__main__"})
        self._answers, self._session = frozenset(answers), session
        self._found: dict[str, Any] = {}

    def __missing__(self, name: str) -> Any:
        if name not in self._answers:
            raise KeyError(name)
        if name not in self._found:
            self._found[name] = self._session.look(name)
        return self._found[name]

    def forget(self) -> None:
        """Look every answer up again: a cell may have changed it."""
        self._found.clear()
        for name in self._answers & self.keys():
            del self[name]


class Record:
    """The file of results, a line for each cell of each run; earlier lines stay, but for a torn one."""

    def __init__(self, path: Path, run: str) -> None:
        self._file = open(path, "a+b")  # noqa: SIM115 (open as long as the process lives)
        self._file.seek(0)
        whole = whole_lines(self._file.read())
        self._file.truncate(len(whole))
        lines = [Line(**json.loads(line)) for line in whole.splitlines()]
        lines = [line for line in lines if line.cell is not None]
        self.done = {line.cell: line.outputs for line in lines if line.run == run}
        self.shown = {line.cell: line.outputs for line in lines if line.run == SHOWN}
        self._run = run
        self._room = ROOM - len(whole)
        self.fileno = self._file.fileno

    def write(self, **parts: Any) -> None:
        """Add a line."""
        data = json.dumps(asdict(Line(self._run, **parts))).encode() + b"\n"
        self._room -= len(data)
        self._file.write(data)
        self._file.flush()

    def cell(self, index: int, outputs: list[dict[str, Any]], fault: dict[str, Any] | None = None) -> None:
        """Add what a cell gave, unless an earlier judge did; errors and points in any case."""
        if index in self.done:
            return
        if self._room < 0:
            verdicts = [item for item in outputs if item["output_type"] in ("error", "execute_result")][-1:]
            outputs = [{"output_type": "stream", "name": "stdout", "text": FULL}, *verdicts]
        self.done[index] = outputs
        self.write(cell=index, outputs=outputs, fault=fault)


def be_judge(
    connection: socket.socket,
    control: socket.socket,
    to_helper: socket.socket | None,
    plan_path: Path,
    results: Path,
    run: str,
    failed: dict[int, str],
    scratch: Path,
    limits: Limits | None,
) -> int:
    """Become the judge's process and return its exit code.

    Parameters
    ----------
    connection, control : socket
        To the student's process, and to the warm parent, which hears when a cell starts.
    to_helper : socket, optional
        To the process that reads students' files.
    plan_path, results : Path
        Opened before the process is isolated.
    run : str
        Which run of the submission this is; see `plan.py`.
    failed : dict
        Cells that ended an earlier process, by index, with the reason ("late" or "dead").
    scratch : Path
        An empty folder.
    limits : Limits, optional
        None runs without isolation.
    """
    plan = Plan.from_json(plan_path.read_bytes())
    cells = plan.cells
    if run != SHOWN:
        last = max(place for place, cell in enumerate(cells) if cell.test and run in cell.runs)
        cells = cells[: last + 1]
    record = Record(results, run)
    sockets = [connection, control, *([to_helper] if to_helper else [])]
    kept = [record.fileno(), *(each.fileno() for each in sockets)]
    isolation = enter(scratch, readable_paths(), limits, keep=kept) if limits is not None else "none"
    session = Session(Wire(connection), {cell.name: cell.source for cell in plan.cells})
    try:
        theirs = str(session.call("hello", (), {}))
        record.write(isolation=isolation if isolation == theirs else f"{isolation}; student: {theirs}")
        for index, reason in failed.items():
            record.cell(index, *((LATE_ERROR, LATE_FAULT) if reason == "late" else (DEAD_ERROR, DEAD_FAULT)))
        if to_helper is not None:
            score_apart(to_helper)
        tests = TestNames(plan.answers, session)
        if plan.tests:
            module = asdict(plan.tests)
            code.import_module(**module)
            if plan.in_process:
                session.call("tests", (), module)
        for cell in cells:
            index, done = cell.index, record.done.get(cell.index)
            asked = run in cell.runs if cell.test else done is None or not has_fatal(done)
            asked = asked and not (cell.test and done is not None)
            if asked or cell.imports:
                control.sendall(b"[%d, %d]\n" % (index, run != SHOWN and was_late(record.shown.get(index))))
            if cell.imports:  # before the cell: where the student had them, they were there for its test
                session.call("imports", (cell.imports,), {})
            if asked:
                try:
                    outputs, fault = run_cell(cell, session, tests, run, record.shown.get(index))
                except WireError:
                    record.cell(index, DEAD_ERROR, DEAD_FAULT)
                    return AGAIN
                if cell.test or run == SHOWN:
                    record.cell(index, outputs, fault)
    except WireError:
        return AGAIN
    return FINISHED


def score_apart(connection: socket.socket) -> None:
    """Let another process read the file that a student hands in as text, when a test asks for its score."""
    helper = Session(Wire(connection), {})

    @functools.cache
    def score_drawn(text: str, **options: Any) -> tuple[int, float]:
        try:
            parameters, accuracy = helper.call("score_drawn", (text,), options)
        except WireError:
            raise ValueError("The network could not be scored: the process that did it has ended.") from None
        if type(parameters) is not int or type(accuracy) is not float:
            raise ValueError("The network could not be scored.")
        return parameters, accuracy

    challenge.score_drawn = new_images.score_drawn = score_drawn


def error(name: str, message: str) -> dict[str, Any]:
    """Return an error as an output."""
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": [message]}


# Of a cell that its process did not survive; such a cell is not run again.
LATE_ERROR = [error("CellTimeoutError", LATE) | {"fatal": True}]
DEAD_ERROR = [error("DeadKernelError", DEAD) | {"fatal": True}]
LATE_FAULT, DEAD_FAULT = {"kind": "late"}, {"kind": "dead"}


def has_fatal(outputs: list[dict[str, Any]]) -> bool:
    """Return whether a process ended in the cell with these outputs."""
    return any("fatal" in item for item in outputs)


def was_late(outputs: list[dict[str, Any]] | None) -> bool:
    """Return whether a cell with these outputs was stopped at the time limit."""
    return any(item.get("ename") == "CellTimeoutError" for item in outputs or [])


def run_cell(
    cell: Cell, session: Session, tests: TestNames, run: str, shown: list[dict[str, Any]] | None
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Run one cell where it belongs; return its outputs and what is wrong, if a test found something.

    Where some functions do not work, a student's cell goes on behind a statement that fails, unless it failed
    in the run `shown`, too.
    """
    tests.forget()
    outputs, fault = [], None
    if not cell.judge:
        failed = any(item["output_type"] == "error" for item in shown or [])
        each = run.startswith(WITHOUT) and not failed
        arguments = (cell.source, cell.name, cell.pictures and run == SHOWN, each, run != SHOWN)
        try:
            outputs = checked(session.call("run", arguments, {}), cell.test)
        except TimeLimit:
            outputs = [error("CellTimeoutError", LATE)]
        except (Exception, SystemExit) as problem:  # the student's process tells no outputs, but lives
            outputs = [error(type(problem).__name__, message_of(problem))]
    if cell.python:
        session.problems.clear()
        found = Outputs()
        with found.capturing():
            try:
                exec(code.load(cell.python, cell.code, cell.name), tests)
                points = tests.pop(code.POINTS, None)
                if type(points) is float:  # nbgrader takes other values for full points
                    found.display({"text/plain": repr(points)}, "execute_result")
            except WireError:
                raise
            except TimeLimit:
                found.error("CellTimeoutError", LATE, [LATE])
                fault = LATE_FAULT
            except BaseException as problem:
                text = "".join(traceback.format_exception(problem))
                found.error(type(problem).__name__, message_of(problem), text.splitlines())
                fault = fault_of(problem, session)
        if cell.judge:
            outputs = checked(found.finished(), True)
    return outputs, fault


def fault_of(problem: BaseException, session: Session) -> dict[str, Any]:
    """Say what kind of failure ended a test, and nothing that a student's code could choose in the test.

    Of what the student's code raised this is the built-in or PyTorch's type, and the line in the submission.
    """
    kind = WRONG
    if isinstance(problem, AssertionError):
        kind = getattr(getattr(problem, "report", None), "reason", None)
        if kind is None:  # from a test's own assertion, whose words tell
            kind = next((word for word in REASONS if REASONS[word] in str(problem)), WRONG)
    elif isinstance(problem, ForbiddenCall):
        kind = FORBIDDEN
    elif isinstance(problem, NameError) and problem.name in session.missing:
        return {"kind": "missing", "name": problem.name}
    else:
        kind = UNWRITTEN if type(problem) is NotImplementedError and not str(problem) else RAISED
    if kind != RAISED:
        return {"kind": kind}
    told = [one for one in session.problems if one.error is problem or f"raised {one.named}" in str(problem)]
    if not told:
        return {"kind": RAISED, "type": safe_type(type(problem)), "cell": None, "line": None, "text": None}
    return {"kind": RAISED, "type": told[-1].type, **told[-1].place}


REASONS = {FORBIDDEN: "the library's ", UNWRITTEN: "is not written yet", RAISED: " raised "}


def checked(outputs: Any, test: bool) -> list[dict[str, Any]]:
    """Return what the student's process says that a cell has shown, in nbformat's words and within bounds.

    In a test, text on stderr becomes plain output: nbgrader would take it for a failure.
    """
    shown = Outputs()
    for item in outputs if isinstance(outputs, list) else []:
        match item:
            case {"output_type": "stream", "name": str(name), "text": str(text)}:
                shown.write("stderr" if name == "stderr" and not test else "stdout", text)
            case {"output_type": "error", "ename": "KeyboardInterrupt"}:
                shown.error("CellTimeoutError", LATE, [LATE])
            case {"output_type": "error", "ename": str(name), "evalue": str(text), "traceback": list(lines)}:
                shown.error(name[:200], text, [line for line in lines if isinstance(line, str)])
            case {"output_type": "display_data" | "execute_result", "data": dict(data)}:
                kept = {kind: value for kind, value in data.items() if may_be_shown(kind, value)}
                shown.display(kept, item["output_type"])
    return shown.finished()


def may_be_shown(kind: Any, value: Any) -> bool:
    """Return whether this is a text or a picture as it should be: pictures go into pages as they are."""
    if kind == "image/png" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True).startswith(b"\x89PNG")
        except ValueError:
            return False
    return kind == "text/plain" and isinstance(value, str)
