"""The tests' code, compiled once for all submissions, and found by tracebacks; the names of runs."""

import base64
import linecache
import marshal
import sys
import warnings
from types import CodeType, ModuleType

VERSION = sys.version  # compiled code is of use to the same version of Python only
# The runs of a submission; behind the last come the functions that do not work there. See `plan.py`.
SHOWN, UNSEEN, WITHOUT = "shown", "unseen", "without "
POINTS = "_points"  # what a test's last expression, its partial credit, is bound to


def file_name(cell: str) -> str:
    """Return what tracebacks call a cell's file."""
    return f"<cell {cell}>"


def compiled(python: str, cell: str) -> str:
    """Return a cell's compiled code as text; an empty one if it has to be compiled where it runs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a warning is to be shown where the cell runs
            code = compile(python, file_name(cell), "exec")
    except (SyntaxError, SyntaxWarning, ValueError):
        return ""
    return base64.b64encode(marshal.dumps(code)).decode()


def load(python: str, code: str, cell: str) -> CodeType:
    """Return a cell's code, and let tracebacks find its lines.

    Parameters
    ----------
    python : str
    code : str
        What `compiled` gave, or an empty text.
    cell : str
        Its name.
    """
    name = file_name(cell)
    linecache.cache[name] = (len(python), None, python.splitlines(keepends=True), name)
    return marshal.loads(base64.b64decode(code)) if code else compile(python, name, "exec")


def import_module(name: str, source: str, code: str) -> None:
    """Make a module of a package that has no files importable in this process by its full name."""
    *parents, _ = name.split(".")
    for depth in range(len(parents)):
        parent = ".".join(parents[: depth + 1])
        sys.modules[parent] = ModuleType(parent)
        sys.modules[parent].__path__ = []
    module = sys.modules[name] = ModuleType(name)
    exec(load(source, code, name), vars(module))
