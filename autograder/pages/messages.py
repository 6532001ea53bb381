"""What a student may read about an error: the words of a visible test, of a hidden one only the kind."""

import builtins
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

TERMINAL_COLORS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
FRAME = re.compile(r'  File "<cell ([^">]*)>"|  File ')
LABELED = re.compile(r"^  (\S[^:\n]*): ?(.*)$")
# How execution says that it could not go on, in words; nothing in these can come from a student or a test.
WRONG = ("AssertionError", "WrongAnswer")  # the second is that of `cnnlib.check`
STOPPED = {
    "CellTimeoutError": "The cell ran longer than the time limit and was stopped.",
    "DeadKernelError": "Python ended while the cell ran: it was told to, needed too much memory or crashed.",
    "NotRun": "The cell was not run: Python had ended too often, or the notebook's time was used up.",
}
NOT_SHOWN = "[not shown: hidden tests had run in the same process before]"
NO_ANSWER = "There is no answer yet: the code still raises NotImplementedError."


@dataclass
class Value:
    """A value that a test used, as text."""

    name: str
    text: str


@dataclass
class Finding:
    """What a test found. All fields but `headline` may be empty."""

    headline: str = ""  # what is wrong
    mistake: str = ""  # the likely mistake
    summary: str = ""  # how many trials failed
    inputs: list[Value] = field(default_factory=list)  # what was tried
    expected: str = ""
    got: str = ""


def error_of(cell: NotebookNode) -> NotebookNode | None:
    """Return the error that ended a cell; for one that was stopped this is no KeyboardInterrupt."""
    errors = [out for out in cell.get("outputs", []) if out.output_type == "error"]
    stopped = [error for error in errors if error.ename in STOPPED]
    return (stopped or errors or [None])[-1]


def final_message(error: NotebookNode) -> str:
    """Return the error's own words: an assertion's message alone, another error's with its kind."""
    message = plain(error.evalue).strip()
    if error.ename in STOPPED:
        return STOPPED[error.ename]
    if error.ename == "NotImplementedError" and not message:
        return NO_ANSWER
    if error.ename in WRONG:
        return message or "The test failed (its assertion has no message)."
    return f"{error.ename}: {message}" if message else error.ename


def hidden_message(error: NotebookNode, shown: str, fault: Mapping[str, Any] | None = None) -> str:
    """Return what kind of failure a hidden test had, and nothing that depends on its inputs or values.

    Parameters
    ----------
    error : NotebookNode
    shown : str
        What the student can read of the test; a missing name that stands in it may be named.
    fault : mapping, optional
        What the grader noted of the failure; see `autograder/running/judge.py`. Graded by nbgrader itself
        there is none, and the error's own words cannot be trusted.
    """
    if error.ename in STOPPED:
        return STOPPED[error.ename]
    match fault or {}:
        case {"kind": "not checked"}:
            return plain(error.evalue)
        case {"kind": "forbidden"}:
            return f"Forbidden: {plain(error.evalue)}"
        case {"kind": "raised", "type": str(kind), "cell": cell, "line": line, "text": text}:
            where = f", at line {line} of {cell}: `{text}`," if line else ""
            return f"Your code raised {kind}{where} for inputs that are not shown."
    if error.ename == "NotImplementedError":
        return NO_ANSWER
    if error.ename in WRONG:
        return "The result was not right for inputs that are not shown."
    missing = re.fullmatch(r"name '(\w+)' is not defined", error.evalue)
    if error.ename == "NameError" and missing and re.search(rf"\b{missing[1]}\b", shown):
        return f"There is no `{missing[1]}`: the test did not find that name."
    # A student can give an error any name, and so put into it what the test passed.
    kind = getattr(builtins, error.ename, None)
    named = isinstance(kind, type) and issubclass(kind, BaseException)
    name = error.ename if named else "an error"
    return f"Your code, or what the test did with its result, raised {name} for inputs that are not shown."


def read_message(message: str) -> Finding:
    """Take a message of `cnnlib.check` apart; of any other, all of it is the headline."""
    finding, rows = Finding(), []
    head: list[str] = []
    for line in message.splitlines():
        labeled = LABELED.match(line)
        if labeled:
            rows.append((labeled[1], [labeled[2]] if labeled[2] else []))
        elif rows and line.startswith("    "):
            rows[-1][1].append(line[4:])
        elif line.startswith("Likely mistake: ") and not finding.mistake:
            finding.mistake = line.removeprefix("Likely mistake: ")
        elif re.match(r"\d+ of \d+ trials fail", line) and not rows:
            finding.summary = line.rstrip(":")
        elif rows:
            return Finding(message)  # text behind the values: not a message of the checker
        else:
            head.append(line)
    values = [Value(label, "\n".join(lines)) for label, lines in rows]
    names = [value.name for value in values]
    if "expected" not in names or not head:
        return Finding(message)
    last = len(names) - 1 - names[::-1].index("expected")  # an argument may have this name, too
    finding.headline = "\n".join(head)
    finding.inputs, finding.expected = values[:last], values[last].text
    finding.got = "\n".join(value.text for value in values[last + 1 :] if value.name == "got")
    return finding


def traceback_of(error: NotebookNode) -> str:
    """Return an error's traceback without colors, empty where the error came from outside."""
    return "" if error.ename in STOPPED else plain("\n".join(error.traceback))


def text_output(cell: NotebookNode) -> str:
    """Return what a cell printed or displayed as text."""
    texts = []
    for out in cell.get("outputs", []):
        if out.output_type == "stream":
            texts.append(out.text)
        elif out.output_type in ("execute_result", "display_data"):
            texts.append(str(out.data.get("text/plain", "")) + "\n")
    return plain("".join(texts)).rstrip()


def plain(text: str) -> str:
    """Remove a terminal's colors, and characters that a page cannot show."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", "\ufffd", TERMINAL_COLORS.sub("", text))


def without_frames(traceback: str, cells: set[str]) -> str:
    """Leave out of a traceback the frames that stand in one of these cells, with their lines of code."""
    kept, hidden = [], False
    for line in traceback.splitlines():
        if frame := FRAME.match(line):
            hidden = frame[1] in cells
            if hidden:
                kept.append("  [in a hidden test]")
        elif not line.startswith("    "):
            hidden = False
        if not hidden:
            kept.append(line)
    return "\n".join(kept)
