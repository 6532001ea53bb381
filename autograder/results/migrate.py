"""Brings a gradebook to an assignment whose cells were changed after students were graded.

It is done in a copy, which then takes the gradebook's place in one step; the gradebook as it was is kept.
"""

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Comment, Grade, SubmittedNotebook
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from autograder.errors import UserError
from autograder.files import sync_folder
from autograder.results.gradebook import Gradebook, add_rows, find_notebook, rows_of
from autograder.results.gradebook_cells import Cells, read_cells, write_cells
from autograder.results.records import Records


@dataclass(frozen=True)
class Migration:
    """What was changed."""

    students: list[str]  # whose submissions have to be graded again
    added: list[str]  # graded cells, by grade id
    removed: list[str]
    dropped: dict[str, list[str]]  # the cells that are gone where a person had given something, by student
    backup: Path | None = None  # the gradebook as it was


def migrate(path: Path, assignment: str, cells: Cells, records: Records, patience: float) -> Migration | None:
    """Bring the gradebook at `path` to the cells that `assignment` has now; None if it has them already.

    What persons gave stays where the cell stays: grades, extra credit and comments; so do times of handing
    in, extensions and penalties. The automatic scores go, and so do the assignment's records, so that all of
    it is graded again.

    Raises
    ------
    UserError
        If there is no gradebook.
    """
    if not path.exists():
        raise UserError(f"There is no gradebook {path}; grade {assignment!r} first.")
    copy = path.with_name(f".{path.name}.tmp")
    with contextlib.closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as original:
        # A log beside the file would be taken for the new file's.
        original.execute("PRAGMA journal_mode=DELETE")
        # Nobody else may write until the copy is in place: it would be lost.
        original.execute("BEGIN IMMEDIATE")
        drop(copy)
        try:
            duplicate(path, copy)
            gradebook = Gradebook(copy, patience)
            try:
                with gradebook.transaction() as session:
                    changed = change_cells(session, assignment, cells)
            finally:
                gradebook.close()
            if changed is None:
                return None
            # First: a kill between the two leaves the old grades, and nothing that says they are current.
            for student, _ in list(records.names(assignment)):
                records.remove(student, assignment)
            backup = keep(path)
            os.replace(copy, path)
            sync_folder(path.parent)
        finally:
            drop(copy)
    return Migration(**changed, backup=backup)


def change_cells(session: Session, assignment: str, cells: Cells) -> dict | None:
    """Change the rows; return the fields of `Migration`, None if the cells are these already."""
    notebook = find_notebook(session, assignment)
    if notebook is None:
        return None
    before = read_cells(session, notebook)
    if before.names() == cells.names():
        return None
    sheets = session.scalars(
        select(SubmittedNotebook).where(SubmittedNotebook.notebook_id == notebook.id)
    ).all()
    given = {sheet.id: given_by_persons(session, sheet) for sheet in sheets}
    for kind in (Grade, Comment):
        session.execute(delete(kind).where(kind.notebook_id.in_(list(given))))
    write_cells(session, notebook, cells)
    dropped = {}
    for sheet in sheets:
        grades, comments = add_rows(session, sheet)
        gone = set()
        for rows, kept in zip((grades, comments), given[sheet.id], strict=True):
            for name, columns in kept.items():
                if name not in rows:
                    gone.add(name)
                    continue
                for column, value in columns.items():
                    setattr(rows[name], column, value)
        if gone:
            dropped[sheet.assignment.student_id] = sorted(gone)
    old, new = before.points().keys(), cells.points().keys()
    return {
        "students": sorted(sheet.assignment.student_id for sheet in sheets),
        "added": sorted(new - old),
        "removed": sorted(old - new),
        "dropped": dict(sorted(dropped.items())),
    }


def given_by_persons(session: Session, sheet: SubmittedNotebook) -> tuple[dict[str, dict], dict[str, dict]]:
    """Return what persons entered for one submission: columns of grades and of comments, by grade id."""
    grades, comments = rows_of(session, sheet)
    return (
        {
            name: {"manual_score": row.manual_score, "extra_credit": row.extra_credit}
            for name, row in grades.items()
            if row.manual_score is not None or row.extra_credit is not None
        },
        {
            name: {"manual_comment": row.manual_comment}
            for name, row in comments.items()
            if row.manual_comment is not None
        },
    )


def keep(path: Path) -> Path:
    """Copy the gradebook to `gradebook.db.before-1`, or the next free number."""
    number = 1
    while (backup := path.with_name(f"{path.name}.before-{number}")).exists():
        number += 1
    # Not a second name of the same file: if the run is killed here, the gradebook goes on being written.
    copy = path.with_name(f".{backup.name}.tmp")
    drop(copy)
    try:
        duplicate(path, copy)
        os.replace(copy, backup)
    finally:
        drop(copy)
    return backup


def duplicate(path: Path, copy: Path) -> None:
    """Copy a gradebook."""
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def drop(copy: Path) -> None:
    """Remove a copy that was not finished."""
    for ending in ("", "-journal"):
        copy.with_name(copy.name + ending).unlink(missing_ok=True)
