"""What students are told before they hand in, and that a damaged notebook is repaired in a copy."""

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import tiny_assignment as tiny

from autograder.answer_key import make_key
from autograder.releasing.release import ship_cells
from autograder.stock.nbgrader_run import attempt
from autograder.submissions.notebook_file import LARGEST, read_submission
from autograder.submissions.repair import rebuild
from autograder.submissions.submission import Submission
from cnnlib import check
from cnnlib.check import handing_in, released

SLUGS = sorted(path.parent.name for path in Path(__file__).parents[2].glob("solutions/*/*.ipynb"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder with the assignment's source and its release, and what cnnlib ships of that."""
    made = tmp_path_factory.mktemp("assignment")
    tiny.read_release(tiny.write_source(made / "source"), made / "release")
    ship_cells(made / "release" / tiny.NAME / f"{tiny.NAME}.ipynb", made / "shipped")
    return made


@pytest.fixture
def answered(folder):
    notebook = nbformat.read(folder / "release" / tiny.NAME / f"{tiny.NAME}.ipynb", 4)
    return tiny.answer(notebook, **tiny.RIGHT)


@pytest.fixture
def run_and_told(folder, tmp_path, monkeypatch, capsys):
    """A function that saves a notebook and returns what `hand_in` prints about it, and the repaired copy."""
    monkeypatch.setattr(released, "FOLDER", folder / "shipped")
    monkeypatch.delenv(handing_in.UNATTENDED, raising=False)

    def tell(notebook):
        path = tmp_path / "mine" / f"{tiny.NAME}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(notebook if isinstance(notebook, str) else json.dumps(notebook))
        before = path.read_bytes()
        check.hand_in(tiny.NAME, str(path))
        assert path.read_bytes() == before
        assert not list(path.parent.glob(".*"))
        copy_of_it = path.with_name(f"{tiny.NAME}-repaired.ipynb")
        return capsys.readouterr().out, nbformat.read(copy_of_it, 4) if copy_of_it.exists() else None

    return tell


@pytest.fixture
def told(run_and_told, monkeypatch):
    """The same without the run in a fresh kernel, which takes seconds."""
    monkeypatch.setattr(handing_in, "NEEDED", ("no_such_package",))
    return run_and_told


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cell.get("id") == name)


def place_of(notebook, name):
    return notebook.cells.index(cell_of(notebook, name))


def labels(notebook):
    return [cell.metadata.get("nbgrader", {}).get("grade_id", cell.id) for cell in notebook.cells]


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def test_a_whole_notebook_has_only_ticks_and_no_copy(run_and_told, answered):
    text, repaired = run_and_told(answered)
    assert repaired is None
    assert "✗" not in text
    assert text.count("✓") == 6


def test_what_was_handed_out_has_no_answers(run_and_told, folder):
    path = folder / "release" / tiny.NAME / f"{tiny.NAME}.ipynb"
    text, repaired = run_and_told(path.read_text())
    assert "✗ Not written yet: add, negate." in text
    assert "✗ Not passed, or in part: add-test, negate-test." in text
    assert repaired is None


def test_deleted_cells_are_named_and_put_back(told, answered):
    whole = copy.deepcopy(answered)
    del answered.cells[place_of(answered, "add-test")]
    del answered.cells[place_of(answered, "negate")]
    text, repaired = told(answered)
    assert "✗ Missing: add-test, negate." in text
    assert "✗ Not written yet: negate." in text
    assert labels(repaired) == labels(whole)
    assert cell_of(repaired, "add").source == tiny.RIGHT["add"]
    assert "YOUR CODE HERE" in cell_of(repaired, "negate").source


def test_of_a_repeated_answer_the_written_one_counts_and_nothing_is_lost(run_and_told, answered):
    double = copy.deepcopy(cell_of(answered, "add"))
    double.update(id="double", source="def add(a, b):\n    return a - b")
    answered.cells.insert(place_of(answered, "add"), double)
    text, repaired = run_and_told(answered)
    assert "There more than once, of which the last written one counts: add." in text
    assert labels(repaired).count("add") == 1
    assert cell_of(repaired, "add").source == tiny.RIGHT["add"]
    assert double.source in sources(repaired)
    assert "✓ The visible tests pass." in text


def test_a_notebook_without_metadata_gets_it_back(told, answered):
    whole = copy.deepcopy(answered)
    for number, cell in enumerate(answered.cells):
        cell.metadata = {}
        cell.id = f"new-{number}"
    text, repaired = told(answered)
    assert re.search("Without the marks by which the grader knows them: .*add", text)
    assert labels(repaired) == labels(whole)
    assert [c.metadata.get("nbgrader") for c in repaired.cells] == [
        c.metadata.get("nbgrader") for c in whole.cells
    ]
    assert sources(repaired) == sources(whole)


def test_a_test_that_was_retagged_and_changed_is_restored(told, answered):
    test = cell_of(answered, "add-test")
    given = test.source
    test.source = "assert True"
    test.metadata["nbgrader"].update(grade=False, points=0)
    text, repaired = told(answered)
    assert "Changed, although not for you to write: add-test." in text
    assert "grader knows them: add-test." in text
    assert cell_of(repaired, "add-test").source == given
    assert cell_of(repaired, "add-test").metadata["nbgrader"]["grade"] is True


def test_own_cells_stay_where_they_were_and_the_order_is_restored(told, answered):
    own = nbformat.v4.new_code_cell("mine = add(2, 3)", id="mine")
    answered.cells.insert(place_of(answered, "add-test") + 1, own)
    answered.cells.append(answered.cells.pop(place_of(answered, "setup-cnnlib")))
    text, repaired = told(answered)
    assert "✗ The cells stand in another order than handed out." in text
    assert labels(repaired)[:2] == ["title", "setup-cnnlib"]
    assert sources(repaired).index(own.source) == place_of(repaired, "add-test") + 1


def test_an_endless_loop_is_named(run_and_told, answered, monkeypatch):
    monkeypatch.setattr(handing_in, "SECONDS", 3)
    loop = nbformat.v4.new_code_cell("while True:\n    print('…')", id="loop")
    answered.cells.insert(place_of(answered, "negate"), loop)
    text, _ = run_and_told(answered)
    assert "✗ Run from top to bottom, your own cell behind add-hidden takes longer than the 3 s" in text


@pytest.mark.parametrize(
    ("line", "what"),
    [("import os; os._exit(1)", "ended Python"), ("nobody", "raises an error (NameError: name 'nobody'")],
)
def test_a_cell_that_stops_the_run_is_named(run_and_told, answered, line, what):
    cell_of(answered, "negate").source += f"\n{line}"
    text, _ = run_and_told(answered)
    assert f"✗ Run from top to bottom, the cell negate {what}" in text


def test_lines_for_the_instructor_are_quoted(told, answered):
    own = nbformat.v4.new_code_cell("!cat /proc/self/comm\n!echo nothing special", id="mine")
    answered.cells.append(own)
    text, repaired = told(answered)
    assert "✗ Marked for your instructor to read, which costs nothing: `!cat /proc/self/comm`\n" in text
    assert repaired is None


def test_a_file_that_is_too_large_for_the_grader_is_told(told, answered):
    output = nbformat.v4.new_output("stream", text="x" * (LARGEST + 1))
    cell_of(answered, "add").outputs = [output]
    text, _ = told(answered)
    assert "✗ The file has 20 MB, more than 20: clear its outputs and save it." in text


def test_an_older_copy_is_not_overwritten(told, answered):
    del answered.cells[place_of(answered, "add-test")]
    text, first = told(answered)
    text, again = told(answered)
    assert again == first
    assert f"{tiny.NAME}-repaired.ipynb" in text
    cell_of(answered, "add").source += "  # changed"
    text, kept = told(answered)
    assert kept == first
    assert f"{tiny.NAME}-repaired-2.ipynb" in text


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"cells": 1}'])
def test_a_file_that_is_no_notebook_is_said_to_be_none(told, damage):
    assert "cannot be read as a notebook" in told(damage)[0]


