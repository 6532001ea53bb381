"""The tests' code, compiled once a run."""

import traceback

from autograder.running.code import compiled, load

FAILING = "def give_up():\n    assert 1 == 2, 'no'\n\n\ngive_up()\n"


def test_compiled_code_does_what_the_source_does():
    names = {}
    exec(load("x = 1 + 1", compiled("x = 1 + 1", "sum"), "sum"), names)
    assert names["x"] == 2


def test_tracebacks_show_the_lines_of_compiled_code():
    for code in (compiled(FAILING, "failing"), ""):
        try:
            exec(load(FAILING, code, "failing"), {})
        except AssertionError as error:
            text = "".join(traceback.format_exception(error))
        assert 'File "<cell failing>", line 2, in give_up\n    assert 1 == 2' in text


def test_what_cannot_be_compiled_or_warns_is_left_to_the_place_where_it_runs():
    assert compiled("(", "broken") == ""
    assert compiled("assert (1, 'always true')", "odd") == ""
