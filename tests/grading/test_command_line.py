"""The instructor's way from a download to grades, typed as an instructor types it."""

import csv
import subprocess
import zipfile
from pathlib import Path

import commands
import pytest
import tiny_assignment as tiny


def autograder(folder: Path, *arguments: object) -> subprocess.CompletedProcess:
    return commands.run(*arguments, cwd=folder)


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_from_a_download_to_grades(tmp_path):
    source = tiny.write_source(tmp_path / "source")
    released = tiny.read_release(source, tmp_path / "release")
    right, wrong = tiny.answer(released, **tiny.RIGHT), tiny.answer(released, add=tiny.WRONG)
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        # As Canvas names the files.
        archive.writestr("lovelaceada_101_5001_tiny.ipynb", tiny.json.dumps(right))
        archive.writestr("hoppergrace_102_5002_my homework.ipynb", tiny.json.dumps(wrong))
        archive.writestr("eve_103_5003_tiny.ipynb", '{"cells": [')
        archive.writestr("stranger_999_5004_tiny.ipynb", tiny.json.dumps(right))
    (tmp_path / "class.csv").write_text(
        'student,name,canvas_id\nada,"Lovelace, Ada",101\ngrace,"Hopper, Grace",102\neve,Eve,103\n'
    )
    submitted, output = ("--submitted", "submitted"), ("--output", "out")
    run = autograder(tmp_path, "collect", tiny.NAME, "download.zip", "--roster", "class.csv", *submitted)
    assert run.returncode == 1, run.stderr  # one file belongs to nobody
    assert "stranger" in run.stdout
    assert sorted(path.name for path in (tmp_path / "submitted").iterdir()) == ["ada", "eve", "grace"]

    grade = (tiny.NAME, "--source", source, *submitted, *output)
    run = autograder(tmp_path, "grade", *grade, "--workers", 1)
    assert run.returncode == 1, run.stderr
    assert [line for line in run.stdout.splitlines() if line.startswith(("graded", "failed "))] == [
        "graded       2",
        "failed       1",
    ]
    assert "eve" in run.stdout
    assert [row["score"] for row in rows(tmp_path / "out" / "grades.csv")] == ["3", "", "1"]
    assert "0 to grade, 3 unchanged" in autograder(tmp_path, "grade", *grade).stdout

    run = autograder(tmp_path, "export", "--to", "grades.csv", *output)
    assert run.returncode == 1, run.stderr  # Eve has no grade
    assert "eve tiny" in run.stdout
    assert {row["student"]: row[tiny.NAME] for row in rows(tmp_path / "grades.csv")} == {
        "ada": "3", "eve": "", "grace": "1",
    }  # fmt: skip

    run = autograder(tmp_path, "feedback", tiny.NAME, "--source", source, *output)
    assert run.returncode == 0, run.stderr
    more = tiny.notebook()
    more.cells.append(tiny.code("more", "assert True", points=2))
    tiny.write_source(source, more)
    run = autograder(tmp_path, "grade", *grade)
    assert (run.returncode, "regrade tiny" in run.stderr) == (2, True)
    run = autograder(tmp_path, "regrade", *grade)
    assert run.returncode == 1, run.stderr
    assert "graded cells that are new: more" in run.stdout
    assert [row["score"] for row in rows(tmp_path / "out" / "grades.csv")] == ["5", "", "3"]


def test_doctor_examines_the_machine_and_grades_the_reference(tmp_path):
    source = tiny.write_source(tmp_path / "source")
    run = autograder(tmp_path, "doctor", "--source", source)
    assert run.returncode == 0, run.stderr
    assert "✓ Files outside cannot be read" in run.stdout
    assert "tiny, judged: passes" in run.stdout
    assert "tiny, tests in the same process: passes" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    {
        ("grade", "tiny", "--shard", "3/2"): "a part such as 2/3 is expected",
        ("grade", "tiny", "--workers", "0"): "a whole number from 1 is expected",
        ("grade", "nothing"): "There is no assignment 'nothing'",
        ("grade", "tiny", "--stock", "--in-process"): "--stock lets nbgrader do everything",
        ("collect", "tiny", "nowhere.zip"): "nowhere.zip",
        ("export", "--to", "x.csv", "--output", "empty"): "nothing was graded yet",
    }.items(),
)
def test_a_mistake_gets_one_sentence(arguments, sentence, tmp_path):
    source = tiny.write_source(tmp_path / "source")
    where = ("--source", source) if arguments[0] == "grade" else ()
    run = autograder(tmp_path, *arguments, *where)
    assert run.returncode == 2
    assert sentence in run.stderr
    assert "Traceback" not in run.stderr
