"""The process that runs one student's cells and answers the judge's calls; it sees no test and no result."""

import inspect
import random
import shutil
import socket
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader

from autograder.isolation.sandbox import Limits, enter, readable_paths
from autograder.running import code
from autograder.running.shell import CellShell
from autograder.wire.frames import Wire
from autograder.wire.serving import Server


def be_student(
    connection: socket.socket, shell: CellShell, scratch: Path, files: Path | None, limits: Limits | None
) -> None:
    """Become the student's process: isolate it, then do what the judge asks until the judge is gone.

    Parameters
    ----------
    connection : socket
        To the judge.
    shell : CellShell
        Made by the warm parent, unused so far.
    scratch : Path
        The only folder that can be written.
    files : Path, optional
        The folder with the assignment's other files, which are copied to the student's folder.
    limits : Limits, optional
        None runs without isolation.
    """
    isolation = "none"
    if limits is not None:
        readable = [*readable_paths(), *([files] if files else [])]
        isolation = enter(scratch, readable, limits, keep=[connection.fileno()])
    if files:
        shutil.copytree(files, scratch, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.ipynb"))
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002 (students' cells may use the old generator)
    random.seed(0)
    load_without_processes()

    def define(source: str, compiled: str, name: str) -> None:
        exec(code.load(source, compiled, name), shell.user_ns)

    functions = {"run": shell.run, "define": define, "hello": lambda: isolation}
    Server(Wire(connection), shell.user_ns, functions).serve()


def load_without_processes() -> None:
    """Let a `DataLoader` with workers load by itself: a submission may not start processes."""
    original = DataLoader.__init__
    signature = inspect.signature(original)
    of_workers = {
        "num_workers": 0, "prefetch_factor": None, "persistent_workers": False, "timeout": 0,
        "multiprocessing_context": None,
    }  # fmt: skip

    def load(self: DataLoader, *args: Any, **options: Any) -> None:
        given = signature.bind(self, *args, **options).arguments
        given.update({name: value for name, value in of_workers.items() if name in given})
        given.pop("self")
        original(self, **given)

    DataLoader.__init__ = load
