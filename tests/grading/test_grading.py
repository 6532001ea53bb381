"""Grading one batch: right scores, nobody's lost by another's notebook, and feedback without secrets."""

import re
import sys
from pathlib import Path

import nbformat
import pytest
import tiny_assignment as tiny

from autograder.errors import UserError
from autograder.grade import Options, grade
from autograder.stock.clean import clean_metadata, restore_missing


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return tiny.write_source(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def released(source, tmp_path_factory):
    return tiny.read_release(source, tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def right(released):
    return tiny.answer(released, **tiny.RIGHT)


def without(notebook, *names):
    """A copy without some cells."""
    made = tiny.answer(notebook)
    made.cells = [cell for cell in made.cells if cell.id not in names]
    return made


def repeated(notebook, name):
    """A copy in which a cell occurs twice."""
    made = tiny.answer(notebook)
    index = [cell.id for cell in made.cells].index(name)
    made.cells.insert(index, nbformat.from_dict({**made.cells[index], "id": "copy"}))
    return made


def tagged(notebook, metadata):
    """A copy in which every cell has more metadata."""
    made = tiny.answer(notebook)
    for cell in made.cells:
        cell.metadata.update(metadata)
    return made


def ungraded(notebook):
    """A copy whose tests say that they are not graded."""
    made = tiny.answer(notebook)
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader = {**cell.metadata.nbgrader, "grade": False, "locked": False}
    return made


@pytest.fixture(scope="module")
def batch(source, released, right, tmp_path_factory):
    """One run over many kinds of submission: (exit code, rows, output folder)."""
    folder = tmp_path_factory.mktemp("batch")
    submitted, output = folder / "submitted", folder / "output"
    shouting = "import sys\ndef negate(a):\n    print('a library warns', file=sys.stderr)\n    return -a"
    submissions = {
        "right": right,
        "wrong": tiny.answer(right, add=tiny.WRONG),
        "untouched": released,
        "syntax": tiny.answer(right, negate="def negate(a: return -a"),
        "repeated": repeated(right, "add-test"),
        "repeated-answer": repeated(right, "add"),
        "deleted": without(right, "setup-cnnlib", "add-test", "add-hidden", "negate-test"),
        "skipped": tagged(released, {"tags": ["skip-execution"]}),
        "ungraded": ungraded(right),
        "stderr": tiny.answer(right, negate=shouting),
        "printing": tiny.answer(right, negate="print('x' * 10**7)\ndef negate(a):\n    return -a"),
        "endless": tiny.answer(right, negate="while True: pass"),
        "exit": tiny.answer(right, negate="import os\nos._exit(1)"),
        "cut-off": '{"cells": [',
        "empty": "",
        "a list": "[]",
        "no cells": '{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        "odd [name] *": right,
    }
    for student, content in submissions.items():
        tiny.hand_in(submitted, student, content)
    tiny.hand_in(submitted, "other-name", right, "my homework (2).ipynb")
    for name in ("one.ipynb", "two.ipynb"):
        tiny.hand_in(submitted, "two-notebooks", right, name)
    (submitted / "nothing" / tiny.NAME).mkdir(parents=True)
    tiny.hand_in(submitted, "zz-last", right)
    code = grade(source, tiny.NAME, submitted, output, Options(timeout=6))
    return code, tiny.csv_rows(output), output


@pytest.mark.parametrize(
    ("student", "scores"),
    {
        "right": (1, 1, 1),
        "wrong": (1, 0, 1),
        "untouched": (0, 0, 0),
        "syntax": (1, 1, 0),
        "repeated": (1, 1, 1),
        "repeated-answer": (1, 1, 1),
        "deleted": (1, 1, 1),
        "skipped": (0, 0, 0),
        "ungraded": (1, 1, 1),
        "stderr": (1, 1, 1),
        "printing": (1, 1, 1),
        "endless": (1, 1, 0),
        "exit": (1, 1, 0),
        "odd [name] *": (1, 1, 1),
        "other-name": (1, 1, 1),
        "zz-last": (1, 1, 1),
    }.items(),
)
def test_each_submission_gets_the_points_it_deserves(batch, student, scores):
    row = batch[1][student]
    assert row["status"] == "graded"
    assert tuple(int(row[cell]) for cell in tiny.CELLS) == scores
    assert (int(row["score"]), int(row["max_score"])) == (sum(scores), 3)


@pytest.mark.parametrize(
    ("student", "reason"),
    {
        "cut-off": "JSON is cut off",
        "empty": "is empty",
        "a list": "not a notebook",
        "no cells": "not a valid notebook",
        "two-notebooks": "several notebooks",
        "nothing": "holds no notebook",
    }.items(),
)
def test_ungradable_submission_is_named_with_a_reason_and_has_no_score(batch, student, reason):
    code, table, output = batch
    assert code == 1
    assert table[student]["status"] == "failed"
    assert reason in table[student]["message"]
    assert {table[student][cell] for cell in ["score", *tiny.CELLS]} == {""}
    page = (output / "feedback" / student / tiny.NAME / f"{tiny.NAME}.html").read_text()
    assert "could not be graded" in page


def test_columns_are_stable_and_every_submission_has_a_row(batch):
    _, table, output = batch
    header = (output / "grades.csv").read_text().splitlines()[0]
    columns = (
        "student,assignment,score,late_penalty,max_score,status,isolation,message,handed_in,late,corrected"
    )
    assert header.split(",") == [*columns.split(","), "waiting", *tiny.CELLS]
    assert len(table) == 22
    assert list(table) == sorted(table)


def test_what_was_mended_or_matched_is_said(batch):
    assert "Cell add occurs 2 times" in batch[1]["repeated-answer"]["message"]
    assert "Missing and put back: 4 cells (setup-cnnlib, add-test," in batch[1]["deleted"]["message"]
    assert "my homework (2).ipynb" in batch[1]["other-name"]["message"]
    assert batch[1]["right"]["message"] == ""


def page(batch, student: str) -> str:
    return (batch[2] / "feedback" / student / tiny.NAME / f"{tiny.NAME}.html").read_text()


def test_feedback_says_what_was_wrong_and_names_hidden_tests_without_showing_them(batch):
    text = page(batch, "wrong")
    assert "2 of 3 points" in text
    assert "add-hidden" in text
    assert "add is wrong for larger numbers" not in text, "a hidden test is there by name only"
    assert "return 3" in text, "the student's own code is there"
    assert "assert add(1, 2) == 3" in text, "the visible test is there"
    for student in ("wrong", "right", "untouched", "syntax", "deleted", "repeated"):
        text = page(batch, student)
        assert "hidden_number" not in text
        assert "negate(-7)" not in text
        assert not re.search(r"canary-[0-9a-f]{8}", text)


def test_feedback_of_an_unanswered_part_says_so(batch):
    assert "There is no answer yet" in page(batch, "untouched")


def test_feedback_of_a_stopped_cell_names_the_time_limit(batch):
    assert "time limit" in page(batch, "endless")


def test_feedback_needs_nothing_from_elsewhere_and_suits_a_phone(batch):
    text = page(batch, "wrong")
    assert not re.search(r"""(src|href)=["'](?!#)""", text)
    assert not re.search(r"https?:|@import|url\(|<script", text)
    assert '<html lang="en">' in text
    assert 'name="viewport"' in text
    assert "<title>Feedback: tiny, wrong</title>" in text


def test_endless_output_is_cut(batch):
    notebook = batch[2] / "autograded" / "printing" / tiny.NAME / f"{tiny.NAME}.ipynb"
    assert 64_000 < notebook.stat().st_size < 100_000
    assert 64_000 < len(page(batch, "printing")) < 200_000
    assert "cut here" in page(batch, "printing")


def test_submission_cannot_inject_markup_into_feedback(source, right, tmp_path):
    attack = "<script>alert(1)</script>"
    content = tiny.answer(right, add=f"def add(a, b):\n    raise ValueError('{attack}')")
    tiny.hand_in(tmp_path / "submitted", "<b>eve", content)
    grade(source, tiny.NAME, tmp_path / "submitted", tmp_path)
    text = (tmp_path / "feedback" / "<b>eve" / tiny.NAME / f"{tiny.NAME}.html").read_text()
    assert "<script" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text


def test_kernel_is_this_python_whatever_the_user_has_installed(source, right, tmp_path, monkeypatch):
    spec = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(
        '{"argv": ["/no/such/python", "{connection_file}"], "display_name": "x", "language": "python"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    executable = f"import sys\nassert sys.executable == {sys.executable!r}\n" + tiny.RIGHT["add"]
    tiny.hand_in(tmp_path / "submitted", "ada", tiny.answer(right, add=executable))
    assert grade(source, tiny.NAME, tmp_path / "submitted", tmp_path) == 0
    assert tiny.csv_rows(tmp_path)["ada"]["score"] == "3"


def test_file_handed_in_beside_the_notebook_does_not_replace_a_module(source, right, tmp_path):
    path = tiny.hand_in(
        tmp_path / "submitted", "ada", tiny.answer(right, add="import json\n" + tiny.RIGHT["add"])
    )
    (path.parent / "json.py").write_text("raise SystemExit")
    assert grade(source, tiny.NAME, tmp_path / "submitted", tmp_path) == 0
    assert tiny.csv_rows(tmp_path)["ada"]["score"] == "3"


def test_mistakes_of_the_caller_get_one_sentence(source, right, tmp_path):
    with pytest.raises(UserError, match="There is no submission of 'tiny'"):
        grade(source, tiny.NAME, tmp_path, tmp_path)
    tiny.hand_in(tmp_path, "ada", right)
    with pytest.raises(UserError, match="No submission of 'tiny' by bob"):
        grade(source, tiny.NAME, tmp_path, tmp_path, Options(students=("ada", "bob")))
    (tmp_path / "gradebook.db").write_text("this is no database at all, but a text of some length\n" * 50)
    with pytest.raises(UserError, match="cannot be used"):
        grade(source, tiny.NAME, tmp_path, tmp_path)


def test_put_back_tests_stand_behind_the_answers_they_test():
    def cell(name, **nbgrader):
        metadata = {"nbgrader": {"grade_id": name, "grade": False, "locked": False, **nbgrader}}
        return nbformat.v4.new_code_cell(name, id=name, metadata=metadata)

    names = {
        "setup": {"locked": True},
        "one": {},
        "one-test": {"grade": True},
        "two": {},
        "two-test": {"grade": True},
    }
    key = {name: cell(name, **nbgrader) for name, nbgrader in names.items()}
    own = nbformat.v4.new_code_cell("own")
    notebook = nbformat.v4.new_notebook(cells=[own, cell("one"), cell("stranger"), cell("two")])
    notes = clean_metadata(notebook, key) + restore_missing(notebook, key)
    assert [c.source for c in notebook.cells] == [
        "setup",
        "own",
        "one",
        "one-test",
        "stranger",
        "two",
        "two-test",
    ]
    assert notebook.cells[4].metadata == {}
    assert len(notes) == 3
