"""Landlock, the Linux kernel's way for a process to give up access to files, by its three system calls.

What no rule names can no longer be opened, listed, made, renamed or removed, by this process and every thread
that it starts; nothing takes that back. The kernel's "ABI" number says what it can govern: truncation from 3,
TCP from 4, ioctl on devices from 5, signals and abstract sockets from 6. What an older kernel leaves open,
`system_calls.py` closes. Landlock never governs `stat`, `chmod`, `chown`, times and extended attributes.
"""

import ctypes
import errno
import os
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import IsolationError

# The same numbers on every architecture.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
RULE_PATH_BENEATH = 1
ASK_VERSION = 1
LOG_NOTHING = 1  # ABI 7: no line in the audit log for each refusal
NO_NEW_PRIVILEGES = 38  # prctl

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_CHAR, MAKE_SOCK, MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many of the bits above a version knows
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
READ = READ_FILE | READ_DIR
NEVER = EXECUTE | MAKE_CHAR | MAKE_SOCK | MAKE_BLOCK | IOCTL_DEV
BIND_AND_CONNECT_TCP = 0b11
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

_libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """Return the kernel's Landlock ABI.

    Raises
    ------
    IsolationError
        If the kernel has none, or something around this process forbids it.
    """
    try:
        return _call(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION)
    except OSError as error:
        reasons = {
            errno.ENOSYS: "this kernel has no Landlock; Linux 5.13 or newer is needed",
            errno.EOPNOTSUPP: "Landlock is switched off; add landlock to the kernel's parameter lsm=",
            errno.EPERM: "the container around this process forbids Landlock; allow system calls 444 to 446",
        }
        why = reasons.get(error.errno, f"Landlock does not work here ({error.strerror})")
        raise IsolationError(f"Files cannot be protected: {why}.") from error


def restrict(abi: int, readable: Sequence[Path], writable: Sequence[Path]) -> None:
    """Give up, for good, access to all files but these and everything beneath them, and TCP, where `abi` can.

    Parameters
    ----------
    abi : int
        What `version` returned.
    readable, writable : sequence of Path
        Files and folders; those that do not exist are passed over. A folder in `writable` may be read and
        changed in any way, but nothing in it executed.
    """
    handled = (1 << RIGHTS[min(abi, max(RIGHTS))]) - 1
    attributes = _Ruleset(
        handled, BIND_AND_CONNECT_TCP if abi >= 4 else 0, ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0
    )
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = _call(CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), 0)
    try:
        for paths, access in ((readable, READ), (writable, handled & ~NEVER)):
            for path in paths:
                _allow(ruleset, path, access & handled)
        no_new_privileges()
        _call(RESTRICT_SELF, ruleset, LOG_NOTHING if abi >= 7 else 0)
    finally:
        os.close(ruleset)


def no_new_privileges() -> None:
    """Promise the kernel that this process never gains rights by executing something; it asks for that."""
    if _libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _allow(ruleset: int, path: Path, access: int) -> None:
    """Add a rule for a file, or for a folder and everything beneath it."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return  # what cannot be reached now cannot be reached inside either
    try:
        if not os.path.isdir(path):
            access &= ON_FILES
        rule = _PathBeneath(access, place)
        _call(ADD_RULE, ruleset, RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    """Make a system call and return its result; raise OSError as the functions of `os` do."""
    result = _libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
