"""Where the book explains what a test asks for, as `BOOK` in the assignment's tests.py says."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.errors import UserError


@dataclass(frozen=True)
class Section:
    """A section of a chapter."""

    chapter: str
    title: str
    address: str


def sections(source: Path, assignment: str, book: Path, site: str) -> dict[str, Section]:
    """Return the sections by the name of a part, such as "p3", or of a test, such as "p3-options".

    Parameters
    ----------
    source : Path
        The folder of all assignments with solutions.
    assignment : str
    book : Path
        The chapters' folder.
    site : str
        Where the built chapters are: an address or a folder.

    Raises
    ------
    UserError
        If a section is named that the chapter does not have.
    """
    found = {}
    for test, place in named(source / assignment / "tests.py").items():
        chapter, _, title = place.partition("#")
        titles = headings(book / f"{chapter}.ipynb")
        if title not in titles:
            raise UserError(
                f"{source / assignment / 'tests.py'} names {title!r}, no section of {chapter}; there are: "
                + "; ".join(titles)
            )
        found[test] = Section(chapter, title, f"{site.rstrip('/')}/{chapter}.html#{anchor(title)}")
    return found


def section_of(test: str, found: dict[str, Section]) -> Section | None:
    """Return the section of a test, or else of its part."""
    return found.get(test) or found.get(test.partition("-")[0])


def named(tests: Path) -> dict[str, str]:
    """Read `BOOK = {"test": "chapter#Title of a section"}` from a tests.py without running it."""
    tree = ast.parse(tests.read_text(encoding="utf-8")) if tests.exists() else ast.Module([], [])
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="BOOK")], value=value)
                | ast.AnnAssign(target=ast.Name(id="BOOK"), value=ast.expr() as value)
            ):
                return ast.literal_eval(value)
    return {}


def headings(chapter: Path) -> list[str]:
    """Return the titles of a chapter's sections."""
    cells = nbformat.read(chapter, as_version=4).cells
    lines = [line for cell in cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    return [line.lstrip("# ") for line in lines if re.match(r"#{2,4} ", line)]


def anchor(title: str) -> str:
    """Return a section's anchor as the site has it: docutils' id of the title."""
    from docutils.nodes import make_id

    return make_id(re.sub(r"[`*$]", "", title))
