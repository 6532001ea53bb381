"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass

# What can be wrong with an answer.
UNWRITTEN, RAISED, FORBIDDEN, WRONG = "unwritten", "raised", "forbidden", "wrong"


@dataclass(frozen=True, repr=False)
class Report:
    """The outcome of a check.

    Parameters
    ----------
    passed : bool
        Whether everything was right; also the report's truth value.
    message : str
        What was checked or, after a failure, what is wrong.
    share : float
        The share that is right, from 0 to 1: what partial credit is given for.
    reason : str
        After a failure, its kind: "unwritten", "raised", "forbidden" or "wrong".
    """

    passed: bool
    message: str
    share: float = 0.0
    reason: str = WRONG

    def __bool__(self) -> bool:
        return self.passed

    def require(self) -> None:
        """Raise `WrongAnswer` unless the check passed."""
        if not self.passed:
            raise WrongAnswer(self)

    def points(self, most: float) -> float | None:
        """Return the points of a test cell's last expression, as nbgrader reads them: None is all of them.

        Raises
        ------
        WrongAnswer
            If nothing is right.
        """
        if self.passed or not self.share:
            return self.require()
        print(f"✗ {self.message}")
        return round(float(most * self.share), 2)

    def __repr__(self) -> str:
        return self.message


class WrongAnswer(AssertionError):  # noqa: N818 (it reads as what happened)
    """An answer that a check found wrong. Jupyter shows the report's message alone, without a traceback."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.message)
        self.report = report

    def _render_traceback_(self) -> list[str]:  # IPython asks for this by name
        return [f"✗ {self}"]
