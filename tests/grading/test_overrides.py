"""A person's word on a part: it stays through regrading, is shown with its reason, and can be taken back."""

import shutil
from pathlib import Path

import pytest
import tiny_assignment as tiny
from commands import run as autograder

POLICY = 'time_zone = "UTC"\n[late]\npercent = 20\n[assignments.tiny]\ndue = 2026-10-12 12:00:00\n'


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A folder with a graded class of two: bob has half of part add, ada all of it, a day late."""
    folder = tmp_path_factory.mktemp("graded")
    source = tiny.write_source(folder / "solutions")
    released = tiny.read_release(source, folder / "release")
    right = tiny.answer(released, **tiny.RIGHT)
    tiny.hand_in(folder / "submitted", "ada", right)
    tiny.hand_in(folder / "submitted", "bob", tiny.answer(right, add=tiny.WRONG))
    (folder / "submitted" / "ada" / "tiny" / "timestamp.txt").write_text("2026-10-13 11:00:00 UTC\n")
    (folder / "policy.toml").write_text(POLICY)
    done = command(folder, "grade", "tiny", "--submitted", folder / "submitted")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def course(graded, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(graded, tmp_path / "course"))


def command(folder, *arguments):
    """Run a command on this course."""
    places = (
        "--source",
        folder / "solutions",
        "--output",
        folder / "out",
        "--policy",
        folder / "policy.toml",
    )
    return autograder(*arguments, *places)


def score(folder, student):
    row = tiny.csv_rows(folder / "out")[student]
    return float(row["score"]), row["corrected"]


def page(folder, student):
    return (folder / "out" / "feedback" / student / "tiny" / "tiny.html").read_text()


def test_a_correction_stays_through_regrading_and_goes_when_it_is_taken_back(course):
    assert score(course, "bob") == (2, "")

    done = command(course, "override", "bob", "tiny", "add", "2", "--why", "=1+1 <b>argued</b>")
    assert done.returncode == 0, done.stderr
    assert score(course, "bob") == (3, "add")
    assert "add has 2 points: =1+1 &lt;b&gt;argued&lt;/b&gt;" in page(course, "bob")

    done = command(course, "regrade", "tiny", "--submitted", course / "submitted")
    assert done.returncode == 0, done.stderr
    assert score(course, "bob") == (3, "add")

    assert command(course, "override", "bob", "tiny", "add", "--revert").returncode == 0
    assert score(course, "bob") == (2, "")
    assert "Corrected by a person" not in page(course, "bob")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("carl", "tiny", "add", "2", "--why", "x"), "There are no points of carl in tiny"),
        (("bob", "tiny", "p9", "2", "--why", "x"), "its parts are add, negate"),
        (("bob", "tiny", "add", "3", "--why", "x"), "add has from 0 to 2 points, not 3"),
        (("bob", "tiny", "add", "nan", "--why", "x"), "not nan"),
        (("bob", "tiny", "add", "2"), "Say why"),
        (("bob", "tiny", "add", "--why", "x"), "Say how many points"),
        (("bob", "tiny", "add", "--revert"), "no correction of add of bob"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence_and_changes_nothing(course, arguments, words):
    done = command(course, "override", *arguments)

    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert score(course, "bob") == (2, "")


def test_lateness_is_stored_shown_and_follows_a_changed_policy_without_grading_again(course):
    row = tiny.csv_rows(course / "out")["ada"]
    assert (float(row["score"]), float(row["late_penalty"])) == (pytest.approx(2.4), pytest.approx(0.6))
    assert row["late"] == "23 h"
    assert "due 2026-10-12 12:00 UTC: late by 23 h. 0.6 points are taken off." in page(course, "ada")

    with open(course / "policy.toml", "a") as file:
        file.write("[extensions.tiny]\nada = 2026-10-14 12:00:00\n")
    done = command(course, "grade", "tiny", "--submitted", course / "submitted")

    assert "0 to grade" in done.stdout
    row = tiny.csv_rows(course / "out")["ada"]
    assert (float(row["score"]), float(row["late_penalty"]), row["late"]) == (3, 0, "")
    assert "late by" not in page(course, "ada")


def test_a_rehearsal_says_who_would_change_and_writes_nothing(course):
    path = course / "solutions" / "tiny" / "tiny.ipynb"
    text = path.read_text()
    path.write_text(text.replace("assert negate(2) == -2", "assert negate(2) == 2"))
    before = {path: path.read_bytes() for path in (course / "out").rglob("*") if path.is_file()}

    done = command(course, "regrade", "tiny", "--dry-run", "--submitted", course / "submitted")

    assert "bob: 2 → 1 (-1)" in done.stdout
    assert {path: path.read_bytes() for path in (course / "out").rglob("*") if path.is_file()} == before
