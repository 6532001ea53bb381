"""What regrading would change: done in a copy of the results, of which nothing is kept."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from autograder.errors import UserError
from autograder.grade import Options, grade
from autograder.results.folder import Results
from autograder.spreadsheet import number


def rehearse(source: Path, assignment: str, submitted: Path, output: Path, options: Options) -> int:
    """Grade in a copy, and print whose score would change by how much.

    Parameters
    ----------
    source, submitted, output : Path
        As for `autograder.grade.grade`; `output` stays as it is.
    assignment : str
    options : Options

    Returns
    -------
    int
        The exit code of grading.
    """
    if not (output / "gradebook.db").exists():
        raise UserError(f"There is no gradebook in {output}; grade {assignment!r} first.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        copy = Path(temporary)
        for name in ("gradebook.db", "overrides.csv"):
            if (output / name).exists():
                shutil.copyfile(output / name, copy / name)
        code = grade(source, assignment, submitted, copy, replace(options, regrade=True, migrate=True))
        with Results(output, policy=options.policy) as old, Results(copy, policy=options.policy) as new:
            before = {student: found.total for student, found in old.grades(assignment).items()}
            after = {student: found.total for student, found in new.grades(assignment).items()}
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    print(f"A rehearsal: {output} is as it was. Of {len(after)} scores {len(changed)} would be others.")
    for name in changed:
        old_score, new_score = before.get(name), after.get(name)
        if old_score is None or new_score is None:
            print(f"  {name}: {number(old_score) or 'no score'} → {number(new_score) or 'no score'}")
        else:
            print(f"  {name}: {number(old_score)} → {number(new_score)} ({new_score - old_score:+g})")
    return code
