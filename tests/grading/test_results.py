"""Results that nothing can lose: kills, full disks, locked gradebooks, several runs at once."""

import contextlib
import errno
import os
import resource
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import store_outcomes
import tiny_assignment as tiny

from autograder import files
from autograder.answer_key import Key, make_key
from autograder.errors import UserError
from autograder.lock import exclusive
from autograder.outcome import Outcome
from autograder.results.folder import Results
from autograder.submissions.submission import Submission

TABLES = {
    "assignment": "name, course_id",
    "student": "id",
    "base_cell": "name, type",
    "source_cell": "name, cell_type, locked, source, checksum",
    "submitted_assignment": "student_id, timestamp, extension",
    "submitted_notebook": "flagged, late_submission_penalty",
    "alembic_version": "version_num",
}


def rows(output: Path) -> dict[str, list[tuple]]:
    """Everything in the gradebook but its random keys."""
    with contextlib.closing(sqlite3.connect(output / "gradebook.db")) as gradebook:
        assert gradebook.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {
            table: gradebook.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}").fetchall()
            for table, columns in TABLES.items()
        }
    return tables | {"grades and comments": tiny.gradebook_rows(output)}


def tree(output: Path) -> dict[str, bytes]:
    """Every file of the output folder but the gradebook, whose keys are random."""
    return {
        str(path.relative_to(output)): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file() and path.name != "gradebook.db"
    }


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> Key:
    folder = tmp_path_factory.mktemp("key")
    return make_key(tiny.write_source(folder / "source"), tiny.NAME, folder / "key")


@pytest.fixture(scope="module")
def undisturbed(key, tmp_path_factory) -> Path:
    """The output folder of a run that nothing happened to."""
    output = tmp_path_factory.mktemp("undisturbed")
    store_outcomes.run(key, output)
    return output


def store(results: Results, key: Key, student: str, outcome: Outcome, digest: str = "d") -> None:
    results.store(Submission(student, tiny.NAME, results.output), outcome, key, digest, "version")


def outcome(score: float | None = 1.0, **fields: object) -> Outcome:
    scores = dict.fromkeys(tiny.CELLS, score)
    return Outcome("graded", scores=scores, notebook=fields.pop("notebook", None), **fields)


@pytest.fixture
def graded(key, tmp_path) -> Results:
    """Results with one graded submission."""
    with Results(tmp_path / "output", patience=0.2) as results:
        results.register(key)
        store(results, key, "ada", outcome(notebook=key.source))
        results.write_csv()
        yield results


