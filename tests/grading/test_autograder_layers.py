"""The grader's modules import downward only: each layer knows the ones below it and nothing above."""

from layers import circle, imported, modules, part_of, upward

# Lowest first. Names on one line know nothing of each other; a folder's modules may import one another.
LAYERS = (
    ("__init__", "environment", "errors", "magic", "nbgrader_config", "outcome", "spreadsheet", "visible"),
    ("files", "lock", "policy", "roster", "source"),
    ("authoring", "corrections", "course", "isolation", "options", "wire"),
    ("releasing", "workers"),
    ("answer_key",),
    ("submissions",),
    ("running", "pages"),
    ("results", "stock", "leaderboard"),
    ("erasing", "formgrader", "giving_back", "grade", "overrides", "report", "written"),
    ("check_references", "example", "rehearsal"),
    ("__main__",),
)
PACKAGE = "autograder"


def test_every_module_has_a_layer():
    assert {part_of(module) for module in modules(PACKAGE)} == {part for layer in LAYERS for part in layer}


def test_imports_point_downward():
    assert upward(PACKAGE, LAYERS, strict=True) == []


def test_no_circle_of_modules():
    assert circle(PACKAGE, strict=True) == [], "each of these imports the next one"


def test_imports_are_found_at_all():
    known = modules(PACKAGE)

    def of(module):
        return imported(known[module], known, strict=True)

    assert "autograder.isolation.sandbox" in of("autograder.running.judge")
    assert "autograder.releasing.last_cell" in of("autograder.releasing.generate"), "inside a function"
    assert "autograder.running.warm" in of("autograder.running.jobs"), "a program that is named"
