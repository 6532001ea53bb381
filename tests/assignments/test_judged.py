"""A change of an assignment, or of an answer kept for it, has all its wrong answers graded again."""

import judged
import pytest
from assignments import EVERY_ASSIGNMENT, answers, graded_answers


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A repository with one small assignment, all of whose wrong answers have been graded."""
    monkeypatch.setattr(judged, "REPOSITORY", tmp_path)
    monkeypatch.setattr(judged, "RECORD", tmp_path / "judged.json")
    monkeypatch.setattr(judged, "EVERYTHING", False)
    for name in ("solutions/tiny/tests.py", "tests/mutants/tiny/p1-sum/minus.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("x = 1\n", encoding="utf-8")
    judged.keep("tiny")
    return tmp_path


def test_wrong_answers_are_sampled_where_nothing_changed_and_never_weekly(copied, monkeypatch):
    assert judged.step("tiny") == judged.STEP > 1
    monkeypatch.setattr(judged, "EVERYTHING", True)
    assert judged.step("tiny") == 1


@pytest.mark.parametrize("name", ["solutions/tiny/tests.py", "tests/mutants/tiny/p1-sum/minus.py"])
def test_all_are_graded_after_a_change(copied, name):
    (copied / name).write_text("x = 2\n", encoding="utf-8")
    assert judged.step("tiny") == 1


def test_all_are_graded_after_an_answer_is_added_or_none_was_ever_graded(copied):
    assert judged.step("unknown") == 1
    (copied / "tests/mutants/tiny/p1-sum/times.py").write_text("x = 1\n", encoding="utf-8")
    assert judged.step("tiny") == 1


@EVERY_ASSIGNMENT
def test_a_wrong_answer_to_each_solution_cell_is_graded_every_time(slug):
    assert {answer.cell for answer in graded_answers(slug)} == {
        answer.cell for answer in answers("mutants", slug)
    }
