"""The report: what a class did, by name and count, harmless whatever names and texts it holds."""

import csv
import io

import pytest
import tiny_assignment as tiny
from commands import REPOSITORY
from commands import run as autograder

from autograder.report.reading import read_tests, short
from autograder.report.sections import sections
from autograder.source import assignment_names

HOSTILE = "-=1+1 <script>alert(1)</script>"  # a folder may be called so
RIGHT_TO_LEFT = "ש‮gnp.exe"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    source = tiny.write_source(folder / "solutions")
    released = tiny.read_release(source, folder / "release")
    right = tiny.answer(released, **tiny.RIGHT)
    wrong = tiny.answer(right, add=tiny.WRONG)
    raising = tiny.answer(right, add="def add(a, b):\n    raise ValueError('<img src=x onerror=alert(2)>')")
    for i in range(6):
        tiny.hand_in(folder / "submitted", f"right-{i}", right)
        tiny.hand_in(folder / "submitted", f"wrong-{i}", wrong)
    tiny.hand_in(folder / "submitted", HOSTILE.replace("/", "_"), raising)
    tiny.hand_in(folder / "submitted", RIGHT_TO_LEFT, released)
    tiny.hand_in(folder / "submitted", "x" * 200, raising)
    tiny.hand_in(folder / "submitted", "cut-off", '{"cells": [')
    places = ("--source", folder / "solutions", "--output", folder / "out")
    autograder("grade", "tiny", "--submitted", folder / "submitted", *places)
    (folder / "class.csv").write_text("student\nright-0\nnobody\n")
    return folder


def report(folder, *arguments):
    """Run the command and return the page."""
    places = ("--source", folder / "solutions", "--output", folder / "out", "--to", folder / "page.html")
    done = autograder("report", *arguments, *places)
    assert done.returncode == 0, done.stderr
    return (folder / "page.html").read_text()


def test_the_page_counts_the_class_and_names_who_needs_help(course):
    page = report(course, "tiny", "--roster", course / "class.csv")

    assert "<dt>graded</dt><dd>15</dd>" in page
    assert "<dt>could not be graded</dt><dd>1</dd>" in page
    assert "<dt>handed in nothing</dt><dd>1</dd>" in page
    assert "<bdi>nobody</bdi>" in page
    assert page.count("<svg") >= 2
    assert 'role="img" aria-label="Histogram of the scores of 15 students."' in page


def test_nothing_that_a_student_chose_runs_or_computes(course):
    page = report(course, "tiny")

    for text in ("<script", "<img", "onerror=alert(2)>"):
        assert text not in page
    rows = list(csv.reader(io.StringIO((course / "page.csv").read_text())))
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_anonymous_pages_hold_no_name_and_no_table_of_students(course):
    (course / "page.csv").unlink(missing_ok=True)

    page = report(course, "tiny", "--anonymous", "--roster", course / "class.csv")

    assert not any(name in page for name in ("right-0", "wrong-1", "nobody", "cut-off", "x" * 50))
    assert not (course / "page.csv").exists()


def test_the_term_has_a_row_a_student_and_says_who_is_missing(course):
    page = report(course, "--roster", course / "class.csv")

    assert "<bdi>nobody</bdi>" in page
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO((course / "page.csv").read_text()))}
    assert (rows["right-0"]["tiny"], rows["right-0"]["percent"]) == ("3", "100")
    assert (rows["nobody"]["tiny"], rows["nobody"]["percent"], rows["nobody"]["missing"]) == ("", "0", "tiny")


def test_the_same_class_gives_the_same_page(course):
    assert report(course, "tiny") == report(course, "tiny")


def test_an_assignment_without_grades_is_refused_in_a_sentence(course):
    done = autograder("report", "other", "--source", course / "solutions", "--output", course / "out")

    assert done.returncode == 2
    assert "holds no grades of other" in done.stderr


@pytest.mark.parametrize("name", assignment_names(REPOSITORY / "solutions"))
def test_the_sections_that_an_assignment_names_are_in_the_book(name):
    found = sections(REPOSITORY / "solutions", name, REPOSITORY / "book", "book")

    assert found, "its tests.py has no BOOK"
    names = {short(test.name) for test in read_tests(REPOSITORY / "solutions", name)[1]}
    unknown = [key for key in found if not any(test == key or test.startswith(f"{key}-") for test in names)]
    assert not unknown
