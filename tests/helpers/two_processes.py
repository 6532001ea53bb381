"""A student's process for tests, and a session of the judge that is connected to it."""

import contextlib
import linecache
import os
import socket
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any

import torch

from autograder.wire.frames import Wire
from autograder.wire.remote import Session


def run_cell(source: str, name: str, namespace: dict) -> None:
    """Run a cell as the grader does: its lines can be found by the cell's name."""
    file = f"<cell {name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), namespace)


def serve(sock: socket.socket, cells: dict[str, str], handlers: dict[str, Callable]) -> None:
    from autograder.wire.serving import Server

    main = sys.modules["__main__"] = types.ModuleType("__main__")
    for name, source in cells.items():
        run_cell(source, name, vars(main))
    Server(Wire(sock), vars(main), handlers).serve()


@contextlib.contextmanager
def forked(
    work: Callable[[socket.socket], None], wire: Callable = Wire, cells: dict[str, str] | None = None
) -> Iterator[Session]:
    """Fork, let the child do `work` with its end of a connection, and give the judge's end."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            ours.close()
            torch.set_num_threads(1)
            work(theirs)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    theirs.close()
    session = Session(wire(ours, timeout=60), cells or {})
    session.pid = pid
    try:
        yield session
    finally:
        ours.close()
        os.waitpid(pid, 0)


def student(source: str = "", **handlers: Any):
    """A session with a student whose notebook is one cell."""
    cells = {"answer": source}
    return forked(lambda sock: serve(sock, cells, handlers), cells=cells)


def notebook(cells: dict[str, str]):
    """A session with a student whose notebook has these cells."""
    return forked(lambda sock: serve(sock, cells, {}), cells=cells)
