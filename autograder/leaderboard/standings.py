"""Turns results into what is shown: boards with intervals and tiers, histories, the points of the plot.

What this returns is all that the page, the CSV and other programs get. It holds no exact score, only scores
rounded to a tenth of a percent; until the end nothing of the private images; and no dates but the ledger's.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.leaderboard.ladder import climb
from autograder.leaderboard.pareto import frontier
from autograder.leaderboard.references import Published
from autograder.leaderboard.tiers import tiers


@dataclass(frozen=True)
class Attempt:
    """A model that counts.

    Attributes
    ----------
    team, name : str
        Whose it is; `name` is shown. A baseline of the course has no team.
    time, note : str
    parameters : int
    correct : bool array, shape (N,)
        Which test images it classifies correctly.
    """

    team: str
    name: str
    time: str
    parameters: int
    correct: np.ndarray
    note: str = ""


@dataclass
class Row:
    """An entry of a board; a published one has no `attempt`."""

    attempt: Attempt | None
    shown: dict[str, Any] = field(default_factory=dict)


def standings(
    attempts: Sequence[Attempt],
    baselines: Sequence[Attempt],
    published: Sequence[Published],
    public: np.ndarray,
    *,
    budgets: Sequence[int],
    wilson: Callable[[int, int], tuple[float, float]],
    final: bool,
    note: str = "",
) -> dict[str, Any]:
    """Return everything that may be shown, as plain values for JSON.

    Parameters
    ----------
    attempts : sequence of Attempt
        All teams', in order of time.
    baselines, published : sequence
        References; each is shown on the smallest board that it qualifies for.
    public : bool array, shape (N,)
        Which images the public score is of.
    budgets : sequence of int
        The boards' largest numbers of parameters, ascending.
    wilson : function
        `cnnlib.challenge.wilson`.
    final : bool
        Show the score on the private images, too, and rank by it.
    note : str
        What is to be said about the images.
    """
    of_team: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        of_team[attempt.team].append(attempt)
    held = {
        budget: {team: path[-1] for team, own in of_team.items() if (path := ladder(own, budget, public))}
        for budget in budgets
    }

    def score(correct: np.ndarray) -> dict[str, float]:
        return interval(int(correct.sum()), len(correct), wilson)

    def row(attempt: Attempt) -> Row:
        shown = {
            "name": attempt.name,
            "kind": "team" if attempt.team else "baseline",
            "parameters": attempt.parameters,
            "public": score(attempt.correct[public]),
            "private": score(attempt.correct[~public]) if final else None,
            "time": attempt.time,
            "note": attempt.note,
            "source": None,
        }
        return Row(attempt, shown)

    def board(budget: int, smaller: int) -> dict[str, Any]:
        rows = [row(attempt) for attempt in held[budget].values()]
        rows += [row(one) for one in baselines if smaller < one.parameters <= budget]
        rows += [published_row(one, wilson) for one in published if smaller < one.parameters <= budget]
        rows.sort(key=place)
        part = ~public if final else public
        compared = [each for each in rows if each.attempt]
        for each, tier in zip(compared, tiers([r.attempt.correct[part] for r in compared]), strict=True):
            each.shown["tier"] = tier
        rank = 0
        for each in rows:
            rank += each.shown["kind"] == "team"
            each.shown["rank"] = rank if each.shown["kind"] == "team" else None
        return {"budget": budget, "entries": [each.shown for each in rows]}

    smaller = dict(zip(budgets, (0, *budgets[:-1]), strict=True))
    boards = [board(budget, smaller[budget]) for budget in budgets]
    distinct = {id(one): one for budget in budgets for one in held[budget].values()}
    rows = [row(one) for one in (*distinct.values(), *baselines)]
    rows += [published_row(one, wilson) for one in published]
    return {
        "format": 1,
        "final": final,
        "images": {"public": int(public.sum()), "private": int((~public).sum()), "note": note},
        "boards": boards,
        "points": points(sorted(rows, key=lambda row: (row.shown["parameters"], place(row)))),
        "teams": sorted((history(own, budgets, public) for own in of_team.values()), key=lambda h: h["name"]),
    }


def ladder(attempts: Sequence[Attempt], budget: int, public: np.ndarray) -> list[Attempt]:
    """Return, for each of a team's attempts within a budget, the one that the board shows after it."""
    within = [attempt for attempt in attempts if attempt.parameters <= budget]
    return [within[index] for index in climb([attempt.correct[public] for attempt in within])]


def interval(correct: int, total: int, wilson: Callable[[int, int], tuple[float, float]]) -> dict[str, float]:
    """Return a score and its Wilson interval in percent, rounded to a tenth."""
    low, high = wilson(correct, total)
    return {"accuracy": percent(correct / total), "low": percent(low), "high": percent(high)}


def percent(share: float) -> float:
    """Return a share in percent, rounded to a tenth."""
    return round(100 * share, 1)


def published_row(one: Published, wilson: Callable[[int, int], tuple[float, float]]) -> Row:
    """Return the entry of a published result, which was measured on all of the original test images."""
    shown = {
        "name": one.name,
        "kind": "published",
        "parameters": one.parameters,
        "public": interval(round(one.accuracy * one.images), one.images, wilson),
        "private": None,
        "time": "",
        "note": one.note,
        "tier": None,
        "source": {"key": one.key, "text": one.source, "address": one.address},
    }
    return Row(None, shown)


def deciding(shown: dict[str, Any]) -> dict[str, float]:
    """Return the score that an entry is ranked by."""
    return shown["private"] or shown["public"]


def place(row: Row) -> tuple:
    """Return what a board is sorted by: the score as it is shown, then fewer parameters, then the earlier."""
    shown = row.shown
    return -deciding(shown)["accuracy"], shown["parameters"], shown["time"], shown["name"]


def points(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the points of the plot, by parameters, and which of them no other beats in both respects."""
    places = [(row.shown["parameters"], deciding(row.shown)["accuracy"]) for row in rows]
    best = frontier(places)
    return [
        {
            **{key: row.shown[key] for key in ("name", "kind", "parameters", "note")},
            **deciding(row.shown),
            "source": row.shown["source"],
            "frontier": index in best,
        }
        for index, row in enumerate(rows)
    ]


def history(own: Sequence[Attempt], budgets: Sequence[int], public: np.ndarray) -> dict[str, Any]:
    """Return a team's submissions and the public score after each, on the smallest board it qualifies for."""
    after: dict[int, dict[int, Attempt]] = {}  # by budget and attempt: what the board shows after it
    for budget in budgets:
        within = [id(attempt) for attempt in own if attempt.parameters <= budget]
        after[budget] = dict(zip(within, ladder(own, budget, public), strict=True))
    submissions = []
    for attempt in own:
        budget = min(budget for budget in budgets if attempt.parameters <= budget)
        shown = after[budget][id(attempt)]
        submissions.append(
            {
                "time": attempt.time,
                "parameters": attempt.parameters,
                "board": budget,
                "public": percent(float(shown.correct[public].mean())),
                "moved": shown is attempt,
            }
        )
    return {"name": own[0].name, "submissions": submissions}
