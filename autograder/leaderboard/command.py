"""The subcommand `python -m autograder leaderboard`: its options, and how they become a run."""

import argparse
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from autograder.errors import UserError
from autograder.files import ROOT, write_atomic
from autograder.options import moment


def add_options(command: argparse.ArgumentParser, whole: Callable[[str], int]) -> None:
    """Add the options; `whole` reads a number from 1."""
    command.add_argument(
        "inbox", nargs="?", type=Path, metavar="INBOX",
        help="INBOX/TEAM/ANYTHING.onnx, or a folder or zip from Canvas, Moodle or Gradescope; "
        "without it, nothing new is taken in",
    )  # fmt: skip
    command.add_argument(
        "--roster", type=Path, metavar="CSV", help="who is who; column `student`, and team, display, token"
    )
    command.add_argument(
        "--new-tokens",
        type=Path,
        metavar="CSV",
        help="only write the roster, with a token for each team, here",
    )
    command.add_argument(
        "--images",
        type=Path,
        metavar="NPZ",
        help="a cifar10.npz (the one that cnnlib.load finds or downloads)",
    )
    command.add_argument("--images-note", default="", metavar="TEXT", help="what the page says about them")
    command.add_argument(
        "--output", type=Path, default=ROOT / "autograder" / "challenge", metavar="DIR",
        help="has the ledger, the models and submissions.csv (autograder/challenge)",
    )  # fmt: skip
    command.add_argument(
        "--site", type=Path, default=ROOT / "book", metavar="DIR",
        help="gets the page, its CSV and JSON (book)",
    )  # fmt: skip
    command.add_argument("--references", type=Path, metavar="JSON", help="what the class is measured against")
    command.add_argument(
        "--received", type=moment, metavar="TIME",
        help="when the inbox was handed in, in UTC, such as 2026-11-20T18:00, where no platform tells (now)",
    )  # fmt: skip
    command.add_argument(
        "--daily", type=whole, default=2, metavar="N", help="submissions of a team a day (2)"
    )
    command.add_argument("--final", action="store_true", help="show the private half, and rank by it")
    command.add_argument("--rescore", action="store_true", help="score all models again")
    command.add_argument(
        "--clear",
        action="append",
        default=[],
        metavar="SHA256",
        help="count a model that was taken for a copy",
    )
    command.add_argument("--workers", type=whole, metavar="N", help="models at a time (the processors)")
    command.add_argument("--memory", type=whole, default=2048, metavar="MB", help="limit for a model (2048)")
    command.add_argument(
        "--seconds", type=whole, default=60, metavar="S", help="processor time for a model (60)"
    )
    command.add_argument("--unsafe", action="store_true", help="score without isolation")


def run(arguments: argparse.Namespace) -> int:
    """Carry the subcommand out; return the exit code."""
    if arguments.new_tokens:
        return write_tokens(arguments)
    missing = [name for name in ("onnx", "onnxruntime", "pybtex") if find_spec(name) is None]
    if missing:
        raise UserError(
            f"The leaderboard needs {' and '.join(missing)}; install what requirements.txt lists."
        )
    from autograder.leaderboard import references
    from autograder.leaderboard.update import Options, update

    options = Options(
        inbox=arguments.inbox.absolute() if arguments.inbox else None,
        output=arguments.output.resolve(),
        site=arguments.site.resolve(),
        roster=arguments.roster,
        images=arguments.images,
        images_note=arguments.images_note,
        references=arguments.references or references.DEFAULT,
        received=arguments.received,
        daily=arguments.daily,
        final=arguments.final,
        rescore=arguments.rescore,
        clear=tuple(arguments.clear),
        workers=arguments.workers,
        memory=arguments.memory * 1024**2,
        seconds=arguments.seconds,
        unsafe=arguments.unsafe,
    )
    return update(options)


def write_tokens(arguments: argparse.Namespace) -> int:
    """Write the roster with tokens."""
    from autograder.leaderboard.identity import with_tokens

    if not arguments.roster:
        raise UserError("--new-tokens gives the teams of a roster tokens; name it with --roster.")
    write_atomic(arguments.new_tokens, with_tokens(arguments.roster))
    print(f"{arguments.new_tokens} has a token for each team; give each team its own, and nobody the file.")
    return 0
