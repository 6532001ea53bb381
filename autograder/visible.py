"""What an assignment's `tests.py` says of its visible tests, from which tables are made for students."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnnlib.check.functions import MakesCases
from cnnlib.check.trials import Case


@dataclass(frozen=True)
class Values:
    """Results that must be those of a reference.

    Parameters
    ----------
    like : callable
        The reference, with the arguments of a case.
    cases : callable or list
        As for `cnnlib.check.function`.
    wrong : dict of str to callable
        Wrong references by the mistake they make, with the arguments of `like`.
    trials, seed : int
        How many cases to make, and the seed of the first.
    measure : str
        The function of `cnnlib.check.measures` that is given the answer and a case's arguments.
    rtol, atol : float
        The tolerance of floats.
    fresh : bool
        Whether a result that is one of the arguments itself is wrong.
    """

    like: Callable[..., Any]
    cases: MakesCases | Sequence[Case]
    wrong: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    trials: int = 10
    seed: int = 0
    measure: str = "call"
    rtol: float = 1e-4
    atol: float = 1e-5
    fresh: bool = False


@dataclass(frozen=True)
class Conditions:
    """Conditions that a measure looks at; it returns what is wrong as a list of sentences.

    Parameters
    ----------
    measure : str
        A function of `cnnlib.check.measures`.
    cases : list of (args, kwargs)
        What it is given beside the answer.
    heading : str
        The first line of what the student reads, if something is wrong.
    """

    measure: str
    cases: Sequence[Case]
    heading: str = ""


@dataclass(frozen=True)
class ByHand:
    """Answers found by hand; students get fingerprints of them. Such a test has no other step.

    Parameters
    ----------
    right : dict
        The right answers; for a list of statements, the letters of the true ones.
    review : dict of str to str
        For each key, what to review when the answer is wrong.
    mistakes : dict of str to dict
        For a key, what is wrong by a wrong answer: ``{"weights": {76: "That includes the bias."}}``. Lists
        are written as tuples.
    statements : dict of str to dict
        For a key whose answer is letters, what to review by letter.
    """

    right: Mapping[str, Any]
    review: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    statements: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


Step = Values | Conditions | ByHand
