"""Says in one sentence what a full disk or a locked gradebook did to a run."""

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import UserError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
CONTINUES = "and the same command continues"


@contextlib.contextmanager
def one_sentence(gradebook: Path) -> Iterator[None]:
    """Turn what storage does to the code inside into a `UserError`; other errors pass unchanged."""
    try:
        yield
    except Exception as error:
        sentence = next(filter(None, (explain(cause, gradebook) for cause in causes(error))), None)
        if sentence is None or isinstance(error, UserError):
            raise
        raise UserError(sentence) from error


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and what led to it: SQLAlchemy and nbgrader wrap SQLite's errors in their own."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def explain(error: BaseException, gradebook: Path) -> str:
    """Return the sentence for an error of the file system or of SQLite, empty for another one."""
    if isinstance(error, OSError):
        if error.errno in NO_ROOM:
            name = error.filename or gradebook.parent
            return f"There is no room left to write {name}; make room, {CONTINUES}."
        if error.filename is None:
            return ""
        return f"{error.filename} cannot be used ({error.strerror}); mend that, {CONTINUES}."
    if not isinstance(error, sqlite3.Error):
        return ""
    # The lowest byte is the kind, those above it say more.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{gradebook} is locked by another program, such as formgrader; close it, {CONTINUES}."
    if code == sqlite3.SQLITE_FULL:
        return f"There is no room left to write {gradebook}; make room, {CONTINUES}."
    if code == sqlite3.SQLITE_IOERR:
        return f"{gradebook} cannot be read or written ({error}); see if the disk is full, {CONTINUES}."
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return f"{gradebook} cannot be written ({error}); allow it, {CONTINUES}."
    return f"{gradebook} cannot be used ({error}); put a good copy in its place, or move it away."