def test_another_notebook_is_said_to_be_one(told):
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    text, repaired = told(other)
    assert "✗ Nothing of this exercise is in the file" in text
    assert repaired is None


def test_where_packages_are_missing_the_rest_is_checked(told, answered):
    text, _ = told(answered)
    assert "✗ It was not run from top to bottom: run %pip install no_such_package" in text
    assert text.count("✓") == 4


def test_the_grader_finds_nothing_to_repair_in_a_repaired_copy(told, answered, folder, tmp_path):
    cell_of(answered, "negate").metadata = {}
    cell_of(answered, "negate").id = "other"
    del answered.cells[place_of(answered, "add-test")]
    told(answered)
    key = make_key(folder / "source", tiny.NAME, tmp_path / "key")
    submission, notes = read_submission(tmp_path / "mine" / f"{tiny.NAME}-repaired.ipynb")
    assert (notes, rebuild(submission, key).notes) == ([], [])


def test_outside_of_a_session_a_sentence_says_what_to_do(told, answered, monkeypatch, capsys):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    check.hand_in(tiny.NAME)
    assert "In Colab choose File → Download" in capsys.readouterr().out


def test_run_by_a_grader_it_does_nothing(told, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv(handing_in.UNATTENDED, "1")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "absent.ipynb"))
    check.hand_in(tiny.NAME)
    assert capsys.readouterr().out == ""


def test_in_colab_the_file_is_taken_from_the_sessions_files(told, answered, tmp_path, monkeypatch, capsys):
    told(answered)
    monkeypatch.setitem(sys.modules, "google.colab", object())
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.chdir(tmp_path / "mine")
    check.hand_in(tiny.NAME)
    assert "✓ Every cell of the exercise is there" in capsys.readouterr().out


def test_stock_nbgrader_runs_it_without_effect(answered, folder, tmp_path):
    path = tiny.hand_in(tmp_path / "submitted", "ada", answered)
    key = make_key(folder / "source", tiny.NAME, tmp_path / "key")
    outcome = attempt(Submission("ada", tiny.NAME, path.parent), key, None)
    assert outcome.scores == dict.fromkeys(tiny.CELLS, 1.0)
    last = outcome.notebook.cells[-1]
    assert "check.hand_in" in last.source
    assert (last.execution_count, last.outputs) == (outcome.notebook.cells[-3].execution_count + 1, [])


def test_stock_graders_tell_their_kernels_to_do_nothing(folder):
    code = "from autograder.course import config; config(); import os; print(os.environ['CNNLIB_UNATTENDED'])"
    clean = {name: value for name, value in os.environ.items() if name != handing_in.UNATTENDED}
    made = subprocess.run([sys.executable, "-c", code], env=clean, capture_output=True, text=True, check=True)
    assert made.stdout == "1\n"


def test_the_limit_on_size_is_the_graders():
    assert handing_in.LARGEST == LARGEST


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_shipped_is_the_release(slug, repository):
    cells = json.loads((repository / "exercises" / slug / f"{slug}.ipynb").read_text())["cells"]
    assert released.write(cells) == (released.FOLDER / f"{slug}.json").read_text(), "run: make exercises"


def test_the_grader_knows_the_last_cells_by_the_same_name():
    from autograder.submissions import repair
    from cnnlib.check import pairing

    assert repair.LAST == pairing.LAST
