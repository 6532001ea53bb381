"""What attacks on the sandbox aim at: a secret file, sockets, another process."""

import contextlib
import ctypes
import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.isolation import sandbox

SECRET = b"what no submission may learn"


@dataclass(frozen=True)
class Ground:
    """What the attacks aim at.

    Attributes
    ----------
    folder : Path
        Holds `secret`, an empty file `empty`, and the sockets `streams` and `datagrams`.
    scratch, library : Path
        The folder in which an attack runs, and an empty file that it may read.
    victim, port : int
        Another process, and where a TCP server listens.
    open_file, open_folder : int
        File descriptors of the secret and of `folder`, open before the sandbox is entered.
    address : int
        Where the victim's memory holds SECRET.
    """

    folder: Path
    scratch: Path
    library: Path
    victim: int
    port: int
    open_file: int
    open_folder: int
    address: int

    @property
    def secret(self) -> Path:
        return self.folder / "secret"


@contextlib.contextmanager
def battleground() -> Iterator[Ground]:
    """Make a place for attacks, and remove it afterwards."""
    with contextlib.ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        outside, scratch, library = base / "outside", base / "scratch", base / "library"
        outside.mkdir()
        scratch.mkdir()
        for path in (library, outside / "empty"):
            path.touch()
        (outside / "secret").write_bytes(SECRET)
        addresses = {
            (socket.AF_INET, socket.SOCK_STREAM): ("127.0.0.1", 0),
            (socket.AF_UNIX, socket.SOCK_STREAM): str(outside / "streams"),
            (socket.AF_UNIX, socket.SOCK_DGRAM): str(outside / "datagrams"),
        }
        for kind, address in [*addresses.items(), ((socket.AF_UNIX, socket.SOCK_STREAM), f"\0{outside}")]:
            server = stack.enter_context(socket.socket(*kind))
            server.bind(address)
            if kind[1] == socket.SOCK_STREAM:
                server.listen()
            if kind[0] == socket.AF_INET:
                port = server.getsockname()[1]
        memory = ctypes.create_string_buffer(SECRET)
        open_file = os.open(outside / "secret", os.O_RDONLY)
        stack.callback(os.close, open_file)
        open_folder = os.open(outside, os.O_RDONLY)
        stack.callback(os.close, open_folder)
        victim = os.fork()
        if victim == 0:
            try:
                sandbox.set_process(sandbox.DIE_WITH_PARENT, signal.SIGKILL)
                while True:
                    signal.pause()
            finally:
                os._exit(0)
        stack.callback(os.waitpid, victim, 0)
        stack.callback(os.kill, victim, signal.SIGKILL)
        yield Ground(
            outside, scratch, library, victim, port, open_file, open_folder, ctypes.addressof(memory)
        )
