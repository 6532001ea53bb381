"""Answers found by hand: each counts for itself, and fingerprints do not give them away."""

import numpy as np
import pytest

from cnnlib import check
from cnnlib.check.by_hand import against_fingerprints, fingerprint

RIGHT = {"a": 760, "b": (10, 28, 28)}
REVIEW = {"a": "Count the biases.", "b": "Channels come first."}


def table(mistakes=None):
    return {
        item: {
            "right": fingerprint(item, right, "salt"),
            "mistakes": {
                fingerprint(item, wrong, "salt"): words
                for wrong, words in (mistakes or {}).get(item, {}).items()
            },
            "review": REVIEW[item],
        }
        for item, right in RIGHT.items()
    }


def reports(given, mistakes=None):
    """What the hidden and the visible way say."""
    return [check.answers(given, RIGHT, review=REVIEW), against_fingerprints(given, table(mistakes), "salt")]


@pytest.mark.parametrize(
    "given",
    [
        {"a": 760, "b": (10, 28, 28)},
        {"a": 760, "b": [10, 28, 28], "note": "more keys"},
        {"a": np.int64(760), "b": (np.int32(10), 28, np.int64(28))},
    ],
)
def test_right_answers_pass_in_every_form(given):
    for report in reports(given):
        assert report.passed
        assert report.share == 1
        assert report.points(6) is None


def test_each_answer_counts_and_the_mistake_is_named(capsys):
    for report in reports({"a": 750, "b": (10, 28, 28)}, {"a": {750: "Count the biases."}}):
        assert not report.passed
        assert report.points(6) == 3
        assert report.message.splitlines() == [
            "1 of 2 answers are right:",
            "a: 750 is not right. Count the biases.",
        ]
        assert capsys.readouterr().out.startswith("✗ 1 of 2 answers are right:")


def test_nothing_right_is_an_error():
    for report in reports({"a": 1, "b": 2}):
        with pytest.raises(check.WrongAnswer, match="0 of 2 answers are right"):
            report.points(6)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "did you forget `return`"),
        ([760], "expected a dict with the keys ['a', 'b'], got a list of 1"),
        ({"b": (10, 28, 28)}, "a: this key is missing."),
        ({"a": 760.0, "b": 1}, "an answer is a whole number: write 760 instead of 760.0"),
        ({"a": "760", "b": 1}, "a: write 760 without quotes"),
        ({"a": (0.5, 2), "b": 1}, "in a tuple there is 0.5 (float)"),
        ({"a": ((1, 2), 3), "b": 1}, "in a tuple there is a tuple of 2"),
        ({"a": True, "b": 1}, "there is True (bool)"),
    ],
)
def test_answers_of_another_form_are_explained(given, words):
    for report in reports(given):
        assert words in report.message


STATEMENTS = {"true": "abcd"}


def fingerprints_of_letters():
    hints = {"a": "Statement a: why?", "b": "Statement b: why?", "c": "Statement c: …", "d": "Statement d: …"}
    marks = {letter: fingerprint(f"true {letter}", letter in "bd", "salt") for letter in hints}
    return {"true": {"statements": {letter: [marks[letter], hints[letter]] for letter in hints}}}


@pytest.mark.parametrize(
    ("letters", "share"),
    [
        (("b", "d"), 1),
        (["d", "b"], 1),
        ({"b", "d"}, 1),
        ("bd", 1),
        ("b, d", 1),
        (("B", "d", "d"), 1),
        (("b",), 0.5),
        (("a", "b", "d"), 0.5),
        (("a", "b", "c", "d"), 0),
        ((), 0),
    ],
)
def test_each_letter_counts_in_any_order_and_guessing_gains_nothing(letters, share):
    hidden = check.answers({"true": letters}, {"true": ("b", "d")}, statements=STATEMENTS)
    visible = against_fingerprints({"true": letters}, fingerprints_of_letters(), "salt")
    assert (hidden.share, visible.share) == (share, share)
    assert hidden.passed == visible.passed == (share == 1)


def test_each_wrong_letter_is_named():
    report = against_fingerprints({"true": ("a", "b", "d")}, fingerprints_of_letters(), "salt")
    assert "Statement a: why?" in report.message
    assert "Statement b" not in report.message


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("b", "x"), "there is no statement 'x'; the letters are a to d"),
        (7, "expected the letters of the true statements"),
        ((1, 2), "expected the letters of the true statements"),
    ],
)
def test_letters_of_another_form_are_explained(given, words):
    report = against_fingerprints({"true": given}, fingerprints_of_letters(), "salt")
    assert words in report.message
    assert report.share == 0


def test_a_fingerprint_does_not_contain_the_answer_and_depends_on_item_and_salt():
    marks = {fingerprint(item, 760, salt) for item in "ab" for salt in "cd"}
    assert len(marks) == 4


def test_the_visible_tests_of_earlier_releases_still_run():
    digests = {item: check.digest(item, right) for item, right in RIGHT.items()}
    mistakes = {check.digest("a", 750): "The biases are missing."}
    assert check.answers({"a": 760, "b": [10, 28, 28]}, digests, review=REVIEW, mistakes=mistakes).passed
    report = check.answers({"a": 750, "b": 2.5}, digests, review=REVIEW, mistakes=mistakes)
    assert "a: 750 is not right. The biases are missing." in report.message
    assert "b: an answer is a whole number, a string, or a tuple of them" in report.message
