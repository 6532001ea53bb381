"""Grades one submission with nbgrader in a folder of its own; whatever happens there becomes an `Outcome`."""

import os
import shutil
import tempfile
import traceback
from pathlib import Path

import nbformat

from autograder.answer_key import Key
from autograder.course import course_directory, remembering, surroundings
from autograder.files import ROOT
from autograder.outcome import Outcome
from autograder.submissions.submission import Submission, UnreadableError

# Stands for the student in the temporary folder, where a real name could be a pattern or a path.
SOMEBODY = "student"


def attempt(submission: Submission, key: Key, timeout: int | None) -> Outcome:
    """Grade one submission; only an interruption leaves this function as an exception."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        try:
            return autograde(submission, key, timeout, Path(temporary))
        except UnreadableError as error:
            return Outcome("failed", str(error))
        except (Exception, SystemExit) as error:
            return Outcome("failed", explain(error), traceback.format_exc())


def autograde(submission: Submission, key: Key, timeout: int | None, work: Path) -> Outcome:
    """Run nbgrader's autograde on a copy of the submission and read what it noted in a copy of the key."""
    from nbgrader.converters import Autograde

    name = submission.assignment
    gradebook = work / "gradebook.db"
    shutil.copyfile(key.gradebook, gradebook)
    directory = course_directory(work, gradebook, name)
    directory.student_id = SOMEBODY
    # Files that belong to the assignment are taken from here, not from the student.
    directory.source_directory = str(key.work / "solutions")
    note = submission.stage(work / directory.submitted_directory / SOMEBODY / name, key.release)

    settings = directory.config.copy()
    if timeout is not None:
        settings.Execute.timeout = timeout
    grader = remembering(Autograde)(coursedir=directory, config=settings)
    try:
        path = os.pathsep.join(filter(None, [str(key.work), str(ROOT), os.environ.get("PYTHONPATH")]))
        with surroundings(IPYTHONDIR=str(work / "ipython"), PYTHONPATH=path):
            grader.start()
    except (Exception, SystemExit) as error:
        raise grader.failure or error from None

    path = work / directory.autograded_directory / SOMEBODY / name / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    outcome = read_grades(f"sqlite:///{gradebook}", name)
    outcome.notebook = notebook
    outcome.notes = list(filter(None, [note, *notebook.metadata.get("autograder", {}).get("notes", [])]))
    outcome.message = "; ".join(outcome.notes)
    return outcome


def read_grades(db_url: str, assignment: str) -> Outcome:
    """Return what nbgrader stored for the only submission in a temporary gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(db_url) as gradebook:
        submitted = gradebook.find_submission_notebook(assignment, assignment, SOMEBODY)
        return Outcome(
            "graded",
            scores={grade.name: grade.auto_score for grade in submitted.grades},
            comments={comment.name: comment.auto_comment for comment in submitted.comments},
            timestamp=submitted.assignment.timestamp,
        )


def explain(error: BaseException) -> str:
    """Say in one sentence why nbgrader could not grade a submission."""
    kind = type(error).__name__
    if kind == "DeadKernelError":
        return "Python ended while a cell ran: it called exit(), needed too much memory or crashed"
    if kind in ("CellTimeoutError", "UnresponsiveKernelError", "TimeoutError"):
        return "a cell ran longer than the time limit and could not be interrupted"
    if isinstance(error, SystemExit):
        return f"nbgrader gave up ({error})"
    lines = str(error).strip().splitlines()
    return f"nbgrader stopped with {kind}" + (f": {lines[0]}" if lines else "")
