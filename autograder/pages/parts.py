"""What a feedback page shows, part by part, and keeping it within the size that a page may have."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from markupsafe import escape

from autograder.pages.messages import Finding

LONGEST = 64 * 1024  # characters of any one text on the page
LARGEST = 800_000  # bytes of all texts, as HTML; a page has 1 MB
LEFT_OUT = "[left out: the page would be larger than 1 MB]"


@dataclass
class Answer:
    """A cell that the student wrote."""

    code: str
    untouched: bool
    output: str
    error: str
    syntax: bool  # whether that is a syntax error
    comment: str


@dataclass
class Test:
    """A graded cell. `source` is empty where nothing of it may be shown."""

    name: str
    points: float
    score: float | None  # None waits for a person
    hidden: bool
    note: str  # what the release says about a test that it does not show
    source: str
    finding: Finding
    traceback: str
    comment: str

    @property
    def verdict(self) -> str:
        """A word or two for the score."""
        if self.score is None:
            return "not graded yet"
        if self.score >= self.points:
            return "passed"
        return "partly passed" if self.score > 0 else "failed"


@dataclass
class Group:
    """Some cells that the student wrote, and the tests of them."""

    answers: list[Answer] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)


@dataclass
class Part:
    """What stands below one heading of the notebook."""

    title: str
    groups: list[Group]

    @property
    def tests(self) -> list[Test]:
        """The tests of all groups."""
        return [test for group in self.groups for test in group.tests]

    @property
    def score(self) -> float:
        """The points that the student has."""
        return sum(test.score or 0 for test in self.tests)

    @property
    def points(self) -> float:
        """The points that there are."""
        return sum(test.points for test in self.tests)


def fit(parts: list[Part]) -> bool:
    """Shorten the texts of a page to what it may hold, the least important last; return whether any went."""
    left, cut = LARGEST, False
    for owner, name in texts_by_importance(parts):
        text = getattr(owner, name)
        if len(text) > LONGEST:
            text = text[:LONGEST] + "\n[cut here: longer than 64 KB]"
        size = len(escape(text).encode())
        if size > left:
            text, cut = LEFT_OUT, True
        else:
            left -= size
        setattr(owner, name, text)
    return cut


def texts_by_importance(parts: list[Part]) -> Iterator[tuple[object, str]]:
    """Yield where the texts of a page are: what tests found first, what cells printed last."""
    tests = [test for part in parts for test in part.tests]
    answers = [answer for part in parts for group in part.groups for answer in group.answers]
    for test in tests:
        yield test, "comment"
        for name in ("headline", "mistake", "summary", "expected", "got"):
            yield test.finding, name
        yield from ((value, "text") for value in test.finding.inputs)
    for answer in answers:
        yield from ((answer, name) for name in ("comment", "code", "error"))
    for test in tests:
        yield from ((test, name) for name in ("source", "traceback"))
    yield from ((answer, "output") for answer in answers)
