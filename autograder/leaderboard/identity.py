"""Tells which team handed a file in, by the roster and its tokens; never by what is in the file."""

import csv
import hmac
import io
import secrets
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import UserError
from autograder.roster import Roster, folded, letters, read_roster, safe_name
from autograder.submissions.archive import printable

LONGEST_NAME = 40
SHORTEST_TOKEN = 12  # characters: too many to try out
TOKEN_FILE = "token.txt"


@dataclass(frozen=True)
class Teams:
    """Who takes part.

    Attributes
    ----------
    roster : Roster or None
        Without one, a team is what the folder or the platform calls it.
    of_student : dict of str to str
    names : dict of str to str
        What the page calls a team.
    tokens : dict of str to set of str
        A team that has any must put one of them beside its model.
    """

    roster: Roster | None = None
    of_student: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, set[str]] = field(default_factory=dict)

    def find(self, key: str, clues: tuple[tuple[str, str], ...], token: str | None) -> tuple[str, str]:
        """Return the team that a name and a token mean, and nothing; or nothing, and why not.

        Parameters
        ----------
        key : str
            What the folder or the platform calls who handed in.
        clues : tuple of (column, value)
            Where on the roster to look for it.
        token : str or None
            The text of the token file that came along.
        """
        if self.roster is None:
            team = safe_name(key)
            return (team, "") if team else ("", f"is of {printable(key)!r}, which names no team")
        student = self.roster.find(list(clues))
        team = self.of_student[student] if student else self._by_name({value for _, value in clues})
        if not team:
            return "", f"is of nobody on the roster ({printable(key)})"
        expected = self.tokens.get(team)
        if expected and token is None:
            return "", f"claims to be of {team}, but no {TOKEN_FILE} with the team's token lies beside it"
        if expected and not any(hmac.compare_digest(token.encode(), one.encode()) for one in expected):
            return "", f"claims to be of {team}, but the token beside it is not the team's"
        return team, ""

    def claimed(self, team: str, clues: tuple[tuple[str, str], ...]) -> str:
        """Return whom the clues mean: a student, or the team itself as file systems compare names."""
        student = self.roster.find(list(clues)) if self.roster else None
        return f"student {student}" if student else f"team {folded(team)}"

    def _by_name(self, values: set[str]) -> str:
        """Return the only team that a folder can be named after."""
        wanted = {letters(value) for value in values} - {""}
        found = {team for team in self.of_student.values() if letters(team) in wanted}
        return found.pop() if len(found) == 1 else ""

    def name(self, team: str) -> str:
        """Return what the page calls a team."""
        return self.names.get(team) or shown(team)


def read_teams(path: Path | None) -> Teams:
    """Read the roster; besides `roster`'s columns, `team`, `display` and `token` count.

    Who has no `team` is one alone. The page shows `display`, else the team's name, else "Team" and a number:
    never the id, the name or the address of a student.

    Raises
    ------
    UserError
        If the roster cannot be read, two teams would look alike, or a token is short or used twice.
    """
    if path is None:
        return Teams()
    roster = read_roster(path)
    of_student: dict[str, str] = {}
    names: dict[str, str] = {}
    tokens: dict[str, set[str]] = defaultdict(set)
    for row in roster.rows:
        student, team = row["student"], team_of(row)
        of_student[student] = team
        own = team if row.get("team") else f"Team {len(names) + 1}"
        names[team] = shown(row.get("display", "")) or names.get(team) or own
        if token := row.get("token"):
            if len(token) < SHORTEST_TOKEN:
                raise UserError(
                    f"The token of {student} in the roster {path} has {len(token)} characters; give it at "
                    f"least {SHORTEST_TOKEN}, for instance with --new-tokens."
                )
            tokens[team].add(token)
    for what, values in (("shown as", names), ("given the token", tokens)):
        check_different(path, what, values)
    return Teams(roster, of_student, names, dict(tokens))


def team_of(row: dict[str, str]) -> str:
    """Return the team of a row of the roster."""
    return shown(row.get("team", "")) or row["student"]


def check_different(path: Path, what: str, values: dict[str, str] | dict[str, set[str]]) -> None:
    """Refuse a roster in which two teams could be taken for each other."""
    owner: dict[str, str] = {}
    for team, value in values.items():
        for one in [value] if isinstance(value, str) else sorted(value):
            key = letters(one) or one
            if owner.setdefault(key, team) != team:
                raise UserError(
                    f"In the roster {path}, {owner[key]} and {team} are both {what} {printable(one)!r}; "
                    "make them different."
                )


def shown(name: str) -> str:
    """Return a name as it may be shown: one line, no invisible or reversing characters, not endless."""
    name = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", name))
    name = " ".join(name.split())
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def with_tokens(path: Path) -> str:
    """Return the roster as CSV with a random token for each team that has none."""
    rows = read_roster(path).rows
    made = {team_of(row): row["token"] for row in rows if row.get("token")}
    for row in rows:
        row["token"] = row.get("token") or made.setdefault(team_of(row), secrets.token_hex(8))
    text = io.StringIO()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    writer = csv.DictWriter(text, columns, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
