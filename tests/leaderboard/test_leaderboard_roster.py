"""Who takes part: teams, shown names and tokens, as the roster gives them."""

import pytest
from leaderboard_runs import run_here

from autograder.errors import UserError
from autograder.leaderboard.identity import read_teams


def test_new_tokens_are_given_to_teams_and_kept(tmp_path):
    (tmp_path / "class.csv").write_text("student,team,token\na,x,\nb,x,\nc,y,kept-0123456789\n")
    to = tmp_path / "with.csv"
    options = ("--roster", tmp_path / "class.csv", "--new-tokens", to)
    assert run_here(None, tmp_path / "none.npz", tmp_path / "out", *options) == 0
    first, second, third = (line.split(",")[2] for line in to.read_text().splitlines()[1:])
    assert first == second != third == "kept-0123456789"
    assert len(first) >= 12


@pytest.mark.parametrize(
    ("roster", "said"),
    [
        ("student,display\na,Winners\nb,wínners!\n", "both shown as"),
        ("student,token\na,short\n", "at least 12"),
        ("student,token\na,0123456789abcdef\nb,0123456789abcdef\n", "both given the token"),
        ("name\na\n", "no column 'student'"),
    ],
)
def test_a_roster_that_lets_teams_be_confused_is_refused(tmp_path, roster, said):
    (tmp_path / "class.csv").write_text(roster)
    with pytest.raises(UserError, match=said):
        read_teams(tmp_path / "class.csv")


def test_names_are_shown_on_one_line_without_characters_that_mislead(tmp_path):
    display = "a\u202eb\u200b" + "x" * 100
    (tmp_path / "class.csv").write_text(f"student,team,display\nada,red,{display}\nbob,red,\ncyd,,\n")
    teams = read_teams(tmp_path / "class.csv")
    assert teams.name("red").startswith("a b x")
    assert len(teams.name("red")) == 40
    assert teams.name("cyd") == "Team 2"
