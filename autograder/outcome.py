"""What grading one submission gave, whoever graded it."""

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
