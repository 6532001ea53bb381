"""What grading one submission gave, whoever graded it, and what of it is kept."""

from dataclasses import dataclass, field
from datetime import datetime

from nbformat import NotebookNode


@dataclass
class Outcome:
    """What grading one submission gave."""

    status: str  # "graded" or "failed"
    message: str = ""  # for student and instructor: what was repaired, or why there is no grade
    details: str = ""  # a traceback for the instructor
    scores: dict[str, float | None] = field(default_factory=dict)  # None waits for a person
    comments: dict[str, str | None] = field(default_factory=dict)
    notebook: NotebookNode | None = None  # as executed
    timestamp: datetime | None = None
    notes: list[str] = field(default_factory=list)  # what was repaired, one clause each
    isolation: str = "none"  # what kept the submission from the rest of the machine


@dataclass(frozen=True)
class Record:
    """What was graded from what, and how."""

    student: str
    assignment: str
    submission: str  # hash of the student's files
    source: str  # hash of the assignment's files
    status: str
    message: str
    details: str = ""
    isolation: str = ""  # what kept the submission from the rest of the machine; empty if nobody noted it
    notes: list[str] = field(default_factory=list)  # what was repaired in the submission
    late_mark: str = ""  # who says that it was late, where nobody says when it came
    points: float | None = None  # what the assignment was worth then; None if nobody noted it


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
