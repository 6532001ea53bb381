"""Takes new submissions in: at most so many of a team a day, each noted and kept under its hash."""

import hashlib
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from autograder.files import write_atomic
from autograder.leaderboard.identity import Teams
from autograder.leaderboard.inbox import Submission, content, read_inbox
from autograder.leaderboard.ledger import Ledger, Received

TIME = "%Y-%m-%dT%H:%M:%SZ"


def take_in(
    inbox: Path,
    ledger: Ledger,
    teams: Teams,
    output: Path,
    *,
    received: datetime | None,
    daily: int,
    largest: int,
) -> tuple[list[str], list[str]]:
    """Note the new submissions of the inbox and keep a copy of each.

    Parameters
    ----------
    inbox : Path
    ledger : Ledger
    teams : Teams
    output : Path
        Gets the copies; the ledger's folder.
    received : datetime or None
        When submissions came of which the platform says nothing; now if None.
    daily : int
        How many submissions of a team count on one day, in UTC.
    largest : int
        Bytes of a model.

    Returns
    -------
    refused, waiting : list of str
        A sentence for each submission that was not taken in, and for each that is over the day's limit.
    """
    now = (received or datetime.now(UTC)).astimezone(UTC)
    waiting = []
    with tempfile.TemporaryDirectory() as work:
        submissions, refused = read_inbox(inbox, teams, Path(work), largest)
        counted = Counter((one.team, one.time[:10]) for one in ledger.received)
        for submission in submissions:
            if ledger.holds(submission.team, submission.digest):
                continue
            time = (submission.time or now).strftime(TIME)
            day = (submission.team, time[:10])
            if counted[day] >= daily:
                waiting.append(over_limit(submission, time[:10], daily))
                continue
            if problem := keep(submission, output, largest):
                refused.append(problem)
                continue
            ledger.receive(Received(time, submission.team, submission.name, submission.digest))
            counted[day] += 1
    return refused, waiting


def over_limit(submission: Submission, day: str, daily: int) -> str:
    """Say what becomes of a submission too many."""
    what = f"{submission.team}: {submission.name} is more than the {daily} submissions of {day} (UTC)"
    if submission.time:
        return f"{what} and does not count; hand it in again on another day."
    return f"{what} and waits; it counts on the next day if it is still in the inbox."


def keep(submission: Submission, output: Path, largest: int) -> str:
    """Copy a model under the name of its content; return a sentence if it is no longer what it was."""
    data, problem = content(submission.path, largest)
    if problem or hashlib.sha256(data).hexdigest() != submission.digest:
        return f"{submission.team}: {submission.name} changed while it was read; run the command again."
    write_atomic(kept(output, submission.digest), data)
    return ""


def kept(output: Path, digest: str) -> Path:
    """Return where a submitted model is kept."""
    return output / "models" / f"{digest}.onnx"
