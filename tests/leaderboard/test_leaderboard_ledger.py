"""The ledger: whatever a kill or a disk does to the file, whole lines stay and the next run continues."""

import pytest

from autograder.leaderboard.ledger import Ledger, Received, Result

FIRST = Received("2026-11-20T10:00:00Z", "ada", "m.onnx", "a" * 64)
SECOND = Received("2026-11-20T11:00:00Z", "grace", "ü\n.onnx", "b" * 64)
SCORE = Result("a" * 64, "i" * 64, "", 40, "0123456789-" * 20)


@pytest.fixture
def path(tmp_path):
    ledger = Ledger(tmp_path / "new" / "ledger.jsonl")
    ledger.receive(FIRST)
    ledger.score(SCORE)
    ledger.receive(SECOND)
    return ledger.path


def test_what_was_noted_is_read_again(path):
    ledger = Ledger(path)
    assert (ledger.received, ledger.damaged) == ([FIRST, SECOND], [])
    assert ledger.results == {(SCORE.digest, SCORE.images): SCORE}
    assert ledger.holds("ada", FIRST.digest)
    assert not ledger.holds("grace", FIRST.digest)


def test_a_line_torn_anywhere_is_cut_off_and_the_next_one_is_whole(path):
    whole = path.read_bytes()
    last = whole[:-1].rfind(b"\n") + 1
    for end in (*range(last, len(whole) - 1, 9), len(whole) - 1):
        path.write_bytes(whole[:end])
        ledger = Ledger(path)
        assert (ledger.received, ledger.damaged) == ([FIRST], [])
        ledger.receive(SECOND)
        assert path.read_bytes() == whole


def test_a_damaged_line_is_named_and_the_others_count(path):
    lines = path.read_bytes().splitlines(keepends=True)
    for damage in (
        lines[1].replace(b"40", b"41", 1),
        b"\xff\xfe\n",
        b"[1, 2]\n",
        b"\n",
        b'{"event": "odd"}\n',
    ):
        path.write_bytes(lines[0] + damage + lines[2])
        ledger = Ledger(path)
        assert (ledger.received, ledger.results, ledger.damaged) == ([FIRST, SECOND], {}, [2])


def test_the_latest_score_counts(path):
    Ledger(path).score(Result(SCORE.digest, SCORE.images, "It is odd."))
    assert Ledger(path).results[SCORE.digest, SCORE.images].problem == "It is odd."