def storing(key: Key, output: Path, *mode: object) -> subprocess.CompletedProcess:
    """Run the script that stores prepared outcomes and kills itself on the way."""
    repository = Path(__file__).resolve().parents[2]
    script = Path(store_outcomes.__file__)
    return subprocess.run(
        [sys.executable, script, key.work, output, *map(str, mode)],
        env={**os.environ, "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
    )


def compare_with_undisturbed(output: Path) -> int:
    """Compare the folders stored under kills with the one that was not; return how many there are."""
    wanted = rows(output / "undisturbed"), tree(output / "undisturbed")
    others = [path for path in output.iterdir() if path.name != "undisturbed"]
    for path in others:
        assert (rows(path), tree(path)) == wanted, path.name
    return len(others)


def test_after_kills_at_random_moments_everything_equals_an_undisturbed_run(key, tmp_path):
    done = storing(key, tmp_path, "random", 7, 30)
    assert done.returncode == 0, done.stderr
    assert compare_with_undisturbed(tmp_path) > 1


def test_after_a_kill_before_any_file_operation_everything_equals_an_undisturbed_run(key, tmp_path):
    done = storing(key, tmp_path, "steps")
    assert done.returncode == 0, done.stderr
    assert compare_with_undisturbed(tmp_path) > 30, "each run was killed at another step"


def test_journal_of_a_killed_writer_is_rolled_back_and_one_of_a_lost_gradebook_is_not_used(key, graded):
    gradebook = graded.path
    before = rows(graded.output)
    # A writer that dies in the middle of a transaction which has reached the file.
    script = f"""
import os, sqlite3
gradebook = sqlite3.connect({str(gradebook)!r}, isolation_level=None)
gradebook.execute("PRAGMA cache_size = 1")
gradebook.execute("BEGIN")
gradebook.execute("UPDATE grade SET manual_score = 99")
gradebook.execute("UPDATE source_cell SET source = source || hex(randomblob(50000))")
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", script]).returncode == 9
    journal = gradebook.with_name("gradebook.db-journal")
    assert journal.stat().st_size > 0
    kept = journal.read_bytes()
    graded.write_csv()
    assert rows(graded.output) == before

    journal.write_bytes(kept)
    gradebook.unlink()
    graded.register(key)
    store(graded, key, "ada", outcome(notebook=key.source))
    assert rows(graded.output) == before


class Full:
    """A disk that takes so many more writes; what fails is a real write of the operating system."""

    def __init__(self, room: int) -> None:
        self.room = room

    def __enter__(self) -> None:
        self.before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.room, self.before[1]))

    def __exit__(self, *_: object) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self.before)


@pytest.mark.parametrize("room", [0, 300, 1_000, 4_000, 20_000, 100_000, 150_000])
def test_full_disk_is_said_in_one_sentence_and_a_rerun_repairs_it(key, undisturbed, tmp_path, room):
    with (
        Full(room),
        pytest.raises(UserError, match=r"^(There is no room left to write|\S+ cannot be)") as said,
    ):
        store_outcomes.run(key, tmp_path)
    assert "\n" not in str(said.value)
    assert "the same command continues" in str(said.value)
    store_outcomes.run(key, tmp_path)
    assert rows(tmp_path) == rows(undisturbed)
    assert tree(tmp_path) == tree(undisturbed)


def test_disk_that_is_full_at_any_one_write_is_repaired_by_a_rerun(key, tmp_path, monkeypatch):
    store_outcomes.run(key, tmp_path / "undisturbed", students=range(3))
    sync, failed = os.fsync, 0
    for last in range(40):
        output, calls = tmp_path / str(last), iter(range(last))

        def full(descriptor, calls=calls):
            if next(calls, None) is None:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return sync(descriptor)

        monkeypatch.setattr(files.os, "fsync", full)
        try:
            store_outcomes.run(key, output, students=range(3))
        except UserError as error:
            failed += str(error).startswith("There is no room left to write ")
        finally:
            monkeypatch.undo()
        store_outcomes.run(key, output, students=range(3))
        assert rows(output) == rows(tmp_path / "undisturbed")
        assert tree(output) == tree(tmp_path / "undisturbed")
    assert 10 < failed < 40


@pytest.mark.parametrize("lock", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE", "BEGIN; SELECT * FROM grade"])
def test_gradebook_that_another_program_holds_is_named_and_the_rerun_is_whole(key, graded, lock):
    before = rows(graded.output)
    with contextlib.closing(sqlite3.connect(graded.path, isolation_level=None)) as other:
        for statement in lock.split("; "):
            holding = other.execute(statement)
        with pytest.raises(UserError, match=r"gradebook\.db is locked by another program") as said:
            store(graded, key, "bob", outcome(notebook=key.source))
        holding.close()
    assert "the same command continues" in str(said.value)
    assert rows(graded.output) == before
    assert graded.record("bob", tiny.NAME) is None
    store(graded, key, "bob", outcome(notebook=key.source))
    assert {row[0] for row in rows(graded.output)["student"]} == {"ada", "bob"}


def test_gradebook_that_is_let_go_in_time_is_waited_for(key, tmp_path):
    with Results(tmp_path, patience=60) as results:
        results.register(key)
        other = sqlite3.connect(results.path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN EXCLUSIVE")
        letting_go = threading.Timer(0.5, other.close)
        letting_go.start()
        store(results, key, "ada", outcome(notebook=key.source))
        letting_go.join()
        assert results.record("ada", tiny.NAME).status == "graded"


def test_runs_side_by_side_in_one_folder_leave_what_one_run_would(key, undisturbed, tmp_path):
    repository = Path(__file__).resolve().parents[2]
    # Each takes the students whose number leaves its rest, as `--shard` does.
    script = """
import sys
from pathlib import Path
from autograder.answer_key import Key
import store_outcomes
key = Key("tiny", Path(sys.argv[1]))
store_outcomes.run(key, Path(sys.argv[2]), store_outcomes.STUDENTS[int(sys.argv[3])::3])
"""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script, key.work, tmp_path, str(shard)],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(repository), str(repository / "tests/helpers")]),
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        for shard in range(3)
    ]
    assert [(run.communicate()[1], run.returncode)[1] for run in runs] == [0, 0, 0]
    assert rows(tmp_path) == rows(undisturbed)
    assert tree(tmp_path) == tree(undisturbed)


def test_folder_that_another_run_keeps_locked_is_named(key, graded):
    with exclusive(graded.output, 0), pytest.raises(UserError, match="Another run has been writing into"):
        store(graded, key, "bob", outcome(notebook=key.source))
    store(graded, key, "bob", outcome(notebook=key.source))


def test_isolation_and_repairs_are_recorded_and_older_records_are_read(key, graded):
    noted = outcome(notebook=key.source, isolation="landlock", notes=["add-test was put back"])
    store(graded, key, "bob", noted)
    record = graded.record("bob", tiny.NAME)
    assert (record.isolation, record.notes) == ("landlock", ["add-test was put back"])
    graded.write_csv()
    table = tiny.csv_rows(graded.output)
    assert table["bob"]["isolation"] == "landlock"
    assert table["bob"]["message"] == "add-test was put back"
    path = graded.output / "autograded/.records/tiny/bob.json"
    path.write_text('{"student": "bob", "assignment": "tiny", "submission": "d", "source": "version",'
                    ' "status": "graded", "message": "", "of a later version": 1}')  # fmt: skip
    older = graded.record("bob", tiny.NAME)
    assert (older.submission, older.isolation, older.notes) == ("d", "", [])


@pytest.mark.parametrize(
    "lost", ["autograded/ada/tiny/tiny.ipynb", "feedback/ada/tiny/tiny.html", "gradebook.db"]
)
def test_record_says_nothing_once_what_it_stands_for_is_gone(graded, lost):
    assert graded.record("ada", tiny.NAME) is not None
    (graded.output / lost).unlink()
    assert graded.record("ada", tiny.NAME) is None


def test_odd_text_from_a_submission_stops_nothing(key, graded):
    notebook = store_outcomes.copy.deepcopy(key.source)
    notebook.cells[3].outputs = [
        store_outcomes.new_output("stream", text="half a character: \ud83d \0 \x1b[31m")
    ]
    store(graded, key, "bob", outcome(notebook=notebook, notes=["=cmd()|'x'!A1 \ud83d"]))
    graded.write_csv()
    assert tiny.csv_rows(graded.output)["bob"]["message"].startswith("'=cmd()")
    assert "half a character" in graded.page_path("bob", tiny.NAME).read_text()
