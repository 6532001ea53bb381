"""The warm parents: processes that have PyTorch loaded and fork what runs submissions.

`python -m autograder.running.warm` loads all that takes time, reads a line of JSON on stdin with the modules
to load too, and forks a warm parent for each pair of pipes it was given. That one writes how it is isolated,
then reads a job a line and answers with a line each. None of them ever holds a test, an answer or a result.
"""

import gc
import json
import os
import signal
import sys
from dataclasses import asdict
from typing import Any

from autograder.running.huge_pages import collapse
from autograder.running.loading import load, load_modules
from autograder.workers.forks import serve


def main(arguments: list[str]) -> None:
    """Load what submissions use and fork the warm parents; each says hello, then works until jobs end."""
    options = json.loads(arguments[0])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the business of the one who started this
    gc.disable()  # what is loaded stays: looking through it again and again takes a sixth of the time
    shell = load()
    modules = sys.stdin.readline()
    if not modules:
        return  # nothing is to be graded
    load_modules(json.loads(modules))
    if options["many"]:
        collapse()
    limits = None
    if not options["unsafe"]:
        from autograder.isolation.sandbox import Limits

        limits = Limits(memory=options["memory"])
    from autograder.running.messages import Job
    from autograder.running.pairs import Runs
    from autograder.running.student import Students

    runs = Runs(Students(shell, limits))

    def answer(job: dict[str, Any]) -> dict[str, Any]:
        return asdict(runs.work(Job(**job)))

    serve(options["pipes"], limits, answer)
    runs.close()


if __name__ == "__main__":
    main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # at an ordinary exit some libraries complain about themselves
