"""Removing one student from a gradebook, so that nothing is left in its file."""

import sqlite3
from pathlib import Path

from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import delete, select

from autograder.results.gradebook import Gradebook


def erase_rows(path: Path, student: str, patience: float) -> None:
    """Remove a student with all grades and comments.

    Parameters
    ----------
    path : Path
        A gradebook, or a copy that was kept of one.
    student : str
    patience : float
        How many seconds to wait while another program has the file locked.
    """
    work = select(SubmittedAssignment.id).where(SubmittedAssignment.student_id == student)
    sheets = select(SubmittedNotebook.id).where(SubmittedNotebook.assignment_id.in_(work))
    gradebook = Gradebook(path, patience)
    try:
        with gradebook.transaction() as session:
            for rows in (
                delete(Grade).where(Grade.notebook_id.in_(sheets)),
                delete(Comment).where(Comment.notebook_id.in_(sheets)),
                delete(SubmittedNotebook).where(SubmittedNotebook.assignment_id.in_(work)),
                delete(SubmittedAssignment).where(SubmittedAssignment.student_id == student),
                delete(Student).where(Student.id == student),
            ):
                session.execute(rows.execution_options(synchronize_session=False))
    finally:
        gradebook.close()
    # SQLite only forgets where deleted rows are; they stay in the file until it is written anew.
    connection = sqlite3.connect(path, timeout=patience)
    try:
        connection.execute("VACUUM")
    finally:
        connection.close()
