"""The sandbox around a submission: what a forked process gives up, for good, before it runs a student's code.

Landlock governs files and seccomp everything else; both are required. Namespaces and limits are added. All of
it works without root and in a process that already holds torch. (Programs such as bubblewrap cannot do that:
they start another program.)

What stays possible inside: to learn whether a path exists, its size and its times; to read the libraries; to
use the processor until the time limit; whatever the kept file descriptors allow. A kept socket has to be a
stream. Memory is a copy of the parent's, so the parent must hold no secret.
"""

import contextlib
import ctypes
import importlib.util
import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.errors import IsolationError

MB = 1024 * 1024
# Beyond what may be written: read-only and reserved memory, as libraries and threads need it. No limit counts
# the page tables of such memory, which take a 512th of it once it is read.
ROOM_FOR_ADDRESSES = 16 * 1024 * MB
DIE_WITH_PARENT, DUMPABLE = 1, 4  # prctl
ADDRESS_OF_ENVIRONMENT = slice(47, 49)  # in /proc/self/stat, behind the name
KEPT_VARIABLES = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONHASHSEED")
KEPT_PREFIXES = ("OMP_", "MKL_", "OPENBLAS_", "PYTORCH_")
# Not /dev/zero: a shared mapping of it is memory that no limit counts.
SYSTEM_PATHS = """
/lib /lib32 /lib64 /usr/lib /usr/lib32 /usr/lib64 /usr/local/lib /usr/share /usr/local/share
/etc/ld.so.cache /etc/fonts /etc/localtime /etc/timezone /etc/mime.types
/dev/null /dev/urandom /dev/random
/proc/self /proc/cpuinfo /proc/meminfo /proc/stat /sys/devices/system/cpu /sys/devices/system/node
"""


@dataclass(frozen=True)
class Limits:
    """How much a confined process may use.

    Attributes
    ----------
    memory : int
        Bytes beyond what the process holds when it enters.
    file, files : int
        Bytes of one file and of the scratch folder; the latter holds only where namespaces are allowed.
    cpu : int or None
        Seconds of processor time, after which the process is killed.
    open_files, threads : int
        Their numbers. That of threads holds only for ordinary users where namespaces are allowed; elsewhere
        memory limits them.
    """

    memory: int = 2048 * MB
    file: int = 64 * MB
    files: int = 128 * MB
    cpu: int | None = None
    open_files: int = 256
    threads: int = 256


def enter(scratch: Path, readable: Sequence[Path], limits: Limits, keep: Sequence[int]) -> str:
    """Confine this process, for good; it is a forked child with one thread that has imported what it needs.

    Parameters
    ----------
    scratch : Path
        An empty folder of the user's own; it becomes the current folder, HOME and place of temporary files.
        Where namespaces are allowed, an empty file system in memory lies over it, and nothing written stays.
    readable : sequence of Path
        Files and folders that may be read, usually `readable_paths()`.
    limits : Limits
        How much may be used.
    keep : sequence of int
        The file descriptors that stay open. Of 0 to 2, those not kept become /dev/null.

    Returns
    -------
    str
        The isolation reached, such as "Landlock 7 + seccomp + namespaces".

    Raises
    ------
    IsolationError
        If Landlock or seccomp cannot be had. The process is then partly confined and has to end.
    """
    require_linux()
    if len(os.listdir("/proc/self/task")) > 1:
        raise IsolationError("Only a process with one thread can be confined; set OMP_NUM_THREADS=1 for it.")
    # The modules load the C library by a way that other systems lack.
    from autograder.isolation import landlock, namespaces, system_calls

    parent = os.getppid()
    scratch = Path(scratch).resolve()
    abi = landlock.version()
    system_calls.program()  # what is missing is said before anything is given up
    try:
        close_files(keep)
        replace_environment(scratch)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")  # if memory runs out, this process goes first
        separate = namespaces.enter()
        private = separate and namespaces.mount_scratch(scratch, limits.files)
        os.chdir(scratch)
        os.umask(0o077)
        set_limits(limits, count_threads=separate)
        landlock.restrict(abi, readable, [scratch, Path("/dev/null")])
        namespaces.drop_capabilities()
        set_process(DUMPABLE, 0)
        set_process(DIE_WITH_PARENT, 9)  # after the rights change, which would undo it
        if os.getppid() != parent:
            raise IsolationError("The process that started this one has ended.")
        system_calls.load()
    except OSError as error:
        raise IsolationError(f"A step of the sandbox failed: {error}.") from error
    name = f"Landlock {abi} + seccomp" + (" + namespaces" if separate else "")
    return name if private else f"{name} (total size of scratch not limited)"


