"""Exported grades: nobody gets a 0 that is none, and Canvas and Moodle find what they look for."""

import csv
import io
import re
from pathlib import Path

import pytest
import tiny_assignment as tiny
from nbgrader.api import Gradebook

from autograder.answer_key import make_key
from autograder.errors import UserError
from autograder.outcome import Outcome
from autograder.results.export import export
from autograder.results.folder import Results
from autograder.roster import read_roster
from autograder.spreadsheet import csv_text, guarded
from autograder.submissions.submission import Submission

STUDENTS = {"ada": 1.0, "bob": 0.0, "cay": None, "dan": "failed", "=eve": 1.0}
# As Canvas writes it, with the row of marks that it sometimes has and a column that it computes.
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Integration ID,Section,Notes,Tiny (77),Other (78),Final Score
,,,,,,,Manual Posting,,
    Points Possible,,,,,,,3.00,10.00,(read only)
"Test, Student",9,,x,,One,,,,
"Dan, D",4,s4,dan,,One,,2.5,9,
"Lovelace, Ada",1,s1,ada,,One,hello,,8,
"=HYPERLINK(1)",2,s2,bob,,Two,,,7,
"Cay, C",3,s3,cay,,Two,,1,6,
"Zoe, Z",5,s5,zoe,,Two,,3,5,
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Results:
    folder = tmp_path_factory.mktemp("export")
    key = make_key(tiny.write_source(folder / "source"), tiny.NAME, folder / "key")
    with Results(folder / "output") as results:
        results.register(key)
        for student, score in STUDENTS.items():
            outcome = Outcome("failed", "the file is empty")
            if score != "failed":
                scores = {"add-test": score, "add-hidden": 1.0, "negate-test": 1.0}
                outcome = Outcome("graded", scores=scores, notebook=key.source)
            results.store(Submission(student, tiny.NAME, folder), outcome, key, "d", "v")
        with Gradebook(f"sqlite:///{results.path}") as gradebook:
            gradebook.find_grade("add-hidden", tiny.NAME, tiny.NAME, "ada").manual_score = 0.25
            gradebook.find_submission_notebook(tiny.NAME, tiny.NAME, "ada").late_submission_penalty = 1.5
            gradebook.db.commit()
        yield results


def rows(path: Path) -> list[list[str]]:
    with open(path, newline="") as file:
        return list(csv.reader(file))


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_csv_has_corrections_and_penalties_and_no_zero_for_what_is_no_grade(results, tmp_path):
    made = export(results, [], "csv", tmp_path / "out.csv")
    assert rows(made.path) == [
        ["student", "tiny", "total"],
        ["'=eve", "3", "3"],
        ["ada", "0.75", "0.75"],
        ["bob", "2", "2"],
        ["cay", "", ""],
        ["dan", "", ""],
    ]
    assert (made.failed, made.waiting, made.students) == (["dan tiny"], ["cay tiny"], 3)
    assert made.guarded == ["=eve"]


def test_what_waits_for_a_person_is_exported_only_when_asked_for(results, tmp_path):
    made = export(results, ["tiny"], "csv", tmp_path / "out.csv", partial=True)
    assert ["cay", "2", "2"] in rows(made.path)
    assert ["dan", "", ""] in rows(made.path)
    assert made.waiting == ["cay tiny"]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_canvas_gets_its_own_columns_rows_and_points_and_loses_no_grade(results, tmp_path, mark):
    roster = write(tmp_path / "canvas.csv", mark + CANVAS)
    made = export(results, ["tiny"], "canvas", tmp_path / "out.csv", roster)
    header, possible, *people = rows(made.path)
    assert header[:2] == ["Student", "ID"]
    assert header[-2:] == ["Section", "Tiny (77)"]
    assert (possible[0].strip(), possible[-1]) == ("Points Possible", "3.00")
    # Dan failed and Cay waits: the grade that Canvas has stays, for an empty field would erase it.
    assert [(row[0], row[1], row[-1]) for row in people] == [
        ("Test, Student", "9", ""),
        ("Dan, D", "4", "2.5"),
        ("Lovelace, Ada", "1", "0.75"),
        ("'=HYPERLINK(1)", "2", "2"),
        ("Cay, C", "3", "1"),
        ("Zoe, Z", "5", "3"),
    ]
    assert made.unknown == ["=eve"]
    assert made.without == ["x", "dan", "cay", "zoe"]
    assert made.notes == []


def test_canvas_without_the_assignment_gets_a_new_column_and_other_points_are_said(results, tmp_path):
    roster = write(tmp_path / "canvas.csv", CANVAS.replace("Tiny (77)", "Huge (77)"))
    made = export(results, ["tiny"], "canvas", tmp_path / "out.csv", roster)
    header, possible, *people = rows(made.path)
    assert header[-1] == "tiny"
    assert possible[-1] == "3"
    assert people[1][-1] == ""
    roster = write(tmp_path / "canvas.csv", CANVAS.replace("3.00", "100"))
    made = export(results, ["tiny"], "canvas", tmp_path / "out.csv", roster)
    assert made.notes == ["Canvas gives 100 points for tiny, here it has 3"]


def test_moodle_gets_what_it_knows_students_by_and_only_those_with_a_grade(results, tmp_path):
    people = [f"{name};{name.title()};{name}@example.com" for name in ("bob", "cay", "ada")]
    text = "\n".join(["Username;First name;Email address", *people])
    made = export(results, ["tiny"], "moodle", tmp_path / "out.csv", write(tmp_path / "roster.csv", text))
    assert rows(made.path) == [
        ["Email address", "tiny"],
        ["bob@example.com", "2"],
        ["ada@example.com", "0.75"],
    ]
    assert made.without == ["cay"]
    made = export(results, ["tiny"], "moodle", tmp_path / "out.csv")
    assert rows(made.path)[0] == ["Username", "tiny"]
    assert {row[0] for row in rows(made.path)[1:]} == {"'=eve", "ada", "bob"}


