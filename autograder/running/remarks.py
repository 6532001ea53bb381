"""Finds lines in a submission that a person should read: they reach for the grader, or below Python.

That costs nothing, unless an instructor asks for it with `--strict`: `forbidding.py` sees to what cannot run.
Only the text is looked at, line by line: taking it apart as Python could take long.
"""

import re

from nbformat import NotebookNode

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


def remarks(notebook: NotebookNode, release: NotebookNode) -> list[str]:
    """Return such lines of the student's cells, each once.

    Parameters
    ----------
    notebook : NotebookNode
        From `autograder.handin.repair.rebuild`.
    release : NotebookNode
        What students were given; lines that stand there say nothing about them.
    """
    given = {line.strip() for cell in release.cells for line in cell.source.splitlines()}
    found: dict[str, None] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code" or cell.metadata.autograder["from"] != "student":
            continue
        for line in cell.source.splitlines():
            line = line.strip()
            if line not in given and not line.startswith("#") and REMARKABLE.search(line[:10_000]):
                found[line[:LONGEST_LINE]] = None
    return list(found)[:MOST_LINES]
