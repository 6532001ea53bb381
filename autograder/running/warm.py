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

from autograder.running.cheap_forks import make_forks_cheap
from autograder.running.forks import serve
from autograder.running.loading import load, load_modules


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
        make_forks_cheap()
    limits = None
    if not options["unsafe"]:
        from autograder.isolation.sandbox import Limits

        limits = Limits(memory=options["memory"])
    from autograder.running.pairs import Runs
    from autograder.running.student import Students

    runs = Runs(Students(shell, limits))
    serve(options["pipes"], limits, runs.work)
    runs.close()


if __name__ == "__main__":
    main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # at an ordinary exit some libraries complain about themselves
