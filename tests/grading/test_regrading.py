"""Grading again: what is left alone, what a person's grade means, and that an interruption loses nothing."""

import re
import signal
import subprocess
import time
from pathlib import Path

import commands
import pytest
import tiny_assignment as tiny

from autograder.answer_key import make_key
from autograder.errors import UserError
from autograder.grade import Options, grade
from autograder.results import folder as results_module
from autograder.results import records as records_module
from autograder.results.folder import Results
from autograder.stock.nbgrader_run import attempt
from autograder.submissions.submission import Submission


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return tiny.write_source(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def released(source, tmp_path_factory):
    return tiny.read_release(source, tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def right(released):
    return tiny.answer(released, **tiny.RIGHT)


@pytest.fixture
def pair(source, right, tmp_path) -> tuple[Path, Path]:
    """A right and a wrong submission, graded: (submitted folder, output folder)."""
    submitted, output = tmp_path / "submitted", tmp_path / "output"
    tiny.hand_in(submitted, "ada", right)
    tiny.hand_in(submitted, "bob", tiny.answer(right, add=tiny.WRONG))
    assert grade(source, tiny.NAME, submitted, output) == 0
    return submitted, output


def test_rerun_grades_only_what_is_new_or_changed(source, right, pair, capsys):
    submitted, output = pair
    capsys.readouterr()
    assert grade(source, tiny.NAME, submitted, output) == 0
    assert "2 handed in, 0 to grade, 2 unchanged" in capsys.readouterr().out
    tiny.hand_in(submitted, "bob", right)
    tiny.hand_in(submitted, "cay", "")
    assert grade(source, tiny.NAME, submitted, output) == 1
    assert "3 handed in, 2 to grade, 1 unchanged" in capsys.readouterr().out
    assert {name: row["score"] for name, row in tiny.csv_rows(output).items()} == {
        "ada": "3",
        "bob": "3",
        "cay": "",
    }
    assert grade(source, tiny.NAME, submitted, output, Options(students=("ada",), regrade=True)) == 0
    assert "1 handed in, 1 to grade" in capsys.readouterr().out
    assert len(tiny.csv_rows(output)) == 3, "those not asked for keep their rows"


def test_changed_assignment_is_graded_again_and_other_cells_are_refused(right, pair, tmp_path, capsys):
    submitted, output = pair
    stricter = tiny.notebook()
    stricter.cells[4].source = 'assert add(1, 2) == add(2, 1) + 1, "impossible"'
    assert grade(tiny.write_source(tmp_path / "b", stricter), tiny.NAME, submitted, output) == 0
    assert [row["add-test"] for row in tiny.csv_rows(output).values()] == ["0", "0"]
    more = tiny.notebook()
    more.cells.append(tiny.code("new-test", "assert True", points=5))
    before = (output / "grades.csv").read_bytes()
    with pytest.raises(UserError, match="autograder regrade tiny"):
        grade(tiny.write_source(tmp_path / "c", more), tiny.NAME, submitted, output)
    assert (output / "grades.csv").read_bytes() == before


def test_a_persons_grade_survives_regrading(source, pair):
    submitted, output = pair
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{output / 'gradebook.db'}") as gradebook:
        gradebook.find_grade("add-hidden", tiny.NAME, tiny.NAME, "bob").manual_score = 0.3
        gradebook.db.commit()
    grade(source, tiny.NAME, submitted, output, Options(regrade=True))
    row = tiny.csv_rows(output)["bob"]
    assert (row["add-hidden"], row["score"]) == ("0.3", "2.3")
    assert "2.3 of 3 points" in (output / "feedback" / "bob" / tiny.NAME / f"{tiny.NAME}.html").read_text()


def test_lost_gradebook_is_made_again(source, pair):
    submitted, output = pair
    before = tiny.gradebook_rows(output), (output / "grades.csv").read_bytes()
    (output / "gradebook.db").unlink()
    assert grade(source, tiny.NAME, submitted, output) == 0
    assert (tiny.gradebook_rows(output), (output / "grades.csv").read_bytes()) == before


def test_result_that_was_stored_by_half_is_stored_again(source, right, tmp_path, monkeypatch):
    tiny.hand_in(tmp_path / "submitted", "ada", right)
    submission = Submission("ada", tiny.NAME, tmp_path / "submitted" / "ada" / tiny.NAME)
    key = make_key(source, tiny.NAME, tmp_path / "key")
    outcome = attempt(submission, key, None)
    write = results_module.write_atomic
    for last in range(3):  # the notebook, the page, the record
        results = Results(tmp_path / f"output-{last}")
        results.register(key)
        results.store(submission, outcome, key, "first", "source")
        assert results.record("ada", tiny.NAME).submission == "first"
        writes = iter(range(last))

        def killed(path, content, writes=writes):
            if next(writes, None) is None:
                raise KeyboardInterrupt
            return write(path, content)

        for module in (results_module, records_module):
            monkeypatch.setattr(module, "write_atomic", killed)
        with pytest.raises(KeyboardInterrupt):
            results.store(submission, outcome, key, "second", "source")
        monkeypatch.undo()
        assert results.record("ada", tiny.NAME) is None, "half a result must not look like a whole one"
        results.store(submission, outcome, key, "second", "source")
        assert results.record("ada", tiny.NAME).submission == "second"


def start(source: Path, submitted: Path, output: Path) -> subprocess.Popen:
    """Start the command in a process of its own."""
    arguments = ["grade", tiny.NAME, "--source", source, "--submitted", submitted, "--output", output]
    return commands.start(
        *arguments,
        # A shell that runs the tests in the background makes its processes ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        stderr=subprocess.PIPE,
    )


def test_killed_run_continues_to_the_same_result_as_an_undisturbed_one(source, right, released, tmp_path):
    submitted, output, undisturbed = tmp_path / "submitted", tmp_path / "output", tmp_path / "undisturbed"
    for student, content in {
        "a": right,
        "b": tiny.answer(right, add=tiny.WRONG),
        "c": "",
        "d": released,
        # So slow that the run cannot end before it is killed.
        "e": tiny.answer(right, add="import time\ntime.sleep(5)\n" + tiny.RIGHT["add"]),
    }.items():
        tiny.hand_in(submitted, student, content)
    for student, delay in (("a", 0.0), ("b", 0.5)):
        process = start(source, submitted, output)
        for line in process.stdout:
            if line.startswith(f"{student}: "):
                break
        time.sleep(delay)  # so that the kill meets another phase of the next submission
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    process = start(source, submitted, output)
    stdout, stderr = process.communicate()
    assert process.returncode == 1, stderr
    handed_in, to_grade, unchanged = map(int, re.findall(r"\d+", stdout.splitlines()[0]))
    assert (handed_in, to_grade + unchanged) == (5, 5)
    assert unchanged >= 2, "what was finished before the kill is not graded again"
    grade(source, tiny.NAME, submitted, undisturbed)
    assert tiny.gradebook_rows(output) == tiny.gradebook_rows(undisturbed)
    assert (output / "grades.csv").read_bytes() == (undisturbed / "grades.csv").read_bytes()
    names = [sorted(path.relative_to(root) for path in root.rglob("*")) for root in (output, undisturbed)]
    assert names[0] == names[1], "no half-written file is left"


def test_interrupted_run_says_in_one_sentence_how_to_continue(source, right, tmp_path):
    submitted, output = tmp_path / "submitted", tmp_path / "output"
    tiny.hand_in(submitted, "a", right)
    tiny.hand_in(submitted, "b", tiny.answer(right, add="import time\ntime.sleep(600)"))
    process = start(source, submitted, output)
    for line in process.stdout:
        if line.startswith("a: "):
            break  # b has a processor of its own, or begins now
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate()
    assert process.returncode == 130
    assert stderr.strip() == "Stopped. 1 of 2 submissions are graded and stored; the same command continues."
    assert tiny.csv_rows(output)["a"]["score"] == "3"
