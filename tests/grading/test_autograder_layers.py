"""The grader's modules import downward only: each layer knows the ones below it and nothing above."""

import ast
from pathlib import Path

import autograder

FOLDER = Path(autograder.__file__).parent
# Lowest first. Names on one line know nothing of each other; a folder's modules may import one another.
LAYERS = (
    ("environment", "errors", "magic", "nbgrader_config", "outcome", "spreadsheet", "visible"),
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
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def modules() -> dict[str, ast.Module]:
    """The syntax trees of all modules, by their names below `autograder`."""
    paths = [path for path in FOLDER.rglob("*.py") if path.name != "__init__.py"]
    names = [".".join(path.relative_to(FOLDER).with_suffix("").parts) for path in paths]
    return {name: ast.parse(path.read_text("utf-8")) for name, path in zip(names, paths, strict=True)}


MODULES = modules()


def found_in(tree: ast.Module) -> set[str]:
    """Return the modules that a module imports, wherever in it, or names as a program to be run."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute, so that they can be found"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    below = {name.removeprefix("autograder.") for name in names if name.startswith("autograder.")}
    return below & MODULES.keys()


IMPORTS = {name: found_in(tree) - {name} for name, tree in MODULES.items()}


def home(module: str) -> str:
    """Return the folder of a module, or the module itself if it lies in none."""
    return module.partition(".")[0]


def test_every_module_has_a_layer():
    assert {home(module) for module in MODULES} == LEVEL.keys()


def test_imports_point_downward():
    upward = [
        f"{module} -> {other}"
        for module, others in IMPORTS.items()
        for other in others
        if home(module) != home(other) and LEVEL[home(module)] <= LEVEL[home(other)]
    ]
    assert upward == []


def test_no_circle_of_modules():
    left = dict(IMPORTS)
    while free := [module for module, others in left.items() if not others & left.keys()]:
        for module in free:
            del left[module]
    assert left == {}, "each of these imports another one of them"


def test_imports_are_found_at_all():
    assert "isolation.sandbox" in IMPORTS["running.judge"]
    assert "releasing.last_cell" in IMPORTS["releasing.generate"], "an import inside a function"
    assert "running.warm" in IMPORTS["running.jobs"], "a program that is named"
