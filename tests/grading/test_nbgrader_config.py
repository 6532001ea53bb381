"""nbgrader's own commands, for an instructor who prefers them or works with formgrader."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import tiny_assignment as tiny


def test_nbgraders_own_commands_grade_with_these_settings(tmp_path):
    repository = Path(__file__).resolve().parents[2]
    course = tmp_path / "course"
    shutil.copytree(
        repository / "autograder", course / "autograder",
        ignore=shutil.ignore_patterns("submitted", "autograded", "feedback", "*.db", "__pycache__"),
    )  # fmt: skip
    tiny.write_source(course / "solutions")
    right = tiny.answer(tiny.read_release(course / "solutions", tmp_path / "release"), **tiny.RIGHT)
    # Without the course's settings one repeated cell stops nbgrader.
    right.cells.insert(1, nbformat.from_dict({**right.cells[4], "id": "copy"}))
    tiny.hand_in(course / "autograder" / "submitted", "ada", right)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for command in ("generate_assignment", "autograde"):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", command, tiny.NAME],
            cwd=course / "autograder",
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    scores = {
        name: score
        for _, name, score, _, _ in tiny.gradebook_rows(course / "autograder")
        if name in tiny.CELLS
    }
    assert scores == dict.fromkeys(tiny.CELLS, 1.0)
