"""The process that runs the instructor's tests, unmodified, against answers that live in another process.

It reads its plan (see `plan.py`) from a file, isolates itself, and writes a line of JSON for each cell.
The names that tests take from answers are looked up in the student's process; data comes back, never code.
"""

import base64
import builtins
import contextlib
import json
import socket
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

import autograder.visible  # noqa: F401 (tests.py imports it, which an isolated process cannot)
from autograder.files import whole_lines
from autograder.isolation.sandbox import Limits, enter, readable_paths
from autograder.running import code
from autograder.running.shell import Outputs, message_of
from autograder.running.warm import AGAIN
from autograder.wire.frames import Wire, WireError
from autograder.wire.remote import Session, TimeLimit

DEAD = "Python ended while this cell ran: it called exit(), needed too much memory or crashed."
LATE = "The cell ran longer than the time limit and was stopped."
FINISHED = 0  # exit code: all cells are done
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
    """The file of results, a line for each cell; an earlier judge's lines stay, but for a torn one."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "a+b")  # noqa: SIM115 (open as long as the process lives)
        self._file.seek(0)
        whole = whole_lines(self._file.read())
        self._file.truncate(len(whole))
        lines = [json.loads(line) for line in whole.splitlines()]
        self.done = {line["cell"]: line["outputs"] for line in lines if "cell" in line}
        self._room = ROOM - len(whole)
        self.fileno = self._file.fileno

    def write(self, line: dict[str, Any]) -> None:
        """Add a line."""
        data = json.dumps(line).encode() + b"\n"
        self._room -= len(data)
        self._file.write(data)
        self._file.flush()

    def cell(self, index: int, outputs: list[dict[str, Any]]) -> None:
        """Add what a cell gave, unless an earlier judge did; errors in any case, for they are verdicts."""
        if index in self.done:
            return
        if self._room < 0:
            errors = [item for item in outputs if item["output_type"] == "error"][-1:]
            outputs = [{"output_type": "stream", "name": "stdout", "text": FULL}, *errors]
        self.done[index] = outputs
        self.write({"cell": index, "outputs": outputs})


def be_judge(
    connection: socket.socket,
    control: socket.socket,
    plan_path: Path,
    results: Path,
    failed: dict[int, str],
    scratch: Path,
    limits: Limits | None,
) -> int:
    """Become the judge's process and return its exit code.

    Parameters
    ----------
    connection, control : socket
        To the student's process, and to the warm parent, which hears when a cell starts.
    plan_path, results : Path
        Opened before the process is isolated.
    failed : dict
        Cells that ended an earlier judge, by index, with the reason ("late" or "dead").
    scratch : Path
        An empty folder.
    limits : Limits, optional
        None runs without isolation.
    """
    plan = json.loads(plan_path.read_bytes())
    if plan["version"] != code.VERSION:
        plan["cells"] = [cell | {"code": "", "definitions_code": ""} for cell in plan["cells"]]
        plan["tests"] |= {"code": ""} if plan["tests"] else {}
    record = Record(results)
    kept = [connection.fileno(), control.fileno(), record.fileno()]
    isolation = enter(scratch, readable_paths(), limits, keep=kept) if limits is not None else "none"
    session = Session(Wire(connection), plan["remarks"])
    try:
        theirs = str(session.call("hello", (), {}))
        record.write({"isolation": isolation if isolation == theirs else f"{isolation}; student: {theirs}"})
        for index, reason in failed.items():
            record.cell(index, [LATE_ERROR if reason == "late" else DEAD_ERROR])
        tests = TestNames(plan["answers"], session)
        if plan["tests"]:
            import_tests(plan["tests"]["name"], plan["tests"]["source"], plan["tests"]["code"])
        for cell in plan["cells"]:
            done = record.done.get(cell["index"])
            if done is not None and (cell["test"] or any("fatal" in item for item in done)):
                define(session, cell)
                continue
            control.sendall(b"%d\n" % cell["index"])
            try:
                record.cell(cell["index"], run(cell, session, tests))
            except WireError:
                record.cell(cell["index"], [DEAD_ERROR])
                return AGAIN
            define(session, cell)
    except WireError:
        return AGAIN
    return FINISHED


def import_tests(name: str, source: str, compiled: str) -> None:
    """Make the assignment's tests importable in this process by their full name."""
    *parents, _ = name.split(".")
    for depth in range(len(parents)):
        parent = ".".join(parents[: depth + 1])
        sys.modules[parent] = ModuleType(parent)
        sys.modules[parent].__path__ = []  # a package without files
    module = sys.modules[name] = ModuleType(name)
    exec(code.load(source, compiled, name), vars(module))


def error(name: str, message: str) -> dict[str, Any]:
    """Return an error as an output."""
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": [message]}


# Of a cell that its process did not survive; such a cell is not run again.
LATE_ERROR = error("CellTimeoutError", LATE) | {"fatal": True}
DEAD_ERROR = error("DeadKernelError", DEAD) | {"fatal": True}


def define(session: Session, cell: dict[str, Any]) -> None:
    """Give the student's process what a test that students can see defines."""
    if cell["definitions"]:
        # Whatever an answer made of it, it concerns no test.
        with contextlib.suppress(Exception, TimeLimit):
            session.call("define", (cell["definitions"], cell["definitions_code"], cell["name"]), {})


def run(cell: dict[str, Any], session: Session, tests: TestNames) -> list[dict[str, Any]]:
    """Run one cell where it belongs and return its outputs."""
    tests.forget()
    outputs = []
    if not cell["judge"]:
        arguments = (cell["source"], cell["name"], cell["pictures"])
        try:
            outputs = checked(session.call("run", arguments, {}), cell["test"])
        except TimeLimit:
            outputs = [error("CellTimeoutError", LATE)]
        except (Exception, SystemExit) as problem:  # the student's process tells no outputs, but lives
            outputs = [error(type(problem).__name__, message_of(problem))]
    if cell["python"]:
        shown = Outputs()
        with shown.capturing():
            try:
                exec(code.load(cell["python"], cell["code"], cell["name"]), tests)
                points = tests.pop(code.POINTS, None)
                if type(points) is float:  # nbgrader takes other values for full points
                    shown.display({"text/plain": repr(points)}, "execute_result")
            except WireError:
                raise
            except TimeLimit:
                shown.error("CellTimeoutError", LATE, [LATE])
            except BaseException as problem:
                text = "".join(traceback.format_exception(problem))
                shown.error(type(problem).__name__, message_of(problem), text.splitlines())
        if cell["judge"]:
            outputs = checked(shown.finished(), True)
    return outputs


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
