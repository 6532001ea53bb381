"""What becomes of each submission: it counts, is a copy, has no score or still waits for one."""

from collections.abc import Set
from dataclasses import dataclass, field

from autograder.leaderboard.duplicates import Model, copies
from autograder.leaderboard.identity import Teams
from autograder.leaderboard.images import Images, classes
from autograder.leaderboard.ledger import Ledger, Received, Result
from autograder.leaderboard.standings import Attempt, percent

COLUMNS = (
    "team", "shown_as", "time", "file", "sha256", "status", "message", "parameters", "public_accuracy",
    "private_accuracy",
)  # fmt: skip


@dataclass
class Verdicts:
    """What counts, and what to tell the instructor.

    Attributes
    ----------
    attempts : list of Attempt
        What counts, in order of time.
    rows : list of tuple
        The instructor's table, with its head.
    unscored : list of str
        A sentence for each submission that was scored for the first time and has no score.
    """

    attempts: list[Attempt] = field(default_factory=list)
    rows: list[tuple] = field(default_factory=lambda: [COLUMNS])
    unscored: list[str] = field(default_factory=list)


def judge(
    ledger: Ledger, images: Images, teams: Teams, course: Set[str], fresh: Set[str], *, final: bool
) -> Verdicts:
    """Say what becomes of each submission in the ledger.

    Parameters
    ----------
    ledger : Ledger
    images : Images
    teams : Teams
    course : set of str
        Digests of the course's own models.
    fresh : set of str
        Digests that this run scored for the first time.
    final : bool
        Tell the accuracy on the private images, too.
    """
    copied = find_copies(ledger, images, course)
    found = Verdicts()
    for one in in_time(ledger):
        result = ledger.results.get((one.digest, images.digest))
        original = copied.get((one.team, one.digest))
        status, message, public, private = "waiting", "It is not scored yet.", None, None
        if result and result.problem:
            status, message = "no score", result.problem
        elif result:
            correct = images.correct(result.predictions)
            public = percent(float(correct[images.public].mean()))
            private = percent(float(correct[~images.public].mean())) if final else None
            status, message = ("copy", say_copy(one, original)) if original else ("scored", say_wrong(result))
            if not original:
                name = teams.name(one.team)
                found.attempts.append(Attempt(one.team, name, one.time, result.parameters, correct))
        if status in ("no score", "copy") and one.digest in fresh:
            found.unscored.append(f"{one.team}: {one.name}: {message}")
        parameters = (result.parameters or None) if result else None
        found.rows.append(
            (one.team, teams.name(one.team), one.time, one.name, one.digest, status, message, parameters,
             public, private)
        )  # fmt: skip
    return found


def find_copies(ledger: Ledger, images: Images, course: Set[str]) -> dict[tuple[str, str], Model]:
    """Return, by team and digest, whose model a submission copies; what an instructor cleared is no copy."""
    models = []
    for team, digest in [("", digest) for digest in sorted(course)] + [
        (one.team, one.digest) for one in in_time(ledger)
    ]:
        result = ledger.results.get((digest, images.digest))
        if result and not result.problem:
            models.append(Model(team, digest, classes(result.predictions)))
    found = copies(models, images.labels)
    return {key: original for key, original in found.items() if key[1] not in ledger.cleared}


def in_time(ledger: Ledger) -> list[Received]:
    """Return the submissions by time; equal times stay as they were noted."""
    return sorted(ledger.received, key=lambda one: one.time)


def say_wrong(result: Result) -> str:
    """Say how many images a model had no answer for."""
    count = result.predictions.count("-")
    return (
        f"{count:,} of {len(result.predictions):,} images count as wrong: a score is not finite."
        if count
        else ""
    )


def say_copy(one: Received, original: Model) -> str:
    """Say whose model a submission is like."""
    whose = f"an earlier one of {original.team}" if original.team else "the course's own"
    what = (
        "It is the same file as" if one.digest == original.digest else "It gives nearly the same answers as"
    )
    return f"{what} {whose} ({original.digest[:12]}), so it does not count."
