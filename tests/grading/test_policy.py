"""The term's rules: what is late, what it costs, and what a file that cannot be meant so is told."""

from datetime import UTC, datetime, timedelta

import pytest
from commands import REPOSITORY

from autograder.errors import UserError
from autograder.policy import Policy, duration, read_policy

NAMES = ["convolution", "pooling"]
RULES = """
time_zone = "Europe/Berlin"
[late]
grace = 15
percent = 10
per = "day"
at_most = 25
[assignments.convolution]
due = 2026-10-12 23:59:00
[extensions.convolution]
ada = 2026-10-19T12:00:00Z
"""
DUE = datetime(2026, 10, 12, 21, 59, tzinfo=UTC)


@pytest.fixture
def policy(tmp_path):
    (tmp_path / "policy.toml").write_text(RULES)
    return read_policy(tmp_path / "policy.toml", NAMES)


@pytest.mark.parametrize(
    ("student", "time", "penalty"),
    [
        ("bob", DUE, 0),
        ("bob", DUE + timedelta(minutes=15), 0),
        ("bob", DUE + timedelta(minutes=16), 8),
        ("bob", DUE + timedelta(days=1), 8),
        ("bob", DUE + timedelta(days=1, seconds=1), 16),
        ("bob", DUE + timedelta(days=9), 20),
        ("ada", DUE + timedelta(days=5), 0),
        ("ada", datetime(2026, 10, 19, 12, 16, tzinfo=UTC), 8),
    ],
)
def test_each_day_begun_costs_its_share_after_the_grace_and_up_to_a_limit(policy, student, time, penalty):
    assert policy.lateness(student, "convolution", time, points=80).penalty == pytest.approx(penalty)


def test_nothing_is_late_that_is_not_due_or_of_which_nobody_knows_when_it_came(policy):
    assert policy.lateness("bob", "pooling", DUE, 80) is None
    assert policy.lateness("bob", "convolution", None, 80) is None
    assert Policy().lateness("bob", "convolution", DUE, 80) is None


def test_the_sentence_says_both_times_in_the_course_s_zone(policy):
    time = DUE + timedelta(hours=3)

    sentence = policy.lateness("bob", "convolution", time, 80).sentence(time)

    assert sentence == "Handed in 2026-10-13 02:59 CEST, due 2026-10-12 23:59 CEST: late by 3 h"


def test_a_night_without_summer_time_is_an_hour_longer(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(
        'time_zone = "Europe/Berlin"\n[late]\npercent = 1\nper = "hour"\n'
        "[assignments.pooling]\ndue = 2026-10-24 23:00:00\n"
    )
    policy = read_policy(path, NAMES)

    # 24 October 23:00 is in summer time, 25 October 23:00 is not: 25 hours.
    time = datetime(2026, 10, 25, 22, 0, tzinfo=UTC)
    assert policy.lateness("bob", "pooling", time, 100).penalty == pytest.approx(25)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("due = ", "cannot be read as TOML"),
        ("deadline = 3", "the file has 'deadline'"),
        ('time_zone = "Berlin"', "not 'Berlin'"),
        ("time_zone = 3", "not 3"),
        ("[late]\npercent = -1", "the percent is a number from 0, not -1"),
        ("[late]\npercent = nan", "not nan"),
        ("[late]\nper = 'week'", "per is 'day' or 'hour', not 'week'"),
        ("late = 3", "late is a table"),
        ("[assignments.convolutions]\nweight = 1", "assignments has 'convolutions'"),
        ("[assignments.pooling]\ndue = 2026-10-12", "a date with a time"),
        ("[assignments.pooling]\nweight = true", "not True"),
        ("[extensions.pooling]\nada = 2026-10-12 10:00:00", "while it is not due"),
        ("[grades]\ndrop_lowest = 1.5", "not 1.5"),
        ("[grades]\nwritten_answers = 'yes'", "not 'yes'"),
    ],
)
def test_what_a_file_cannot_say_is_refused_with_what_was_meant(tmp_path, text, words):
    path = tmp_path / "policy.toml"
    path.write_text(text)

    with pytest.raises(UserError, match=r"policy\.toml") as caught:
        read_policy(path, NAMES)

    assert words in str(caught.value)


def test_without_a_file_there_are_no_rules(tmp_path):
    assert read_policy(tmp_path / "none.toml", NAMES) == Policy()


def test_the_example_is_one_that_can_be_used():
    assert read_policy(REPOSITORY / "autograder" / "policy.example.toml", NAMES).drop_lowest == 1


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=1), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=25, seconds=1), "26 h"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_a_duration_is_said_in_one_unit_and_what_has_begun_counts(time, words):
    assert duration(time) == words
