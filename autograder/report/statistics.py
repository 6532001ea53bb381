"""How a class did on a test, and how well the test tells who can do the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograder.report.reading import ClassResults, Test

FEWEST = 10  # students; a correlation of fewer says nothing


@dataclass(frozen=True)
class TestStatistics:
    """What the scores of one test say."""

    test: Test
    passed: float  # the share of graded students with all of its points
    mean: float  # the mean share of its points
    discrimination: float | None  # with the score on all other tests; None where it says nothing


def statistics(results: ClassResults) -> list[TestStatistics]:
    """Return the statistics of each test that a program grades.

    The discrimination is the item-rest correlation: Pearson's, over students, between the score on a test and
    the score on all others. It is None for fewer than ten students, or where all have the same score.
    """
    tests = [test for test in results.tests if not test.by_person and test.points > 0]
    scores = np.array(
        [[student.grades.scores.get(test.name) or 0.0 for test in tests] for student in results.graded]
    ).reshape(-1, len(tests))
    total = scores.sum(axis=1)
    found = []
    for column, test in enumerate(tests):
        mine = scores[:, column]
        rest = total - mine
        told = len(mine) >= FEWEST and mine.std() > 0 and rest.std() > 0
        found.append(
            TestStatistics(
                test,
                float(np.mean(mine >= test.points)) if len(mine) else 0.0,
                float(np.mean(mine / test.points)) if len(mine) else 0.0,
                float(np.corrcoef(mine, rest)[0, 1]) if told else None,
            )
        )
    return found


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """Return the quartiles of some scores."""
    low, middle, high = np.percentile(values, [25, 50, 75])
    return float(low), float(middle), float(high)
