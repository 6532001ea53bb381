"""Answers in words: they count by the term's rules only, and wait until a person has graded them."""

import csv
import shutil
from pathlib import Path

import pytest
import tiny_assignment as tiny
from commands import run as autograder

COUNTS = "[grades]\nwritten_answers = true\n"
HOSTILE = '=HYPERLINK("http://x.example") <script>alert(1)</script>\n\n\u202egnp, "and" so on;\n-1+1'
ANSWERS = {"ada": "Because the sum does not change.", "eve": HOSTILE}
EMPTY = ["bob"]


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Path:
    """A folder in which a class of three was graded while answers in words count."""
    folder = tmp_path_factory.mktemp("written")
    source = tiny.write_source(folder / "solutions", tiny.with_question())
    released = tiny.read_release(source, folder / "release")
    assert not any(tiny.WRITTEN_CANARY in cell.source or "BEGIN" in cell.source for cell in released.cells)
    right = tiny.answer(released, **tiny.RIGHT)
    for student, text in ANSWERS.items():
        tiny.hand_in(folder / "submitted", student, tiny.answer(right, explain=text))
    for student in EMPTY:
        tiny.hand_in(folder / "submitted", student, right)
    (folder / "policy.toml").write_text(COUNTS)
    (folder / "class.csv").write_text("student,name\nada,Ada\nbob,Bob\nzoe,Zoe\n")
    done = command(folder, "grade", "--submitted", folder / "submitted", "--roster", folder / "class.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "printed").write_text(done.stdout)
    return folder


@pytest.fixture
def course(graded, tmp_path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(graded, tmp_path / "course"))


def command(folder, name, *arguments):
    """Run a command on the assignment of this course."""
    places = (
        "--source",
        folder / "solutions",
        "--output",
        folder / "out",
        "--policy",
        folder / "policy.toml",
    )
    return autograder(name, "tiny", *arguments, *places)


def grade(folder, *arguments):
    done = command(folder, "grade", "--submitted", folder / "submitted", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def page(folder, student):
    return (folder / "out" / "feedback" / student / "tiny" / "tiny.html").read_text()


def row(folder, student):
    found = tiny.csv_rows(folder / "out")[student]
    return found["score"], found["max_score"], found["status"], found["waiting"]


def read(path: Path) -> list[list[str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def filled(folder: Path, *rows: tuple[str, ...], header: tuple[str, ...] = ("student", "points", "comment")):
    path = folder / "graded.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_it_shows_as_waiting_everywhere_until_it_is_graded(course):
    assert row(course, "ada") == ("3", "13", "waiting", "explain")
    assert row(course, "bob") == ("3", "13", "graded", ""), "an answer that was left empty has 0 points"
    printed = (course / "printed").read_text()
    assert "graded       1\nwaiting      2 " in printed
    assert "3 of 13 points" in page(course, "ada")
    assert "10 of the points are for what a person has not graded yet" in page(course, "ada")
    assert "not graded yet" not in page(course, "bob")

    done = command(course, "report", "--to", course / "report.html")
    assert done.returncode == 0, done.stderr
    assert "<dt>wait for a person</dt><dd>2</dd>" in (course / "report.html").read_text()
    with open(course / "report.csv", newline="") as file:
        waiting = {each["student"]: each["waiting"] for each in csv.DictReader(file)}
    assert waiting == {"ada": "explain", "bob": "", "eve": "explain", "zoe": ""}


def test_who_is_in_the_class_and_handed_in_nothing_has_a_row_without_a_score(course):
    assert row(course, "zoe") == ("", "13", "missing", "")
    assert "missing      1 " in (course / "printed").read_text()
    assert command(course, "feedback").returncode == 0
    assert row(course, "zoe") == ("", "13", "missing", ""), "also after later commands"
    tiny.hand_in(course / "submitted", "zoe", (course / "submitted/bob/tiny/tiny.ipynb").read_text())
    grade(course)
    assert row(course, "zoe") == ("3", "13", "graded", "")


def test_unless_the_rules_say_so_it_is_worth_nothing_and_waits_for_nobody(course):
    assert command(course, "written", "--from", filled(course, ("ada", "7", ""))).returncode == 0
    assert row(course, "ada") == ("10", "13", "graded", "")
    (course / "policy.toml").write_text("")
    grade(course)
    assert row(course, "ada") == row(course, "eve") == ("3", "3", "graded", "")
    assert "3 of 3 points" in page(course, "ada")
    assert 'id="explain"' not in page(course, "ada")
    done = command(course, "written", "--to", course / "answers.csv")
    assert done.returncode == 2
    assert "written_answers = true" in done.stderr

    (course / "policy.toml").write_text(COUNTS)
    grade(course)
    assert row(course, "ada") == ("10", "13", "graded", ""), "a person's points were kept"
    assert row(course, "eve") == ("3", "13", "waiting", "explain")


def test_stock_nbgrader_agrees(course):
    shutil.rmtree(course / "out")
    grade(course, "--stock", "--students", "ada")
    assert row(course, "ada") == ("3", "13", "waiting", "explain")
    (course / "policy.toml").write_text("")
    grade(course, "--stock", "--students", "ada")
    assert row(course, "ada") == ("3", "3", "graded", "")


def test_the_table_has_the_answers_as_text_that_no_spreadsheet_computes(course):
    done = command(course, "written", "--to", course / "answers.csv")
    assert done.returncode == 0, done.stderr
    assert "2 answers, 2 of them wait; 1 students left it empty" in done.stdout
    header, ada, eve = read(course / "answers.csv")
    assert header == ["student", "answer", "points", "comment"]
    assert ada == ["ada", ANSWERS["ada"], "", ""]
    assert eve[1].replace("'", "") == HOSTILE
    assert not any(line.lstrip(' "').startswith(("=", "-")) for line in eve[1].splitlines())


def test_points_and_comments_from_a_table_count_and_are_told_to_the_student(course):
    comment = "=1+1 <b>good</b>"
    table = filled(course, ("ada", "7.5", comment), ("eve", "", ""), ("bob", "2", ""))
    done = command(course, "written", "--from", table)
    assert done.returncode == 0, done.stderr
    assert "ada: 7.5 of 10 points (before: none), a comment" in done.stdout
    assert "bob: 2 of 10 points (before: 0)" in done.stdout
    assert "2 changed; 1 answers wait." in done.stdout
    assert row(course, "ada") == ("10.5", "13", "graded", "")
    assert row(course, "eve") == ("3", "13", "waiting", "explain")
    assert "=1+1 &lt;b&gt;good&lt;/b&gt;" in page(course, "ada")
    assert "10.5 of 13 points" in page(course, "ada")

    grade(course, "--regrade")
    assert row(course, "ada") == ("10.5", "13", "graded", ""), "kept through regrading"
    command(course, "written", "--to", course / "answers.csv")
    assert read(course / "answers.csv")[1][2:] == ["7.5", "'" + comment]
    done = command(course, "written", "--from", course / "answers.csv")
    assert "0 changed; 1 answers wait." in done.stdout, "the guard before a formula is no change"


def test_a_table_of_a_country_with_decimal_commas_is_read(course):
    path = course / "graded.csv"
    path.write_text("\ufeffstudent;answer;points\nada;a, b;7,5\n\n", encoding="utf-8")
    assert command(course, "written", "--from", path).returncode == 0
    assert row(course, "ada")[0] == "10.5"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (("carl", "3", ""), "'carl' has no graded submission"),
        (("eve", "11", ""), "a number from 0 to 10, not '11'"),
        (("eve", "-1", ""), "not '-1'"),
        (("eve", "nan", ""), "not 'nan'"),
        (("eve", "many", ""), "not 'many'"),
        (("ada", "5", ""), "'ada' occurs twice"),
        (("eve", "5", "x" * 5001), "the comment has 5001 characters"),
    ],
)
def test_a_bad_row_is_refused_with_one_sentence_and_nothing_is_changed(course, bad, words):
    done = command(course, "written", "--from", filled(course, ("ada", "7", "yes"), bad))
    assert done.returncode == 2
    assert "line 3" in done.stderr
    assert words in done.stderr
    assert "nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr
    assert row(course, "ada") == ("3", "13", "waiting", "explain")


def test_a_table_without_the_columns_is_refused(course):
    done = command(course, "written", "--from", filled(course, header=("name", "points")))
    assert done.returncode == 2
    assert "no columns student and points" in done.stderr


def test_after_grading_some_on_new_points_every_row_says_what_its_page_says(course):
    path = course / "solutions" / "tiny" / "tiny.ipynb"
    text = path.read_text()
    assert text.count('"points": 1,') == 3
    path.write_text(text.replace('"points": 1,', '"points": 2,', 1))

    grade(course, "--students", "bob")

    assert row(course, "bob")[:2] == ("4", "14")
    assert row(course, "ada")[:2] == ("3", "13")
    assert "4 of 14 points" in page(course, "bob")
    assert "3 of 13 points" in page(course, "ada")
    grade(course)
    assert row(course, "ada")[:2] == ("4", "14")
    assert "4 of 14 points" in page(course, "ada")