def prepare() -> None:
    """Do what takes time once, in the parent that will fork; raise `IsolationError` as `enter` does."""
    require_linux()
    from autograder.isolation import landlock, namespaces, system_calls  # noqa: F401

    landlock.version()
    system_calls.program()
    readable_paths()


def require_linux() -> None:
    """Raise `IsolationError` on other systems."""
    if sys.platform != "linux":
        raise IsolationError(
            "Submissions can be isolated on Linux only; on this machine, grade in WSL2 or a Linux container."
        )


@cache  # they are worked out in the parent, once
def readable_paths() -> tuple[Path, ...]:
    """Return what Python, torch, matplotlib and cnnlib read; not the course's other folders, nor HOME."""
    paths = [Path(path) for path in SYSTEM_PATHS.split()]
    for prefix in dict.fromkeys((sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)):
        paths += [Path(prefix, name) for name in ("lib", "lib64", "share", "pyvenv.cfg")]
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    packages = [sysconfig.get_path(name) for name in names] + [
        *site.getsitepackages(),
        site.getusersitepackages(),
    ]
    paths += [Path(path) for path in packages if path in sys.path]
    package = importlib.util.find_spec("cnnlib")
    paths += [Path(place) for place in package.submodule_search_locations or ()] if package else []
    return tuple(dict.fromkeys(paths))


def close_files(keep: Sequence[int]) -> None:
    """Close all file descriptors but those to keep; 0 to 2 become /dev/null."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in {0, 1, 2} - set(keep):
        os.dup2(nowhere, number)
    for number in {int(name) for name in os.listdir("/proc/self/fd")} - {0, 1, 2, *keep}:
        with contextlib.suppress(OSError):  # the listing's own is closed already
            os.close(number)


def replace_environment(scratch: Path) -> None:
    """Leave only harmless variables, and wipe the strings with which this process's program was started."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT_VARIABLES or name.startswith(KEPT_PREFIXES)
    }
    os.environ.clear()
    # /proc/self/environ and C code would still find the old strings.
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = (int(field) for field in fields[ADDRESS_OF_ENVIRONMENT])
    ctypes.memset(start, 0, end - start)
    places = dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME", "IPYTHONDIR"), str(scratch))
    tempfile.tempdir = str(scratch)  # what the parent found is remembered
    os.environ.update(
        kept, PATH="/usr/bin:/bin", USER="student", LOGNAME="student", MPLBACKEND="agg", **places
    )


def set_limits(limits: Limits, count_threads: bool) -> None:
    """Set the kernel's limits, which can only be lowered afterwards."""
    import resource  # other systems lack it

    with open("/proc/self/status") as file:
        status = dict(line.split(":", 1) for line in file)
    held, addresses = (int(status[name].split()[0]) * 1024 for name in ("VmData", "VmSize"))
    values = {
        resource.RLIMIT_DATA: held + limits.memory,
        resource.RLIMIT_AS: addresses + limits.memory + ROOM_FOR_ADDRESSES,
        resource.RLIMIT_FSIZE: limits.file,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if count_threads:
        values[resource.RLIMIT_NPROC] = limits.threads
    if limits.cpu is not None:
        values[resource.RLIMIT_CPU] = limits.cpu
    for kind, value in values.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def set_process(option: int, value: int) -> None:
    """Set an attribute of this process, as prctl does."""
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
