"""Check answers found by hand: each counts for itself, and none is given away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cnnlib.check import old_notebooks
from cnnlib.check.compare import describe
from cnnlib.check.report import Report

# A guess takes about 10 ms and 2 MB: too long to try many thousands, short enough for a test.
_SCRYPT = {"n": 2**11, "r": 8, "p": 1, "dklen": 8}


def answers(
    given: Any,
    right: Mapping[str, Any],
    *,
    statements: Mapping[str, str] | None = None,
    review: Mapping[str, str] | None = None,
    mistakes: Mapping[str, str] | None = None,
) -> Report:
    """Check answers found by hand.

    Parameters
    ----------
    given : dict
        The student's answers. Keys that are not in `right` are ignored.
    right : dict
        The right answers: whole numbers, texts, or tuples of them. Tuples and lists count as the same, and
        NumPy's numbers as numbers.
    statements : dict of str to str, optional
        For a key whose answer is the letters of the true statements, all letters: ``{"true": "abcdefg"}``.
        Each letter counts, in whatever order they are given.
    review : dict of str to str, optional
        For each key, what to review when the answer is wrong.
    mistakes : dict of str to str, optional
        Given in notebooks that were released earlier only; `right` then holds what
        `old_notebooks.digest` gives.

    Returns
    -------
    Report
        Its `share` is that of the right answers. In a list of statements a wrong letter takes away a right
        one, so guessing gains nothing.
    """
    if mistakes is not None and isinstance(given, Mapping):
        return old_notebooks.answers(given, right, review or {}, mistakes)
    statements, review = statements or {}, review or {}

    def judge(item: str, answer: Any) -> tuple[float, list[str]]:
        advice = review.get(item, "")
        if item in statements:
            chosen, fault = letters(answer, statements[item])
            if fault:
                return 0.0, [f"{item}: {fault}"]
            wrong = len(chosen ^ set(right[item]))
            return credit(wrong, len(statements[item])), [f"{item}: {advice}".rstrip()] if wrong else []
        fault = form(answer)
        if fault:
            return 0.0, [f"{item}: {fault}"]
        if canonical(answer) == canonical(right[item]):
            return 1.0, []
        return 0.0, [f"{item}: {shown(answer)} is not right. {advice}".rstrip()]

    return each(given, right, judge)


def against_fingerprints(given: Any, table: Mapping[str, Mapping[str, Any]], salt: str) -> Report:
    """Check answers found by hand against fingerprints, which do not give them away.

    Parameters
    ----------
    given : dict
    table : dict
        For each key "right", the `fingerprint` of the answer; "mistakes", what is wrong by the fingerprint of
        a wrong answer; and "review", what to review otherwise. For a list of statements it has "statements"
        instead: for each letter whether it is true, as a fingerprint, and what to review.
    salt : str
    """

    def judge(item: str, answer: Any) -> tuple[float, list[str]]:
        expected = table[item]
        if "statements" in expected:
            chosen, fault = letters(answer, "".join(expected["statements"]))
            if fault:
                return 0.0, [f"{item}: {fault}"]
            advice = [
                words
                for letter, (mark, words) in expected["statements"].items()
                if fingerprint(f"{item} {letter}", letter in chosen, salt) != mark
            ]
            return credit(len(advice), len(expected["statements"])), [f"{item}: {words}" for words in advice]
        fault = form(answer)
        if fault:
            return 0.0, [f"{item}: {fault}"]
        found = fingerprint(item, answer, salt)
        if found == expected["right"]:
            return 1.0, []
        advice = expected["mistakes"].get(found, expected["review"])
        return 0.0, [f"{item}: {shown(answer)} is not right. {advice}"]

    return each(given, table, judge)


def each(
    given: Any, expected: Mapping[str, Any], judge: Callable[[str, Any], tuple[float, list[str]]]
) -> Report:
    """Judge each answer by itself, and report the share that is right with a line for each wrong one."""
    if not isinstance(given, Mapping):
        hint = "; did you forget `return`?" if given is None else ""
        return Report(False, f"expected a dict with the keys {list(expected)}, got {describe(given)}{hint}.")
    lines, right, total = [], 0, 0.0
    for item in expected:
        if item not in given:
            lines.append(f"{item}: this key is missing.")
            continue
        earned, faults = judge(item, given[item])
        total += earned
        right += not faults
        lines += faults
    single = len(expected) == 1
    if not lines:
        return Report(
            True, "the answer is right." if single else f"all {len(expected)} answers are right.", 1.0
        )
    heading = [] if single else [f"{right} of {len(expected)} answers are right:"]
    return Report(False, "\n".join([*heading, *lines]), total / len(expected))


def fingerprint(item: str, answer: Any, salt: str) -> str:
    """Return a fingerprint of an answer, slow to make: 16 hexadecimal digits.

    Parameters
    ----------
    item : str
        The key of the answer.
    answer : int, str, bool, or a tuple or list of them
    salt : str

    Notes
    -----
    It keeps an answer from being read. Who writes a program to try likely answers finds a small number still.
    """
    return hashlib.scrypt(canonical(answer).encode(), salt=f"{salt}: {item}".encode(), **_SCRYPT).hex()


def canonical(answer: Any) -> str:
    """Return one text for all ways to write an answer: tuples or lists, Python's or NumPy's numbers."""
    return json.dumps(_plain(answer))


def form(answer: Any) -> str:
    """Say what is wrong with the form of an answer; an empty text if it is a whole number, text or tuple."""
    parts = answer if isinstance(answer, tuple | list) else [answer]
    for part in map(_plain, parts):
        if type(part) is float and part.is_integer():
            return f"an answer is a whole number: write {int(part)} instead of {part}."
        if type(part) is str and part.strip().isdigit():
            return f"write {part.strip()} without quotes: a number is not a text."
        if type(part) not in (int, str):
            inside = "in a tuple " if isinstance(answer, tuple | list) else ""
            return (
                f"an answer is a whole number, a text, or a tuple of them; {inside}there is {describe(part)}."
            )
    return ""


def letters(answer: Any, known: str) -> tuple[set[str], str]:
    """Return the letters of statements, given in any order and form, and what is wrong with them."""
    parts = answer.replace(",", " ").split() if isinstance(answer, str) else answer
    if isinstance(answer, str) and len(parts) == 1:
        parts = list(parts[0])
    example = ", ".join(repr(letter) for letter in (known[0], known[-1]))
    if not isinstance(parts, tuple | list | set | frozenset) or not all(
        isinstance(part, str) for part in parts
    ):
        return (
            set(),
            f"expected the letters of the true statements, such as ({example}), got {shown(answer)}.",
        )
    chosen = {part.strip().lower() for part in parts}
    others = sorted(chosen - set(known))
    if others:
        return set(), f"there is no statement {others[0]!r}; the letters are {known[0]} to {known[-1]}."
    return chosen, ""


def credit(wrong: int, of: int) -> float:
    """Return the share of a list of statements in which so many letters are wrong."""
    return max(0.0, 1 - 2 * wrong / of)


def shown(answer: Any) -> str:
    """Return an answer as a student would write it."""
    return repr(_plain(answer))[:200]


def _plain(answer: Any) -> Any:
    if isinstance(answer, tuple | list):
        return [_plain(part) for part in answer] if isinstance(answer, list) else tuple(map(_plain, answer))
    return answer.item() if isinstance(answer, np.generic) else answer
