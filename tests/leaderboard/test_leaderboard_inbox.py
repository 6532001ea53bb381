"""Whose a model is, and in which order it sees the images: neither follows from names or files."""

import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.leaderboard.identity import read_teams
from autograder.leaderboard.inbox import read_inbox
from autograder.leaderboard.ledger import Ledger, Result
from autograder.leaderboard.scoring import read_secret, seed

PAIRS = [("bob", "Bob"), ("weiss", "weiß"), ("Jürgen", "Ju\u0308rgen")]
IMAGES = SimpleNamespace(digest="1234")


def inbox(tmp_path: Path, files: dict[str, bytes], roster: str | None, zipped: bool):
    """The teams of the models that are taken, and what was refused."""
    source = tmp_path / "inbox"
    if zipped:
        source = tmp_path / "inbox.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
    else:
        for name, content in files.items():
            (source / name).parent.mkdir(parents=True)
            (source / name).write_bytes(content)
    if roster:
        (tmp_path / "class.csv").write_text(roster)
    teams = read_teams(tmp_path / "class.csv" if roster else None)
    (tmp_path / "work").mkdir()
    taken, problems = read_inbox(source, teams, tmp_path / "work", 1000)
    return sorted(one.team for one in taken), problems


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("pair", PAIRS, ids=str)
@pytest.mark.parametrize(
    "roster", [None, "student\nada\n{}\n", "student,name\nada,\nb1,{}\n", "student,team\nada,\nb1,{}\n"]
)
def test_names_that_fold_to_one_are_both_named_and_none_is_taken(tmp_path, pair, roster, zipped):
    first, second = (f"{name}/net.onnx" for name in pair)
    files = {first: b"1", second: b"2", "ada/net.onnx": b"3"}
    taken, problems = inbox(tmp_path, files, roster and roster.format(pair[0]), zipped)
    assert taken == ["ada"]
    (problem,) = problems
    assert first in problem
    assert second in problem


def test_two_members_of_a_team_may_both_hand_in(tmp_path):
    files = {"ada/net.onnx": b"1", "bob/net.onnx": b"2"}
    assert inbox(tmp_path, files, "student,team\nada,red\nbob,red\n", True) == (["red", "red"], [])


def test_who_lacks_the_token_takes_nothing_away_from_who_has_it(tmp_path):
    files = {"bob/net.onnx": b"1", "bob/token.txt": b"0123456789ab", "Bob/net.onnx": b"2"}
    taken, problems = inbox(tmp_path, files, "student,token\nbob,0123456789ab\n", True)
    assert taken == ["bob"]
    assert "claims to be of bob" in problems[0]


def test_the_order_of_the_images_needs_the_secret_and_is_another_each_time(tmp_path):
    secret = read_secret(tmp_path)
    assert read_secret(tmp_path) == secret
    assert len(secret) >= 32
    assert (tmp_path / "secret.txt").stat().st_mode & 0o077 == 0
    other = read_secret(tmp_path / "another")
    seeds = [seed(s, d, IMAGES, n) for s in (secret, other) for d in ("a", "b") for n in range(3)]
    assert len(set(seeds)) == len(seeds)
    assert seed(secret, "a", IMAGES, 1) == seeds[1], "the keeper gets the same again"


def test_the_ledger_tells_how_often_a_model_was_scored(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number in range(3):
        assert Ledger(tmp_path / "ledger.jsonl").times["a"] == number
        ledger.score(Result("a", "1234", "", 1, "0"))
