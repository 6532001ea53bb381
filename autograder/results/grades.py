"""What the gradebook says about one submission."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Grades:
    """The scores and comments of one submission, with a person's corrections in them."""

    scores: dict[str, float | None]  # by grade id; None waits for a person
    comments: dict[str, str | None]
    penalty: float = 0.0  # for being late

    @property
    def total(self) -> float:
        """The score of the whole; what waits for a person counts nothing yet."""
        return max(0.0, sum(score or 0 for score in self.scores.values()) - self.penalty)

    @property
    def waiting(self) -> list[str]:
        """The cells that wait for a person."""
        return [name for name, score in self.scores.items() if score is None]