@pytest.mark.parametrize(
    ("assignments", "form", "roster", "said"),
    [
        (["huge"], "csv", None, "no grades of huge; there are grades of: tiny"),
        ([], "canvas", None, "give it as --roster"),
        ([], "canvas", "name,email\nada,a@b.c\n", "no gradebook exported by Canvas"),
        ([], "moodle", "name,folder\nada,ada\n", "Moodle finds students by one of these"),
        ([], "csv", "name,mail\nada,a@b.c\n", "no column with the names of students' folders"),
        ([], "csv", "username\nada\nada\n", "several rows of ada"),
        ([], "csv", "username\n", "needs a header and a row"),
        ([], "pdf", None, "There is no format 'pdf'"),
    ],
)
def test_what_cannot_be_exported_is_said_in_one_sentence(results, tmp_path, assignments, form, roster, said):
    path = None if roster is None else write(tmp_path / "roster.csv", roster)
    with pytest.raises(UserError, match=said) as error:
        export(results, assignments, form, tmp_path / "out.csv", path)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "out.csv").exists()


def test_roster_that_is_no_text_is_refused(results, tmp_path):
    (tmp_path / "roster.csv").write_bytes(b"\xff\xfe\x00n\x00a")
    with pytest.raises(UserError, match="cannot be read as CSV in UTF-8"):
        export(results, [], "csv", tmp_path / "out.csv", tmp_path / "roster.csv")


# As Canvas writes it for a user of a language with decimal commas.
COMMAS = """\
Student;ID;SIS User ID;SIS Login ID;Section;Tiny (77);Other (78)
    Points Possible;;;;;3,00;10,00
"Dan, D";4;s4;dan;One;2,5;9
"Lovelace, Ada";1;s1;ada;One;;8,25
"Cay, C";3;s3;cay;Two;1;6
"""


@pytest.mark.parametrize("separator", [";", ","])
def test_a_canvas_gradebook_with_decimal_commas_stays_one(results, tmp_path, separator):
    text = COMMAS
    if separator == ",":
        cells = [line.split(";") for line in COMMAS.splitlines()]
        text = "\n".join(",".join(c if c.startswith('"') else f'"{c}"' for c in line) for line in cells)
    made = export(results, ["tiny"], "canvas", tmp_path / "out.csv", write(tmp_path / "canvas.csv", text))
    assert made.notes == []
    with open(made.path, newline="") as file:
        header, possible, *people = csv.reader(file, delimiter=separator)
    assert (header[-1], possible[-1]) == ("Tiny (77)", "3,00")
    assert [(row[0], row[-1]) for row in people] == [
        ("Dan, D", "2,5"),
        ("Lovelace, Ada", "0,75"),
        ("Cay, C", "1"),
    ]
    more = write(tmp_path / "canvas.csv", text.replace("3,00", "3,50"))
    made = export(results, ["tiny"], "canvas", tmp_path / "out.csv", more)
    assert made.notes == ["Canvas gives 3,50 points for tiny, here it has 3"]


def test_the_class_list_of_collect_is_a_roster(results, tmp_path):
    roster = write(tmp_path / "class.csv", "student,name,email\nada,Ada,a@b.c\nbob,Bob,b@b.c\n")
    made = export(results, [], "csv", tmp_path / "out.csv", roster)
    assert [row[0] for row in rows(made.path)] == ["student", "ada", "bob"]


@pytest.mark.parametrize(
    ("form", "classes", "expected"),
    [
        (
            "moodle",
            "student,name,email\nbob,Bob,b@b.c\ncay,Cay,c@b.c\n",
            [["Email address", "tiny"], ["b@b.c", "2"]],
        ),
        ("moodle", "student;name\nbob;Bob\n", [["Username", "tiny"], ["bob", "2"]]),
        (
            "canvas",
            "student,name,canvas_id\nbob,Bob B,7\ncay,Cay C,8\n",
            [
                ["Student", "ID", "Section", "tiny"],
                ["    Points Possible", "", "", "3"],
                ["Bob B", "7", "", "2"],
            ],
        ),
    ],
)
def test_every_format_takes_the_class_list_that_collect_reads(results, tmp_path, form, classes, expected):
    roster = write(tmp_path / "class.csv", classes)
    assert "bob" in read_roster(roster).students
    made = export(results, ["tiny"], form, tmp_path / "out.csv", roster)
    assert rows(made.path) == expected


FORMULAS = [
    "=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "x;=1+1", 'x;"=1+1"', "x; =1", "x\t=1", "x\n=1", "x|=1", "x,=1",
    '"=1"', " =1", "x;;@y", "\uff1d1", "x;\uff0b1", "a;b;-c",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_spreadsheet_in_any_country_begins_with_a_formula(text):
    table = csv_text([["student", text, 3.5], [text, "plain", None]])
    for separator in ",;\t|":
        for line in csv.reader(io.StringIO(table, newline=""), delimiter=separator):
            for cell in line:
                # Those who split elsewhere than we do also split inside our quotes.
                for part in re.split(r"[\r\n]", cell):
                    assert not re.match(r'[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]', part)


@pytest.mark.parametrize("text", ["Ada; Bob", "2 - 1", "a=b", "mail@example.org", "x; y - z", "3,5", "it's"])
def test_text_that_is_no_formula_stays_as_it_is(text):
    assert guarded(text) == text
