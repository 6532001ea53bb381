"""Giving back: pages under the names that a platform takes, and a table that does no harm."""

import csv
import json
import zipfile

import pytest
import tiny_assignment as tiny
from commands import run as autograder

HOSTILE = "-=1+1 <script>alert(1)<_script>"  # a folder may be called so
LONG = "x" * 200
ROSTER = """\
student,name,email,canvas_id,moodle_id
ada,"=1+1 <b>Ada</b>, Lovelace",ada@example.org,1001,2001
bob,ש‮gnp.exe,bob@example.org,1002,2002
late,Late Riser,late@example.org,1003,2003
"""
CANVAS = {
    "ada": "lovelaceada_1001_5001_tiny-2.ipynb",
    "bob": "bob_1002_5002_my homework_77.ipynb",
    "late": "riserlate_LATE_1003_5003_tiny.ipynb",
}
MOODLE = {
    "ada": "Ada Lovelace_2001_assignsubmission_file/tiny.ipynb",
    "bob": "Bób O'Hara_2002_assignsubmission_file_/tiny.ipynb",
    "late": "Late Riser_2003_assignsubmission_file_tiny.ipynb",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A graded class that was collected from Canvas, and two with hostile names who came otherwise."""
    folder = tmp_path_factory.mktemp("course")
    source = tiny.write_source(folder / "solutions")
    right = tiny.answer(tiny.read_release(source, folder / "release"), **tiny.RIGHT)
    (folder / "class.csv").write_text(ROSTER)
    collect(folder, CANVAS, right)
    tiny.hand_in(folder / "submitted", HOSTILE, right)
    tiny.hand_in(folder / "submitted", LONG, '{"cells": [')
    done = command(folder, "grade", "--source", source, "--submitted", folder / "submitted")
    assert done.returncode == 1, "one cannot be graded"
    return folder


def command(folder, name, *arguments):
    return autograder(name, "tiny", *arguments, "--output", folder / "out")


def collect(folder, names, content):
    """Collect a download in which each student's file has the platform's name."""
    with zipfile.ZipFile(folder / "download.zip", "w") as archive:
        for name in names.values():
            archive.writestr(name, json.dumps(content))
    done = autograder(
        "collect", "tiny", folder / "download.zip", "--roster", folder / "class.csv",
        "--submitted", folder / "submitted",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def give_back(folder, form, *arguments):
    """Run the command; return how it ended, the zip's names with their content, and the table's rows."""
    target = folder / f"{form}.zip"
    done = command(
        folder, "return", "--format", form, "--to", target, "--submitted", folder / "submitted", *arguments
    )
    if done.returncode == 2:
        return done, {}, {}
    with zipfile.ZipFile(target) as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    with open(target.with_suffix(".csv"), newline="") as file:
        return done, found, {row["student"].lstrip("'"): row for row in csv.DictReader(file)}


def test_canvas_gets_its_own_names_up_to_the_number_of_the_upload(course):
    done, files, rows = give_back(course, "canvas", "--roster", course / "class.csv")

    assert set(files) == {
        "lovelaceada_1001_5001_tiny.html",
        "bob_1002_5002_tiny.html",
        "riserlate_LATE_1003_5003_tiny.html",
    }
    # What Canvas reads: the first two parts that are numbers.
    for name in files:
        numbers = [part for part in name.split("_") if part.isdecimal()]
        assert numbers[0][:2] == "10"
        assert numbers[1][:2] == "50"
    page = (course / "out" / "feedback" / "ada" / "tiny" / "tiny.html").read_text()
    assert files["lovelaceada_1001_5001_tiny.html"] == page
    assert done.returncode == 1, "two have no name in Canvas"
    assert HOSTILE in done.stdout
    assert rows["ada"]["email"] == "ada@example.org"
    assert (rows["ada"]["score"], rows["ada"]["max_score"], rows["ada"]["status"]) == ("3", "3", "graded")
    assert rows["ada"]["name"].startswith("'=1+1"), "no spreadsheet computes it"
    assert (rows[LONG]["file"], rows[LONG]["score"], rows[LONG]["status"]) == ("", "", "failed")


def test_moodle_gets_a_folder_a_student(course):
    right = json.loads((course / "submitted" / "ada" / "tiny" / "tiny.ipynb").read_text())
    collect(course, MOODLE, right)
    try:
        _, files, _ = give_back(course, "moodle")
        done, _, _ = give_back(course, "canvas")
    finally:
        collect(course, CANVAS, right)

    assert set(files) == {
        "Ada Lovelace_2001_assignsubmission_file/tiny.html",
        "Bób O'Hara_2002_assignsubmission_file_/tiny.html",
        "Late Riser_2003_assignsubmission_file_/tiny.html",
    }
    assert done.returncode == 2
    assert "Nobody's name in Canvas is known" in done.stderr


def test_names_are_safe_file_names_and_nobody_is_left_out(course):
    done, files, rows = give_back(course, "names")

    assert done.returncode == 0, done.stderr
    assert len(files) == len(rows) == 5
    assert "tiny-ada.html" in files
    assert not any(set(name) & set('<>:"/\\|?*\0') for name in files)
    assert all(len(name) < 200 for name in files)
    assert {row["file"] for row in rows.values()} == set(files)
    assert files[rows[HOSTILE]["file"]].count("<script") == 0


def test_gradescope_takes_nothing_back_and_this_is_said(course):
    done, files, _ = give_back(course, "gradescope")

    assert "Gradescope takes no files back" in done.stdout
    assert "tiny-ada.html" in files


def test_the_same_class_gives_the_same_zip(course):
    give_back(course, "names")
    before = (course / "names.zip").read_bytes()
    give_back(course, "names")

    assert (course / "names.zip").read_bytes() == before


def test_only_pages_leave_the_folder(course):
    """Graded notebooks hold the hidden tests."""
    _, files, _ = give_back(course, "names")

    assert not any(canary in text for canary in tiny.CANARIES for text in files.values())


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ('{"platform": "Canvas", "name": "../../x_1_2_"}', "a path"),
        ('{"platform": "Canvas", "name": 3}', "no text"),
        ('["Canvas"]', "no object"),
        ("{", "cut off"),
    ],
)
def test_a_note_that_is_no_name_is_none(tmp_path, note, why):
    from autograder.submissions.platform_name import read_platform_name

    (tmp_path / "platform.json").write_text(note)

    assert read_platform_name(tmp_path, "Canvas") == "", why


def test_what_cannot_be_given_back_is_refused_in_a_sentence(course, tmp_path):
    done = command(course, "return", "--to", tmp_path / "pages.tar")
    assert done.returncode == 2
    assert "ends in .zip" in done.stderr
    done = autograder("return", "other", "--to", tmp_path / "x.zip", "--output", course / "out")
    assert done.returncode == 2
    assert "holds no pages of other" in done.stderr
