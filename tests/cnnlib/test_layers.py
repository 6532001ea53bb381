"""Which part of a package may import which: arrows point downward only, and there is no circle."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from commands import REPOSITORY

# For each package its parts, the modules and folders that lie in it, from the lowest layer. A part imports
# parts of lower layers only, so none of its own layer. `__init__` is what `import <package>` offers.
LAYERS = {
    "cnnlib": (
        ("progress",),
        ("arithmetic", "data"),
        ("challenge", "shapes10", "show", "train"),
        ("check",),
        ("__init__",),
        ("recorded",),
    ),
}
HOUSE = ("cnnlib", "autograder")  # a package imports those before it


def modules(package: str, root: Path = REPOSITORY) -> dict[str, Path]:
    """The files of a package by their module's name; a folder's is that of its `__init__.py`."""
    found = {}
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def statements(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """All import statements that run, wherever they stand: not those for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield from statements(node)


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    """What a file imports, by full names: of known packages the modules, and else whatever it names."""
    found = set()
    for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            assert not node.level, f"{path} has a relative import; write the full name"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in names}
    return found


def part_of(module: str) -> str:
    """The part of its package in which a module lies."""
    return ([*module.split("."), "__init__"])[1]


def upward(package: str, layers: tuple[tuple[str, ...], ...], root: Path = REPOSITORY) -> list[str]:
    """The arrows within a package that point to the same layer or a higher one."""
    height = {part: number for number, layer in enumerate(layers) for part in layer}
    known = modules(package, root)
    return [
        f"{module} imports {other}"
        for module, path in known.items()
        for other in sorted(imported(path, known))
        if other.partition(".")[0] == package
        and part_of(module) != part_of(other)
        and height[part_of(other)] >= height[part_of(module)]
    ]


def circle(package: str, root: Path = REPOSITORY) -> list[str]:
    """Modules that import each other in a circle; an empty list if there are none."""
    known = modules(package, root)
    try:
        list(TopologicalSorter({name: imported(path, known) for name, path in known.items()}).static_order())
    except CycleError as error:
        return error.args[1]
    return []


@pytest.mark.parametrize("package", LAYERS)
def test_every_part_has_a_layer(package):
    assert {part_of(module) for module in modules(package)} == {
        part for layer in LAYERS[package] for part in layer
    }


@pytest.mark.parametrize("package", LAYERS)
def test_no_arrow_points_upward(package):
    assert not upward(package, LAYERS[package])


@pytest.mark.parametrize("package", LAYERS)
def test_there_is_no_circle(package):
    assert not circle(package)


@pytest.mark.parametrize("package", LAYERS)
def test_a_package_imports_no_higher_one(package):
    higher = (*HOUSE[HOUSE.index(package) + 1 :], "solutions", "tests", "book")
    known = modules(package)
    used = {name.partition(".")[0] for path in known.values() for name in imported(path, known)}
    assert used & {"torch", "nbformat"}, "no import was read at all"
    assert not used & set(higher)


def test_arrows_and_circles_are_found(tmp_path):
    package = tmp_path / "house"
    (package / "cellar").mkdir(parents=True)
    (package / "__init__.py").write_text("from house import roof\n")
    (package / "roof.py").write_text("from house.cellar import stone\n")
    (package / "cellar" / "__init__.py").write_text("from house.cellar.stone import STONE\n")
    (package / "cellar" / "stone.py").write_text("STONE = 1\n")
    layers = (("cellar",), ("roof",), ("__init__",))
    assert not upward("house", layers, tmp_path)
    assert not circle("house", tmp_path)
    (package / "cellar" / "stone.py").write_text("def view():\n    import house.roof\n")
    assert upward("house", layers, tmp_path) == ["house.cellar.stone imports house.roof"]
    assert {"house.roof", "house.cellar.stone"} <= set(circle("house", tmp_path))
    (package / "cellar" / "stone.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house import roof\n"
    )
    assert not upward("house", layers, tmp_path)
