"""Start the autograder's command as a user does, from any folder."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]


def start(*arguments: object, environment: dict[str, str] | None = None, **options: Any) -> subprocess.Popen:
    """Start ``python -m autograder``; what it prints can be read.

    Parameters
    ----------
    *arguments : object
        Its arguments, paths and numbers as well as strings.
    environment : dict of str to str, optional
        Variables besides those of this process.
    **options
        Of `subprocess.Popen`, such as ``cwd``.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "autograder", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)} | (environment or {}),
        **{"stdout": subprocess.PIPE, "text": True} | options,
    )


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess:
    """Run it to its end, as `start` starts it; both its outputs are kept apart."""
    with start(*arguments, stderr=subprocess.PIPE, **options) as process:
        printed, errors = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, printed, errors)
