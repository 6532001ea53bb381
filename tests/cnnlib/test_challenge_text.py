"""A model as text: whole or refused in a sentence, whatever the text is."""

import base64
import random
import zlib

import pytest
from challenge_models import model, write

from cnnlib.challenge import MAX_BYTES, as_text, from_text, inspect, rounded


@pytest.fixture
def path(tmp_path):
    return write(model(), tmp_path)


def packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


def test_the_text_brings_back_what_is_scored(path, tmp_path):
    back = from_text(as_text(path), tmp_path / "back.onnx")
    assert back.read_bytes() == rounded(path, tmp_path / "rounded.onnx").read_bytes()
    assert inspect(back) == inspect(path)


def test_copying_may_change_spaces_and_lines(path, tmp_path):
    text = as_text(path)
    assert max(map(len, text.split("\n"))) <= 100
    expected = from_text(text, tmp_path / "back.onnx").read_bytes()
    for changed in ("\n    " + text.replace("\n", "\r\n    ") + "\n\n", text.replace("\n", "")):
        assert from_text(changed, tmp_path / "other.onnx").read_bytes() == expected


def test_a_file_that_breaks_a_rule_has_no_text(tmp_path):
    with pytest.raises(ValueError, match=r"expected \(N, 3, 32, 32\)"):
        as_text(write(model(input_shape=("N", 3, 28, 28)), tmp_path))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "got a NoneType"),
        (b"bytes", "got a bytes"),
        (" \n ", "The text is empty"),
        ("submission.onnx", "damaged"),
        ("übermäßig", "damaged"),
        ("abcd" * 10, "damaged"),
        (packed(b"a model")[:-4], "damaged|end of the text is missing"),
        ("A" * (2 * MAX_BYTES + 1), "at most 2,000,000"),
        (packed(bytes(100 * MAX_BYTES)), "more than 1,000,000 bytes"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_any_other_text_is_refused_in_a_sentence_and_writes_nothing(text, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence) as error:
        from_text(text, tmp_path / "submission.onnx")
    assert "\n" not in str(error.value)
    assert not any(tmp_path.iterdir())


def test_a_text_cut_off_or_changed_anywhere_is_refused_or_the_same(path, tmp_path):
    text = as_text(path)
    draw = random.Random(0)
    for _ in range(200):
        place = draw.randrange(len(text))
        for damaged in (text[:place], text[:place] + draw.choice("aA0+/=é") + text[place + 1 :]):
            try:
                back = from_text(damaged, tmp_path / "back.onnx")
            except ValueError:
                continue
            # Only what base64 does not use may differ.
            assert back.read_bytes() == from_text(text, tmp_path / "whole.onnx").read_bytes()


def test_a_text_of_something_else_is_a_file_with_a_problem(tmp_path):
    found = inspect(from_text(packed(b"not a model"), tmp_path / "submission.onnx"))
    assert len(found.problems) == 1
    assert found.parameters == 0
