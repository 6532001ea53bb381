"""Grades the reference solutions on this machine, where they have to get all points."""

import contextlib
import shutil
import tempfile
from pathlib import Path

from autograder.answer_key import make_key
from autograder.grade import Options, by_runner, start_runner
from autograder.source import assignment_folder, assignment_names, is_test, metadata
from autograder.submissions.submission import Submission


def check_references(source: Path, names: list[str]) -> int:
    """Grade the reference solutions as if they were submissions, both ways; return 1 if one loses a point."""
    failed = 0
    for name in names or assignment_names(source):
        path = assignment_folder(source, name) / f"{name}.ipynb"
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
            work = Path(temporary)
            key = make_key(source, name, work / "key")
            place = work / "submitted" / name
            place.mkdir(parents=True)
            shutil.copyfile(path, place / path.name)
            todo = [(Submission("reference", name, place), "")]
            for in_process in (False, True):
                options = Options(in_process=in_process)
                with contextlib.closing(start_runner(1, options)) as runner:
                    ((_, _, outcome),) = by_runner(todo, key, work, options, runner)
                points = {
                    metadata(cell)["grade_id"]: metadata(cell)["points"]
                    for cell in key.source.cells
                    if is_test(cell)
                }
                lost = [cell for cell, most in points.items() if outcome.scores.get(cell) != most]
                failed |= bool(lost)
                how = "tests in the same process" if in_process else "judged"
                print(f"{name}, {how}: {'loses ' + ', '.join(lost) if lost else 'passes'}", flush=True)
    return int(failed)
