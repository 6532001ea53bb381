"""Kinds of machine on which the sandbox has to hold, made in a child of the process that runs the tests."""

import errno
import json
import os

import pytest

from autograder.isolation import landlock, sandbox, system_calls
from autograder.isolation.attacks import GUARANTEES

NOBODY = 65534
sandbox.prepare()  # for another user may not be allowed to read libraries
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def in_child(act):
    """Call a function in a forked child and return what it returns; its exception fails the test."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            try:
                answer = {"returned": act(writer)}
            except BaseException as error:
                answer = {"raised": f"{type(error).__name__}: {error}"}
            with os.fdopen(writer, "w") as pipe:
                json.dump(answer, pipe)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = json.loads(pipe.read() or '{"raised": "the child died"}')
    os.waitpid(child, 0)
    assert "raised" not in answer, answer["raised"]
    return answer["returned"]


def fork(act):
    """Call a function in a forked child, which never returns to the test, and return the child's number."""
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return child


def become_nobody():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    # An ordinary user's process is born so; changing the user takes it away.
    sandbox.set_process(sandbox.DUMPABLE, 1)


def forbid(call, *conditions):
    """Do what a container's seccomp profile does."""
    seccomp = system_calls.library()
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    rules.add_rule(seccomp.ERRNO(errno.EPERM), call, *conditions)
    rules.load()


def old_landlock(version):
    landlock.version = lambda: version


# Kind of machine: (what makes it, the isolation's name, the promises that are not required but kept)
SIZE, THREADS = (promise for promise, required, _ in GUARANTEES if not required)
NO_SIZE = " (total size of scratch not limited)"
NEWEST = f"Landlock {landlock.version()} + seccomp"
MACHINES = {
    "root": ([], f"{NEWEST} + namespaces", {SIZE}),
    "root without namespaces": ([lambda: forbid("unshare")], NEWEST + NO_SIZE, set()),
    "user": ([become_nobody], f"{NEWEST} + namespaces", {SIZE, THREADS}),
    "user without namespaces": ([become_nobody, lambda: forbid("unshare")], NEWEST + NO_SIZE, set()),
    "user without mounts": (
        [become_nobody, lambda: forbid("mount")],
        f"{NEWEST} + namespaces{NO_SIZE}",
        {THREADS},
    ),
    **{
        f"user without namespaces, Landlock {version}": (
            [become_nobody, lambda: forbid("unshare"), lambda version=version: old_landlock(version)],
            f"Landlock {version} + seccomp{NO_SIZE}",
            set(),
        )
        for version in (1, 2, 5)
        if version < landlock.version()
    },
}
