"""Finding the assignments under `solutions/` and refusing one that nbgrader would grade wrongly."""

import ast
import json
import re
import warnings
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.errors import UserError

WRITTEN = "explain"  # the grade id of the answer in words, which counts only if the term's rules say so
DISPLAY = "display"  # the tag of a course cell that only shows something, so grading need not run it


def assignment_names(source: Path) -> list[str]:
    """Return the sorted names of the assignments: the folders that hold a notebook of the same name."""
    return sorted(path.stem for path in source.glob("*/*.ipynb") if path.stem == path.parent.name)


def assignment_folder(source: Path, name: str) -> Path:
    """Return the folder of the assignment `name`; raise `UserError` with the known names if there is none."""
    known = assignment_names(source)
    if name not in known:
        there = f"there are: {', '.join(known)}" if known else "there is none yet"
        raise UserError(f"There is no assignment {name!r} ({source / name / name}.ipynb); {there}.")
    others = [path.name for path in sorted((source / name).glob("*.ipynb")) if path.stem != name]
    if others:
        raise UserError(f"An assignment is one notebook; move {', '.join(others)} out of {source / name}.")
    return source / name


def read_source(path: Path) -> NotebookNode:
    """Read an assignment's notebook and check it with `check_source`."""
    try:
        # nbformat silently replaces missing and repeated ids by random ones, so these are looked at before.
        content = json.loads(path.read_text())
        problems = check_ids([cell.get("id") for cell in content["cells"]])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        raise UserError(f"{path} cannot be read as a notebook: {error}") from error
    problems += check_source(notebook)
    if problems:
        raise UserError(f"{path} cannot be used: " + "; ".join(problems) + ".")
    return notebook


def check_ids(ids: list[str | None]) -> list[str]:
    """Return why the release would have other bytes each time: cells without an id, or with the same."""
    problems = []
    if None in ids:
        problems.append("cells need fixed ids (save the notebook as nbformat 4.5)")
    repeated = sorted({i for i in ids if i is not None and ids.count(i) > 1})
    if repeated:
        problems.append(f"cell ids occur twice: {', '.join(repeated)}")
    return problems


def check_source(notebook: NotebookNode) -> list[str]:
    """Return what in the notebook would make the scores wrong, one clause each."""
    problems = check_points(notebook) + check_stated(notebook)
    grade_ids = [metadata(cell)["grade_id"] for cell in notebook.cells if metadata(cell).get("grade_id")]
    repeated = sorted({i for i in grade_ids if grade_ids.count(i) > 1})
    if repeated:
        problems.append(f"grade ids occur twice: {', '.join(repeated)}")
    for cell in notebook.cells:
        if is_test(cell) and ends_in_expression(cell.source):
            problems.append(
                f"the test cell {metadata(cell)['grade_id']!r} ends in an expression, whose value nbgrader "
                "would read as partial credit; end it in an assert, check.part or a function of tests.py"
            )
    return problems


def check_points(notebook: NotebookNode) -> list[str]:
    """Return where a test's call says other points than its cell's metadata, which are what counts."""
    problems = []
    for cell in filter(is_test, notebook.cells):
        stated = re.search(r"\bpoints=([0-9.]+)\)\s*(?:###.*)?$", cell.source)
        if stated and float(stated[1]) != float(metadata(cell)["points"]):
            problems.append(
                f"the test cell {metadata(cell)['grade_id']!r} says {stated[1]} points, its metadata "
                f"{metadata(cell)['points']}"
            )
    return problems


def check_stated(notebook: NotebookNode) -> list[str]:
    """Return where titles and the table of parts say other points than the metadata of the cells below.

    A title may say them, as in "## Part 2. Pooling by hand (20 points)", and a table with the columns "part"
    and "points"; its row "total" leaves out the answer in words.
    """
    titles: list[str] = [""]
    found = [0.0]  # the points of the cells below each title
    total = 0.0
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and not metadata(cell).get("solution"):
            lines = re.findall(r"^#{1,2} +(.*?)\s*$", cell.source, re.M)
            titles, found = titles + lines, found + [0.0] * len(lines)
        if metadata(cell).get("grade") or metadata(cell).get("task"):
            found[-1] += float(metadata(cell)["points"])
            total += 0.0 if metadata(cell)["grade_id"] == WRITTEN else float(metadata(cell)["points"])
    problems, parts = [], {"total": total}
    for title, points in zip(titles, found, strict=True):
        stated = re.search(r"\(([0-9.]+) points?\)$", title)
        if stated and float(stated[1]) != points:
            problems.append(
                f"the title {title!r} says {stated[1]} points, the cells below it have {points:g}"
            )
        if number := re.match(r"Part (\d+)\b", title):
            parts[number[1]] = points
    for part, stated in stated_in_table(notebook).items():
        if part in parts and stated != parts[part]:
            problems.append(
                f"the table says {stated:g} points in the row {part!r}, the cells have {parts[part]:g}"
            )
    return problems


def stated_in_table(notebook: NotebookNode) -> dict[str, float]:
    """Return the points by the part's number, and of "total", from a table that lists the parts."""
    stated = {}
    lines = [
        line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.split("\n")
    ]
    column = None
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if cells[:1] == ["part"] and "points" in cells:
            column = cells.index("points")
        elif not cells:
            column = None
        elif column is not None and len(cells) > column and re.fullmatch(r"[0-9.]+", cells[column]):
            part = "total" if "total" in cells else cells[0]
            stated[part] = float(cells[column])
    return stated


def metadata(cell: NotebookNode) -> dict:
    """Return the cell's nbgrader metadata, empty if it has none."""
    return cell.metadata.get("nbgrader") or {}


def is_test(cell: NotebookNode) -> bool:
    """Return whether the cell is an automatic test: graded code that the student does not write."""
    return bool(
        cell.cell_type == "code" and metadata(cell).get("grade") and not metadata(cell).get("solution")
    )


def ends_in_expression(code: str) -> bool:
    """Return whether the last statement is a bare expression, whose value Jupyter would display.

    Calls of `check.part` and of functions of `tests.py` are none: what they return is partial credit.
    """
    from autograder.magic import as_python

    try:
        body = ast.parse(as_python(code)).body
    except SyntaxError:
        return False
    if not body or not isinstance(body[-1], ast.Expr):
        return False
    from_tests = {
        alias.asname or alias.name
        for node in body
        if isinstance(node, ast.ImportFrom) and re.fullmatch(r"solutions\.\w+\.tests", node.module or "")
        for alias in node.names
    }
    match body[-1].value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="check"), attr="part")):
            return False
        case ast.Call(func=ast.Name(id=name)):
            return name not in from_tests
    return True
