"""Changed cells after grading: what persons gave survives, automatic scores do not, nothing is half done."""

import contextlib
import datetime
import sqlite3

import pytest
import tiny_assignment as tiny
from nbgrader.api import Gradebook

from autograder.answer_key import Key, make_key
from autograder.errors import UserError
from autograder.outcome import Outcome
from autograder.results import migrate as migrate_module
from autograder.results.folder import Results
from autograder.submissions.submission import Submission


def other_cells():
    """The assignment without one test, with another one, which stands first, and with a new answer."""
    notebook = tiny.notebook()
    notebook.cells = [cell for cell in notebook.cells if cell.id != "negate-test"]
    notebook.cells.insert(4, tiny.code("new-test", "assert add(0, 0) == 0", points=5))
    notebook.cells.append(tiny.code("free", "### BEGIN SOLUTION\n1\n### END SOLUTION", solution=True))
    return notebook


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> tuple[Key, Key]:
    folder = tmp_path_factory.mktemp("keys")
    contents = {"old": tiny.notebook(), "new": other_cells()}
    return tuple(
        make_key(tiny.write_source(folder / name, content), tiny.NAME, folder / f"{name}-key")
        for name, content in contents.items()
    )


def store(results: Results, key: Key, student: str, cells: list[str]) -> None:
    outcome = Outcome("graded", scores=dict.fromkeys(cells, 1.0), notebook=key.source)
    results.store(Submission(student, tiny.NAME, results.output), outcome, key, "d", "v")


@pytest.fixture
def graded(keys, tmp_path) -> Results:
    """Two graded submissions, one with what a person entered."""
    with Results(tmp_path, patience=0.2) as results:
        results.register(keys[0])
        for student in ("ada", "bob"):
            store(results, keys[0], student, tiny.CELLS)
        results.write_csv()
        with Gradebook(f"sqlite:///{results.path}") as gradebook:
            for cell in ("add-hidden", "negate-test"):
                gradebook.find_grade(cell, tiny.NAME, tiny.NAME, "ada").manual_score = 0.5
            gradebook.find_grade("add-test", tiny.NAME, tiny.NAME, "ada").extra_credit = 0.125
            gradebook.find_comment("add", tiny.NAME, tiny.NAME, "ada").manual_comment = "Well done."
            submitted = gradebook.find_submission(tiny.NAME, "ada")
            submitted.timestamp = datetime.datetime(2026, 1, 2)
            submitted.extension = datetime.timedelta(days=3)
            submitted.notebooks[0].late_submission_penalty = 0.25
            gradebook.db.commit()
        yield results


def test_register_refuses_other_cells_and_names_the_way(keys, graded):
    before = tiny.gradebook_rows(graded.output)
    with pytest.raises(UserError, match="python -m autograder regrade tiny"):
        graded.register(keys[1])
    assert tiny.gradebook_rows(graded.output) == before


def test_what_persons_gave_is_kept_and_the_rest_waits_for_grading(keys, graded):
    old = graded.path.read_bytes()
    migration = graded.migrate(keys[1])
    assert migration.students == ["ada", "bob"]
    assert (migration.added, migration.removed) == (["new-test"], ["negate-test"])
    assert migration.dropped == {"ada": ["negate-test"]}
    assert migration.backup.name == "gradebook.db.before-1"
    assert graded.records() == []

    with Gradebook(f"sqlite:///{graded.path}") as gradebook:
        sheet = gradebook.find_submission_notebook(tiny.NAME, tiny.NAME, "ada")
        given = {
            grade.name: (grade.auto_score, grade.manual_score, grade.extra_credit) for grade in sheet.grades
        }
        assert given == {
            "new-test": (None, None, None),
            "add-test": (None, None, 0.125),
            "add-hidden": (None, 0.5, None),
        }
        assert all(row.needs_manual_grade for row in sheet.grades)
        comments = {comment.name: comment.manual_comment for comment in sheet.comments}
        assert comments == {"add": "Well done.", "negate": None, "free": None}
        submitted = gradebook.find_submission(tiny.NAME, "ada")
        assert submitted.timestamp == datetime.datetime(2026, 1, 2)
        assert submitted.extension == datetime.timedelta(days=3)
        assert sheet.late_submission_penalty == 0.25
    with (
        contextlib.closing(sqlite3.connect(migration.backup)) as backup,
        contextlib.closing(sqlite3.connect(graded.output / "old.db")) as original,
    ):
        (graded.output / "old.db").write_bytes(old)
        assert list(backup.iterdump()) == list(original.iterdump())

    # Grading again goes on from there.
    graded.register(keys[1])
    for student in ("ada", "bob"):
        store(graded, keys[1], student, ["new-test", "add-test", "add-hidden"])
    graded.write_csv()
    table = tiny.csv_rows(graded.output)
    assert [table["ada"][cell] for cell in ("new-test", "add-test", "add-hidden")] == ["1", "1.125", "0.5"]
    assert list(table["ada"])[-3:] == ["new-test", "add-test", "add-hidden"], "in the notebook's order"
    assert graded.migrate(keys[1]) is None, "nothing is left to be done"


def test_migrated_gradebook_holds_what_one_made_anew_would(keys, graded, tmp_path):
    with Gradebook(f"sqlite:///{graded.path}") as gradebook:
        gradebook.remove_submission(tiny.NAME, "ada")
        gradebook.db.commit()
    graded.migrate(keys[1])
    store(graded, keys[1], "bob", ["new-test", "add-test", "add-hidden"])
    with Results(tmp_path / "anew") as anew:
        anew.register(keys[1])
        store(anew, keys[1], "bob", ["new-test", "add-test", "add-hidden"])
    assert tiny.gradebook_rows(graded.output) == tiny.gradebook_rows(anew.output)


@pytest.mark.parametrize("step", ["duplicate", "change_cells", "keep", "os.replace", "sync_folder"])
def test_interrupted_migration_leaves_the_old_grades_or_the_new_cells(keys, graded, monkeypatch, step):
    before = tiny.gradebook_rows(graded.output)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    if step == "os.replace":
        monkeypatch.setattr(migrate_module.os, "replace", killed)
    else:
        monkeypatch.setattr(migrate_module, step, killed)
    with pytest.raises(KeyboardInterrupt):
        graded.migrate(keys[1])
    monkeypatch.undo()
    assert not list(graded.output.glob(".*.tmp"))
    if step == "sync_folder":
        assert graded.migrate(keys[1]) is None
    else:
        assert tiny.gradebook_rows(graded.output) == before
        assert graded.migrate(keys[1]).students == ["ada", "bob"]
    assert graded.records() == []


def test_gradebook_that_another_program_holds_is_not_migrated(keys, graded):
    with contextlib.closing(sqlite3.connect(graded.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UserError, match="locked by another program"):
            graded.migrate(keys[1])
    assert len(graded.records()) == 2


def test_without_a_gradebook_there_is_nothing_to_migrate(keys, tmp_path):
    with Results(tmp_path) as results, pytest.raises(UserError, match="There is no gradebook"):
        results.migrate(keys[1])
