"""What a grading run, a warm parent and a judge tell each other; `wire/protocol.md` describes it."""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from autograder.running.code import VERSION


@dataclass(frozen=True, slots=True)
class Job:
    """One submission, for a warm parent."""

    plan: str  # path of the file with the `Plan`
    results: str  # path of the file that gets a `Line` for each cell of each run
    scratch: str  # a folder to work in
    files: str | None  # the folder with the assignment's other files
    timeout: int  # seconds for each cell
    total: int  # seconds for the run that is shown, and for all others together
    patience: float  # seconds after which who waits for an answer gives up
    pairs: int  # how many processes may die
    runs: dict[str, tuple[str, ...]]  # in their order, by name: the functions that do not work there
    apart: bool  # whether a test reads a student's file, which takes another process


@dataclass(frozen=True, slots=True)
class Done:
    """How a job went: "finished", or "broken" if its warm parent died; and the same of each run."""

    status: str
    runs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tests:
    """An assignment's `tests.py`: the name of the module, its text, and that compiled."""

    name: str
    source: str
    code: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell of a submission, for the judge."""

    index: int  # in the notebook
    name: str
    test: bool
    judge: bool  # whether the judge runs it, and not the student's process
    python: str  # what the judge runs: a test, or what tests build on; never the submission's text
    code: str  # that compiled
    pictures: bool  # whether pictures are kept that it shows
    source: str  # what the student's process runs
    imports: list[str]  # statements to be run there before
    runs: list[str]  # that ask for it


@dataclass(frozen=True, slots=True)
class Plan:
    """What the judge does with a submission."""

    answers: list[str]  # names that tests take from answers
    cells: list[Cell]
    tests: Tests | None
    in_process: bool  # whether tests run among the answers
    version: str = VERSION  # of the Python that compiled

    def to_json(self) -> str:
        """Return the plan as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Plan":
        """Read a plan; what another Python has compiled is left out."""
        content = json.loads(text)
        cells = [Cell(**cell) for cell in content.pop("cells")]
        tests = content.pop("tests")
        plan = cls(cells=cells, tests=Tests(**tests) if tests else None, **content)
        if plan.version == VERSION:
            return plan
        plain = [replace(cell, code="") for cell in plan.cells]
        return replace(plan, cells=plain, tests=plan.tests and replace(plan.tests, code=""))


@dataclass(frozen=True, slots=True)
class Line:
    """What the judge writes: of each run how it is isolated, and then what each cell gave."""

    run: str
    isolation: str | None = None
    cell: int | None = None  # the cell's index
    outputs: list[dict[str, Any]] = field(default_factory=list)
    fault: dict[str, Any] | None = None  # the kind of a failure, and where in the submission it was
