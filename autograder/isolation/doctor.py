"""Tells an instructor whether this machine can grade strangers' notebooks, and what to do where it cannot."""

import os
import platform
import re
from importlib import metadata
from pathlib import Path

from autograder.isolation.guarantees import Isolation, offered
from autograder.isolation.sandbox import Limits

GB = 1024**3
PARENT = GB  # what a worker's own processes hold, torch included

ADVICE = {
    "The total size of scratch files is limited": (
        "let users make namespaces (sysctl user.max_user_namespaces and, on Ubuntu, "
        "kernel.apparmor_restrict_unprivileged_userns=0; in a container, its seccomp profile); "
        "until then a submission can fill the disk that holds temporary files"
    ),
    "The number of threads is limited": (
        "grade as an ordinary user, not as root, where users may make namespaces; until then only memory and "
        "time limit a submission's threads"
    ),
}
OTHERWISE = "do not grade strangers' submissions on this machine; use a Linux with a newer kernel"


def report() -> tuple[list[str], bool]:
    """Examine this machine.

    Returns
    -------
    tuple of list of str and bool
        Lines for a terminal, and whether submissions can be isolated here.
    """
    memory, cores = available_memory(), available_cores()
    room = f"{memory / GB:.1f} GB of memory free" if memory is not None else "memory unknown"
    lines = [
        f"System      {platform.system()} {platform.release()} on {platform.machine()}",
        f"Python      {platform.python_version()}, torch {version('torch')}, nbgrader {version('nbgrader')}",
        f"Room        {cores} core{'s' * (cores != 1)}, {room}",
        f"Workers     --workers {workers(memory, cores)} is advised (one thread each)",
    ]
    isolation = offered()
    lines += [f"Isolation   {isolation.name}", *guarantees(isolation)]
    return lines, isolation.sufficient


def guarantees(isolation: Isolation) -> list[str]:
    """Return a line for each guarantee, and below those that do not hold what got through and what to do."""
    lines = []
    for one in isolation.guarantees:
        lines.append(f"  {'✓' if one.holds else '✗'} {one.name if one.holds else 'NOT: ' + one.name}")
        if not one.holds:
            lines += [f"      got through: {one.detail}", f"      {ADVICE.get(one.name, OTHERWISE)}"]
    return lines


def workers(memory: int | None, cores: int) -> int:
    """Return how many submissions may be graded at a time, each using all the memory that it is allowed."""
    if memory is None:
        return cores
    return max(1, min(cores, memory // (PARENT + Limits().memory)))


def available_cores() -> int:
    """Count the cores that this process may use, in a container, too."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = re.fullmatch(r"(\d+) (\d+)\s*", read("/sys/fs/cgroup/cpu.max"))
    return max(1, min(cores, int(quota[1]) // int(quota[2]))) if quota else cores


def available_memory() -> int | None:
    """Return the bytes of memory that this process may still take, None where it cannot be told."""
    free = re.search(r"^MemAvailable:\s+(\d+) kB", read("/proc/meminfo"), re.MULTILINE)
    limit, used = read("/sys/fs/cgroup/memory.max").strip(), read("/sys/fs/cgroup/memory.current").strip()
    found = [int(free[1]) * 1024] if free else []
    found += [max(0, int(limit) - int(used))] if limit.isdecimal() and used.isdecimal() else []
    return min(found, default=None)


def read(path: str) -> str:
    """Return a system file's text, empty if there is none."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def version(package: str) -> str:
    """Return an installed package's version."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"
