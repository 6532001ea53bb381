"""Stores prepared outcomes, without grading, in forks of this process that may be killed anywhere.

`python store_outcomes.py KEY OUTPUT random SEED KILLS` makes OUTPUT/0, 1, …: each is stored by runs that are
killed after a random time, until one is not; it ends after KILLS kills. `… steps` kills the first run of
OUTPUT/N before the Nth thing that it does to a file, until there are no more, and lets a second one end.
KEY is the folder of an answer key. A first run, into OUTPUT/undisturbed, loads all that the forks need.
"""

import copy
import gc
import os
import random
import signal
import sys
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from nbformat.v4 import new_output

from autograder.answer_key import Key
from autograder.outcome import Outcome
from autograder.results.folder import Results
from autograder.submissions.submission import Submission

STUDENTS = range(50)
FILE_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "shutil.rmtree", "sqlite3.connect"}


def prepared(key: Key, number: int) -> Outcome:
    """An outcome that depends on nothing but the number: every fifth failed, some were repaired."""
    if number % 5 == 4:
        return Outcome("failed", "the file is empty", isolation="pretended")
    scores, notebook = {}, copy.deepcopy(key.source)
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", text=f"{number}\n" * number)]
        if nbgrader.get("grade"):
            scores[nbgrader["grade_id"]] = float((number + len(scores)) % 2)
    notes = ["the cell add-test was missing and is put back"] if number % 7 == 0 else []
    when = datetime(2026, 1, 1, 12, number)
    return Outcome("graded", "", "", scores, {"add": "No response."}, notebook, when, notes, "pretended")


def run(key: Key, output: Path, students: Iterable[int] = STUDENTS, patience: float = 30.0) -> None:
    """Store what has no record yet, as the command does."""
    with Results(output, patience) as results:
        results.register(key)
        for number in students:
            student = f"student-{number:02d}"
            if results.record(student, "tiny") is None:
                submission = Submission(student, "tiny", output)
                results.store(submission, prepared(key, number), key, str(number), "version")
        results.write_csv()


def forked(*arguments: object, before: int | None = None) -> int:
    """Run in a fork, which kills itself before the file event of that number; return its process id."""
    child = os.fork()
    if child:
        return child
    try:
        left = before

        def count(event: str, _: tuple) -> None:
            nonlocal left
            if left is not None and event in FILE_EVENTS:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        run(*arguments)
        code = 0
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        code = 1
    os._exit(code)


def ended(child: int) -> bool:
    """Wait for a fork; return whether it was not killed. Anything else than success or a kill is an error."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in (0, -signal.SIGKILL):
        raise SystemExit(f"a run ended with {status}")
    return status == 0


def random_kills(key: Key, output: Path, seed: int, kills: int) -> None:
    """Kill after random times."""
    chance = random.Random(seed)
    start = time.monotonic()
    run(key, output / "undisturbed")
    gc.freeze()
    whole = time.monotonic() - start
    rounds = 0
    while kills > 0:
        folder = output / str(rounds)
        rounds += 1
        while True:
            child = forked(key, folder)
            # Many are short, for starting is; now and then one is long enough to end.
            time.sleep(whole * chance.choice((0.02, 0.1, 0.1, 1)) * chance.random())
            os.kill(child, signal.SIGKILL)  # one that has ended waits for its parent and feels nothing
            if ended(child):
                break
            kills -= 1


def kill_before_each_step(key: Key, output: Path) -> None:
    """Kill before each file operation of a run for two students, then let a run end."""
    run(key, output / "undisturbed", range(2))
    gc.freeze()
    step = 0
    while True:
        folder = output / str(step)
        if ended(forked(key, folder, range(2), before=step)):
            break
        if not ended(forked(key, folder, range(2))):
            raise SystemExit("a run that nobody disturbs was killed")
        step += 1


if __name__ == "__main__":
    if sys.argv[3] == "random":
        random_kills(Key("tiny", Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[4]), int(sys.argv[5]))
    else:
        kill_before_each_step(Key("tiny", Path(sys.argv[1])), Path(sys.argv[2]))
