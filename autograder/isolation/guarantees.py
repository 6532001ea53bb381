"""Finds out what isolation this machine offers, by attacking what the sandbox promises from inside it."""

import json
import os
import select
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import IsolationError
from autograder.isolation import sandbox
from autograder.isolation.battleground import Ground, battleground

PATIENCE = 60  # seconds for one attack


@dataclass(frozen=True)
class Guarantee:
    """A promise of the sandbox.

    Attributes
    ----------
    name : str
        The promise, a sentence without its period.
    required : bool
        Whether grading is refused when it does not hold.
    holds : bool
        Whether all attacks on it failed.
    detail : str
        What succeeded; empty if nothing did.
    """

    name: str
    required: bool
    holds: bool
    detail: str


@dataclass(frozen=True)
class Isolation:
    """The isolation that a machine offers: its name, or why there is none, and each guarantee."""

    name: str
    guarantees: list[Guarantee]

    @property
    def sufficient(self) -> bool:
        """Whether everything required holds."""
        return bool(self.guarantees) and all(one.holds for one in self.guarantees if one.required)


def offered() -> Isolation:
    """Attack the sandbox in forked children and return what held; takes a few seconds."""
    try:
        sandbox.prepare()
    except IsolationError as error:
        return Isolation(f"none: {error}", [])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        ended, name = in_child(lambda result: enter(Path(temporary), sandbox.Limits(), [], result))
        if not ended:
            return Isolation(f"none: {name}", [])
    # Loads the C library by a way that other systems lack.
    from autograder.isolation.attacks import GUARANTEES

    found = []
    for promise, required, attacks in GUARANTEES:
        gained = []
        for title, attack in attacks.items():
            with battleground() as target:
                succeeded, what = attempt(attack, target, confined=True)
            gained += [f"{title} ({what})"] if succeeded else []
        found.append(Guarantee(promise, required, not gained, "; ".join(gained)))
    return Isolation(name, found)


def attempt(attack: Callable, target: Ground, confined: bool) -> tuple[bool, str]:
    """Run an attack on a `battleground` in a forked child.

    Returns
    -------
    tuple of bool and str
        Whether it succeeded, and what it gained or what stopped it.
    """
    from autograder.isolation import attacks

    limits = sandbox.Limits(
        memory=attacks.MEMORY,
        file=attacks.FILE,
        files=attacks.FILES,
        cpu=attacks.CPU,
        open_files=attacks.OPEN_FILES,
        threads=attacks.THREADS,
    )

    def act(result: int) -> object:
        os.chdir(target.scratch)
        if confined:
            enter(target.scratch, limits, [target.library], result)
        return attack(target)

    return in_child(act)


def enter(scratch: Path, limits: sandbox.Limits, more: list[Path], result: int) -> str:
    """Enter the sandbox as a submission does."""
    return sandbox.enter(scratch, [*sandbox.readable_paths(), *more], limits, keep=[result])


def in_child(act: Callable[[int], object]) -> tuple[bool, str]:
    """Call a function in a forked child, with the number of the pipe that carries the result.

    Returns
    -------
    tuple of bool and str
        Whether it returned, and what; or why not. Not ending or becoming another program counts as returning.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            try:
                answer = [True, str(act(writer))[:200]]
            except (Exception, SystemExit) as error:
                answer = [False, str(error) or type(error).__name__]
            os.write(writer, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(writer)
    try:
        if not select.select([reader], [], [], PATIENCE)[0]:
            os.kill(child, signal.SIGKILL)
            return True, f"still at it after {PATIENCE} seconds"
        data = os.read(reader, 65536)
    finally:
        os.close(reader)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if data:
        return tuple(json.loads(data))
    return (False, f"stopped by signal {-code}") if code < 0 else (True, "another program")
