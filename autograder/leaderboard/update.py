"""Brings the leaderboard up to date: takes in what is new, scores what has no score, writes what is shown."""

import hashlib
import os
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from autograder.errors import UserError
from autograder.files import write_atomic
from autograder.leaderboard import page, references
from autograder.leaderboard.identity import read_teams
from autograder.leaderboard.images import Images, load_images
from autograder.leaderboard.inbox import content
from autograder.leaderboard.intake import kept, take_in
from autograder.leaderboard.ledger import Ledger, Result
from autograder.leaderboard.references import Baseline
from autograder.leaderboard.scoring import read_secret, scored
from autograder.leaderboard.standings import Attempt, standings
from autograder.leaderboard.verdicts import judge
from autograder.lock import exclusive
from autograder.spreadsheet import csv_text

PATIENCE = 10.0  # seconds to wait for another run on the same folder


@dataclass(frozen=True)
class Options:
    """How to bring it up to date; see `command.py` for what each is."""

    inbox: Path | None
    output: Path
    site: Path
    roster: Path | None = None
    images: Path | None = None
    images_note: str = ""
    references: Path = references.DEFAULT
    received: datetime | None = None
    daily: int = 2
    final: bool = False
    rescore: bool = False
    clear: tuple[str, ...] = ()
    workers: int | None = None
    memory: int = 2 * 1024**3
    seconds: int = 60
    unsafe: bool = False


@dataclass
class Told:
    """What a run has to say: sentences by what they are about."""

    refused: list[str] = field(default_factory=list)  # landed nowhere
    waiting: list[str] = field(default_factory=list)  # over the day's limit
    unscored: list[str] = field(default_factory=list)  # new, but without a score
    failed: list[str] = field(default_factory=list)  # to be tried again


def update(options: Options) -> int:
    """Take in, score, rank and write; return the exit code: 1 if something handed in got no score.

    Raises
    ------
    UserError
        If nothing can be done: no images, no inbox, an unusable roster, no isolation.
    """
    from cnnlib import challenge

    teams = read_teams(options.roster)
    baselines, published = references.read_references(options.references)
    images = load_images(options.images)
    told = Told()
    with exclusive(options.output, PATIENCE):
        ledger = Ledger(options.output / "ledger.jsonl")
        for number in ledger.damaged:
            print(f"Line {number} of {ledger.path} is damaged and left out; what it noted is done again.")
        clear(ledger, options.clear)
        if options.inbox:
            told.refused, told.waiting = take_in(
                options.inbox, ledger, teams, options.output,
                received=options.received, daily=options.daily, largest=challenge.MAX_BYTES,
            )  # fmt: skip
        known = {baseline.path: digest_of(baseline, challenge.MAX_BYTES) for baseline in baselines}
        fresh = score_all(options, ledger, images, {known[b.path]: b.path for b in baselines}, told)
        verdicts = judge(ledger, images, teams, set(known.values()), fresh, final=options.final)
        told.unscored = verdicts.unscored
        course = [
            Attempt("", b.name, "", result.parameters, images.correct(result.predictions), b.note)
            for b in baselines
            if (result := ledger.results.get((known[b.path], images.digest))) and not result.problem
        ]
        shown = standings(
            verdicts.attempts, course, published, images.public,
            budgets=challenge.BUDGETS, wilson=challenge.wilson, final=options.final, note=options.images_note,
        )  # fmt: skip
        write_atomic(options.output / "submissions.csv", csv_text(verdicts.rows))
        page.write(shown, options.site)
    return report(options, told, shown, len(verdicts.rows) - 1)


def clear(ledger: Ledger, digests: tuple[str, ...]) -> None:
    """Let models count that were taken for copies."""
    for given in digests:
        found = {one.digest for one in ledger.received if one.digest.startswith(given.lower())}
        if len(found) != 1 or len(given) < 6:
            raise UserError(
                f"--clear {given}: name one model by at least the first 6 characters of its sha256, "
                f"as in {ledger.path.with_name('submissions.csv')}."
            )
        ledger.clear(found.pop())


def digest_of(baseline: Baseline, largest: int) -> str:
    """Return the digest of a baseline's file."""
    data, problem = content(baseline.path, largest)
    if problem:
        raise UserError(f"The reference {baseline.path} {problem}.")
    return hashlib.sha256(data).hexdigest()


def score_all(
    options: Options, ledger: Ledger, images: Images, course: dict[str, Path], told: Told
) -> set[str]:
    """Score what has no score on these images; return the digests of what was scored for the first time."""
    paths = {one.digest: kept(options.output, one.digest) for one in ledger.received} | course
    fresh = {digest for digest in paths if (digest, images.digest) not in ledger.results}
    todo = [(d, path) for d, path in paths.items() if options.rescore or d in fresh]
    names = {one.digest: f"{one.team}: {one.name}" for one in reversed(ledger.received)}
    present = [(digest, path) for digest, path in todo if path.is_file()]
    for digest, path in todo:
        if not path.is_file():
            told.failed.append(f"{names.get(digest, digest)}: its file {path} is gone; put it back.")
    print(f"{len(paths)} models, {len(present)} to score on {len(images.labels):,} images", flush=True)
    if not present:
        return fresh
    done = 0
    workers = options.workers or os.cpu_count() or 1
    limits = {"workers": workers, "memory": options.memory, "seconds": options.seconds}
    bar = tqdm(total=len(present), unit="model", disable=not sys.stdout.isatty(), file=sys.stdout)
    secret = read_secret(options.output)
    with bar, scored(present, images, secret, times=ledger.times, **limits, unsafe=options.unsafe) as results:
        try:
            for result in results:
                if isinstance(result, Result):
                    ledger.score(result)
                    done += 1
                    tell(names.get(result.digest, "course"), result)
                else:
                    told.failed.append(f"{names.get(result[0], result[0])}: {result[1]}.")
                bar.update()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                f"{done} of {len(present)} models are scored and noted; the same command continues."
            ) from None
    return fresh


def tell(name: str, result: Result) -> None:
    """Print a line about a model; on a terminal the bar says enough unless it has no score."""
    if result.problem or not sys.stdout.isatty():
        said = f"no score: {result.problem}" if result.problem else f"{result.parameters:,} parameters"
        tqdm.write(f"{name}: {said}")
        sys.stdout.flush()


def report(options: Options, told: Told, shown: dict[str, Any], submissions: int) -> int:
    """Print what became of the submissions; return the exit code."""
    for title, lines in (
        ("Not taken in", told.refused),
        ("More than a day's submissions", told.waiting),
        ("New, without a score", told.unscored),
        ("To be tried again", told.failed),
    ):
        if lines:
            print(f"{title} ({len(lines)}):")
            print("\n".join(f"  {line}" for line in lines))
    print(f"{len(shown['teams'])} teams, {submissions} submissions")
    print(f"submissions: {options.output / 'submissions.csv'}\npage: {options.site / page.PAGE}")
    return 1 if told.refused or told.unscored or told.failed else 0
