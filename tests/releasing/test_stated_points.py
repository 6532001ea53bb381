"""Points have one place, the metadata: a title or a table that says others is refused."""

import pytest
import tiny_assignment as tiny

from autograder.errors import UserError
from autograder.releasing.release import release

TABLE = """\
# Tiny

| part | what you do | points | weight |
|---|---|---|---|
| 1 | add, as 2 + 3 | {one} | 67% |
| 2 | negate | {two} | 33% |
| | total | {total} | 100% |

Other tables may say what they like:

| layer | channels | size |
|---|---|---|
| 1 | 64 | 7 |"""


def made(*, one="2", two="1", total="3", first="2 points", second="1 point", words="10 points"):
    """The tiny assignment with points in its titles and a table."""
    notebook = tiny.with_question()
    texts = {
        "title": TABLE.format(one=one, two=two, total=total),
        "part-1": f"## Part 1. Add ({first})\n\nTwo numbers (3 points on a line).",
        "part-2": f"## Part 2. Negate ({second})",
        "explain-task": f"## In your own words ({words})",
    }
    return tiny.answer(notebook, **texts)


def test_what_agrees_is_released(tmp_path):
    assert release(tiny.write_source(tmp_path, made()), tiny.NAME, tmp_path / "out")


@pytest.mark.parametrize(
    ("stated", "both"),
    [
        ({"first": "20 points"}, "'Part 1. Add (20 points)' says 20 points, the cells below it have 2"),
        ({"second": "1.5 points"}, "says 1.5 points, the cells below it have 1"),
        ({"words": "5 points"}, "says 5 points, the cells below it have 10"),
        ({"one": "20"}, "the table says 20 points in the row '1', the cells have 2"),
        ({"two": "3"}, "the table says 3 points in the row '2', the cells have 1"),
        ({"total": "13"}, "the table says 13 points in the row 'total', the cells have 3"),
    ],
)
def test_a_mismatch_is_refused_with_a_sentence_that_names_both(tmp_path, stated, both):
    source = tiny.write_source(tmp_path, made(**stated))
    with pytest.raises(UserError) as caught:
        release(source, tiny.NAME, tmp_path / "out")
    assert both in str(caught.value)
    assert not (tmp_path / "out").exists()
