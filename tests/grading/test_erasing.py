"""Erasing one student: nothing of hers is left in any file, and everything of the others is."""

import shutil
from pathlib import Path

import pytest
import tiny_assignment as tiny
from commands import run as autograder

HOSTILE = "=1+1 [a-z]*<b>%_Zoë"  # a folder may be called so; in a pattern it would mean others, too
EVE = "eve-17"
POLICY = """\
time_zone = "UTC"
[assignments.tiny]
due = 2026-10-12 12:00:00
[extensions.tiny]
eve-17 = 2026-10-13 12:00:00
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A folder with a graded class, corrections, a report and a kept copy of the gradebook."""
    folder = tmp_path_factory.mktemp("graded")
    source = tiny.write_source(folder / "solutions")
    right = tiny.answer(tiny.read_release(source, folder / "release"), **tiny.RIGHT)
    for student in ("ada", EVE, HOSTILE):
        text = f"def negate(a):\n    return 0 - a  # mark of {student[-3:]}"
        tiny.hand_in(folder / "submitted", student, tiny.answer(right, negate=text))
    (folder / "policy.toml").write_text(POLICY)
    roster = tmp_path_factory.mktemp("elsewhere") / "class.csv"
    roster.write_text(f"student\nada\n{EVE}\n")
    places = ("--submitted", folder / "submitted", "--source", source)
    command(folder, "grade", "tiny", *places, "--roster", roster)
    for student in (EVE, HOSTILE):
        done = command(
            folder, "override", student, "tiny", "add", "1", "--why", f"secret of {student[-3:]}",
            "--source", source,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    command(folder, "report", "tiny", "--source", source)
    shutil.copy(folder / "out" / "gradebook.db", folder / "out" / "gradebook.db.before-1")
    return folder


@pytest.fixture
def course(graded, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(graded, tmp_path / "course"))


def command(folder, *arguments):
    return autograder(*arguments, "--output", folder / "out", "--policy", folder / "policy.toml")


def erase(folder, student, *arguments):
    return command(folder, "erase", student, "--submitted", folder / "submitted", *arguments)


def holding(folder, *texts):
    """The files below `folder` whose name or content holds one of these texts."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if any(text in str(path.relative_to(folder)) for text in texts)
        or (path.is_file() and any(text.encode() in path.read_bytes() for text in texts))
    }


def test_without_yes_nothing_is_removed_and_all_of_it_is_listed(course):
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}

    done = erase(course, EVE)

    assert done.returncode == 2
    assert "add --yes" in done.stderr
    for part in (
        "submitted/eve-17",
        "feedback/eve-17",
        "autograded/eve-17",
        "gradebook.db.before-1",
        "overrides.csv",
    ):
        assert part in done.stdout
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("student", [EVE, HOSTILE])
def test_nothing_is_left_but_what_is_named(course, student):
    others = {"ada", EVE, HOSTILE} - {student}
    rows = [row for row in tiny.gradebook_rows(course / "out") if row[0] != student]

    done = erase(course, student, "--yes")

    escaped = student.replace("<", "&lt;").replace(">", "&gt;")
    marks = (f"mark of {student[-3:]}", f"secret of {student[-3:]}")
    left = holding(course, student, escaped, *marks) - {"out/reports"}
    named = {path for path in left if f"make it again or mend it: {course / path}" in done.stdout}
    assert left == named, done.stdout
    assert left <= {"out/reports/tiny.html", "out/reports/tiny.csv", "policy.toml"}
    assert ("policy.toml" in left) == (student == EVE)
    assert done.returncode == 1, "something is to be done by hand"
    assert "downloads" in done.stdout
    assert tiny.csv_rows(course / "out").keys() == {other.replace("=", "'=", 1) for other in others}
    assert tiny.gradebook_rows(course / "out") == rows
    for other in others:
        assert (course / "submitted" / other / "tiny" / "tiny.ipynb").is_file()
        assert (course / "out" / "feedback" / other / "tiny" / "tiny.html").is_file()


def test_the_others_need_no_grading_afterwards(course):
    erase(course, EVE, "--yes")
    pages = course / "out" / "feedback"
    before = {path: path.stat().st_mtime_ns for path in pages.rglob("*.html")}

    done = command(
        course, "grade", "tiny", "--submitted", course / "submitted", "--source", course / "solutions"
    )

    assert done.returncode == 0, done.stderr
    assert {path: path.stat().st_mtime_ns for path in pages.rglob("*.html")} == before


@pytest.mark.parametrize("student", ["..", ".", "ada/tiny", "", ".records", "nobody"])
def test_what_is_no_student_is_refused(course, student):
    before = sorted(course.rglob("*"))

    done = erase(course, student, "--yes")

    assert done.returncode == 2
    assert "student" in done.stderr or "nothing of nobody" in done.stderr
    assert sorted(course.rglob("*")) == before
