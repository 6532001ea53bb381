"""The process that runs one student's cells and answers the judge's calls; it sees no test and no result."""

import contextlib
import inspect
import json
import os
import random
import shutil
import signal
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader

from autograder.isolation.sandbox import Limits, close_files, enter, readable_paths
from autograder.running import code
from autograder.running.forbidding import as_it_is, forbid_for_good
from autograder.running.shell import CellShell
from autograder.wire.frames import Wire
from autograder.wire.serving import Server
from autograder.workers.forks import GRACE, fork, reap
from cnnlib.challenge import score_drawn

PATIENCE = 300.0  # seconds for another process to forbid functions, or to fork, on a machine that many share


@dataclass(frozen=True)
class Students:
    """Forks students' processes from this one.

    Attributes
    ----------
    shell : CellShell
        Unused so far.
    limits : Limits or None
        None runs without isolation.
    readable : tuple of Path, optional
        The files that students may read, if those are other ones than `readable_paths()`.
    """

    shell: CellShell
    limits: Limits | None
    readable: tuple[Path, ...] | None = None

    def start(
        self, connection: socket.socket, scratch: Path, files: Path | None, others: Iterable[socket.socket]
    ) -> int:
        """Fork a process that talks to the judge over `connection`; return its number.

        Parameters
        ----------
        connection : socket
        scratch : Path
            The only folder that can be written.
        files : Path, optional
            The folder with the assignment's other files, which are copied to the student's folder.
        others : iterable of socket
            What the process has no business with.
        """
        return fork(be_student, connection, scratch, files, list(others), self)

    def stop(self, process: int) -> None:
        """End a process."""
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


class StudentsElsewhere:
    """Forks students' processes from another one, in which some functions do not work.

    Parameters
    ----------
    names : tuple of str
        The functions, as for `cnnlib.check.forbid`.
    students : Students
        How to fork them.

    Raises
    ------
    OSError, EOFError
        If there is no such process any more.
    """

    def __init__(self, names: tuple[str, ...], students: Students) -> None:
        self._socket, theirs = socket.socketpair()
        self._process = fork(self._serve, theirs, names, students)
        theirs.close()
        self._socket.settimeout(PATIENCE)
        try:
            self._hear()
        except (OSError, EOFError):
            self.close()
            raise

    def start(
        self, connection: socket.socket, scratch: Path, files: Path | None, others: Iterable[socket.socket]
    ) -> int:
        """Fork a process, as `Students.start` does."""
        message = json.dumps({"scratch": str(scratch), "files": str(files) if files else None})
        socket.send_fds(self._socket, [message.encode()], [connection.fileno()])
        return self._hear()

    def stop(self, process: int) -> None:
        """End a process."""
        self._socket.sendall(json.dumps({"stop": process}).encode())
        self._hear()

    def close(self) -> None:
        """End the other process."""
        self._socket.close()
        reap(self._process, GRACE)

    def _hear(self) -> int:
        answer = self._socket.recv(4096)
        if not answer:
            raise EOFError("The process in which some functions are forbidden has ended; its error is above.")
        return json.loads(answer)

    @staticmethod
    def _serve(theirs: socket.socket, names: Sequence[str], students: Students) -> None:
        """Fork and end students as told, until nobody is left who would."""
        close_files([theirs.fileno(), 2])
        students = Students(students.shell, students.limits, forbid_for_good(names))
        theirs.sendall(b"0")
        running: set[int] = set()
        while True:
            data, files, *_ = socket.recv_fds(theirs, 65536, 1)
            if not data:
                break
            message = json.loads(data)
            if "stop" in message:
                students.stop(message["stop"])
                running.discard(message["stop"])
                theirs.sendall(b"0")
                continue
            connection = socket.socket(fileno=files[0])
            given = Path(message["files"]) if message["files"] else None
            process = students.start(connection, Path(message["scratch"]), given, [theirs])
            connection.close()
            running.add(process)
            theirs.sendall(str(process).encode())
        for process in running:
            students.stop(process)


def be_student(
    connection: socket.socket,
    scratch: Path,
    files: Path | None,
    others: list[socket.socket],
    students: Students,
) -> None:
    """Become the student's process: isolate it, then do what the judge asks until the judge is gone."""
    for other in others:
        other.close()
    isolation = "none"
    if students.limits is not None:
        readable = students.readable if students.readable is not None else readable_paths()
        given = [files] if files else []
        isolation = enter(scratch, [*readable, *given], students.limits, keep=[connection.fileno()])
    if files:
        shutil.copytree(files, scratch, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.ipynb"))
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002 (students' cells may use the old generator)
    random.seed(0)
    load_without_processes()
    # There is no compiler in here.
    torch.compile = as_it_is
    torch.nn.Module.compile = lambda self, *args, **options: None
    shell = students.shell

    def imports(statements: list[str]) -> None:
        for statement in statements:
            with contextlib.suppress(Exception):
                exec(statement, shell.user_ns)

    functions = {
        "run": shell.run,
        "imports": imports,
        "tests": code.import_module,
        "score_drawn": score_drawn,
        "hello": lambda: isolation,
    }
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
