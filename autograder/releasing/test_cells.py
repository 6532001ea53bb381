"""The test cells as students get them: with the version of their table, folded, and a form in Colab."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from nbformat import NotebookNode

from autograder.errors import UserError
from autograder.source import is_test
from cnnlib.check import tables

TITLE = "# Test: "  # how a visible test's first line starts; Colab shows what follows its own mark
COLAB_TITLE = "# @title Test: "


def prepare(notebook: NotebookNode) -> None:
    """Give the test cells of an assignment's notebook what the release needs, in place.

    Raises
    ------
    UserError
        If a test has no table.
    """
    for cell in filter(is_test, notebook.cells):
        name = name_of_part(cell.source)
        if name is not None:
            cell.source = with_version(cell.source, version_of(name))
        if cell.source.startswith(TITLE):
            cell.source = COLAB_TITLE + cell.source.removeprefix(TITLE)
        cell.metadata["cellView"] = "form"
        cell.metadata.setdefault("jupyter", {})["source_hidden"] = True


def check_tables(tests: Path, assignment: str) -> None:
    """Raise `UserError` if an assignment's tables were made from another `tests.py` than this."""
    stored = tables.source_of(assignment)
    if tests.is_file() and stored and stored != hash_of(tests):
        raise UserError(
            f"{tests} has changed since its tables were made; make them anew with: make exercises"
        )


def hash_of(tests: Path) -> str:
    """Return the hash of an assignment's `tests.py` that its tables hold."""
    return hashlib.sha256(tests.read_bytes()).hexdigest()[:16]


def name_of_part(source: str) -> str | None:
    """Return the name in a cell that ends in `check.part("name", …)`; None for another cell."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return None
    match body[-1] if body else None:
        case ast.Expr(
            ast.Call(
                func=ast.Attribute(value=ast.Name(id="check"), attr="part"),
                args=[ast.Constant(value=str(name)), *_],
                keywords=[],
            )
        ):
            return name
    return None


def version_of(name: str) -> str:
    """Return the version of a test's table; raise `UserError` if there is none."""
    exercise, _, key = name.partition("/")
    try:
        return tables.load(exercise)[key].version
    except (FileNotFoundError, KeyError):
        raise UserError(f"The test {name!r} has no table yet; make it with: make exercises") from None


def with_version(source: str, version: str) -> str:
    """Return a cell that ends in a call with the table's version as the call's last argument."""
    start = source.rstrip().removesuffix(")").rstrip().removesuffix(",")
    return f'{start}, table="{version}")'
