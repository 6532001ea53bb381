"""The lines of a submission that a person should read: they reach for the grader, or below Python.

That costs nothing by itself. Only the text is looked at, line by line: taking it apart as Python could take
long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

REMARKABLE = re.compile(
    r"""
    \b(?:autograder|ctypes|cffi|_ctypes|nbgrader)\b | \bcpp_extension\b | \bload_library\b
    | \btorch\._C\b | \bfrom\ torch\ import\b.*\b_C\b | \b_dispatch_\w+ | \btorch\.library\b
    | __torch_dispatch__
    | \bcheck\.forbid\w*\s*= | \bforbidden\b.*= | \bcnnlib\.check\.(?:forbidden|trials|compare)\b
    | \bsys\.(?:settrace|setprofile|meta_path|path_hooks)\b | \bgc\.get_(?:objects|referrers)\b
    | /proc/ | \bsolutions\.\w+\.tests\b
    """,
    re.VERBOSE,
)
LONGEST_LINE, MOST_LINES = 120, 20


def lines_to_read(written: Iterable[str], handed_out: Iterable[str]) -> list[str]:
    """Return such lines, each once.

    Parameters
    ----------
    written : iterable of str
        The code of the student's cells.
    handed_out : iterable of str
        The texts of all cells that students were given; lines that stand there say nothing about them.
    """
    given = {line.strip() for text in handed_out for line in text.splitlines()}
    found: dict[str, None] = {}
    for text in written:
        for line in map(str.strip, text.splitlines()):
            if line not in given and not line.startswith("#") and REMARKABLE.search(line[:10_000]):
                found[line[:LONGEST_LINE]] = None
    return list(found)[:MOST_LINES]
