"""Recorded experiments: each is what its recipe gives."""

import pytest
from commands import REPOSITORY
from weekly import EVERYTHING

from cnnlib import recorded

NAMES = sorted(path.stem for path in (REPOSITORY / "cnnlib" / "recorded").glob("[a-z]*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_complete_and_made_by_the_recipe_that_stands_there(name):
    rows = recorded.results(name)

    assert len(rows) == len(recorded.load(name).LINES)


def test_an_unknown_recipe_is_refused_with_the_names_of_those_there_are():
    with pytest.raises(ValueError, match="There is no recipe 'nothing'"):
        recorded.results("nothing")


@pytest.mark.skipif(not EVERYTHING, reason="run weekly: make test-all")
@pytest.mark.parametrize("name", NAMES)
def test_the_quickest_line_gives_again_what_is_stored(name):
    recipe = recorded.load(name)
    row = min(recorded.read(name)["lines"], key=lambda line: line["seconds"])

    again = recipe.run(**row["settings"])

    # Another processor adds in another order, and training makes more of it.
    assert again == pytest.approx(row["results"], rel=0.1, abs=0.05)
