"""What went wrong in a visible test, in the course's words, so that a class's mistakes can be counted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.pages.messages import NO_ANSWER, STOPPED, error_of, final_message, plain, read_message

UNANSWERED = "not answered"
LONGEST = 200
# What `cnnlib.check` says first when no known mistake explains a result; the values in it are the student's.
KINDS = {
    r"changed its argument in place": "changes its argument in place",
    r"returned (at .*|wrong values|[-\d.]+,)": "wrong values, and no known mistake gives them",
    r"returned shape": "a result of the wrong shape",
    r"returned (dtype|float32|float64|an? .*, expected)|returned .* of dtype": "a result of the wrong type",
    r"returned None": "nothing returned",
    r"returned .* items": "a result of the wrong length",
    r"raised": "raises an error",
    r"[Ff]orbidden|this exercise asks you to write": "calls what the task asks to write",
}
# "b_file: 650 is not right. That is what is trained; …", or only why, for a statement.
BY_HAND = re.compile(r"(\w+): (?:.{0,300}? is not right\.? ?)?(.*)")


def mistakes(cell: NotebookNode) -> list[str]:
    """Name what is wrong with the answer that an executed visible test asked for.

    Parameters
    ----------
    cell : NotebookNode
        As it ran, with its outputs.

    Returns
    -------
    list of str
        Each mistake once; empty if the test passed.
    """
    error = error_of(cell)
    if error is None:
        return list(dict.fromkeys(_by_hand(cell)))
    if error.ename in STOPPED:
        return [STOPPED[error.ename].rstrip(".")]
    message = final_message(error)
    if message == NO_ANSWER:
        return [UNANSWERED]
    if error.ename not in ("WrongAnswer", "AssertionError"):
        # A student can give an error any name and text.
        return ["raises an error"]
    finding = read_message(message)
    if finding.mistake:
        # "the stride is ignored (5 of 5 failing results equal what that gives)"
        return [re.sub(r" \(\d+ of \d+ failing .*", "", finding.mistake)[:LONGEST]]
    return [_kind(finding.headline)]


def _kind(headline: str) -> str:
    first = plain(headline).partition("\n")[0]
    for pattern, name in KINDS.items():
        if re.search(pattern, first):
            return name
    return re.sub(r"\d[\d,.]*", "…", first)[:LONGEST]


def _by_hand(cell: NotebookNode) -> Iterator[str]:
    """Yield what a list of answers is told: hints, or which answer no hint fits."""
    text = plain("".join(out.text for out in cell.get("outputs", []) if out.output_type == "stream"))
    first, *lines = text.splitlines() or [""]
    if not first.startswith("✗"):
        return
    for line in lines:
        if found := BY_HAND.fullmatch(line):
            name, why = found.groups()
            why = re.sub(r", got .*", "", why)  # the student's own
            yield (why.rstrip(".") or f"{name} is wrong, and no known mistake gives it")[:LONGEST]
