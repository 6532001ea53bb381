"""What the modules of a package import, and whether that points to a higher layer or in a circle."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from commands import REPOSITORY

Layers = tuple[tuple[str, ...], ...]


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


def imported(path: Path, known: dict[str, Path], *, strict: bool = False) -> set[str]:
    """What a file imports, by full names: of known packages the modules, and else whatever it names.

    If `strict`, also what it imports for type checkers, and known modules that it names in a text, as
    programs to be run.
    """
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree) if strict else statements(tree):
        if isinstance(node, ast.Constant):
            found |= {node.value} & {name for name in known if "." in name}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} has a relative import; write the full name"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in names}
    return found


def part_of(module: str) -> str:
    """The part of its package in which a module lies."""
    return ([*module.split("."), "__init__"])[1]


def upward(package: str, layers: Layers, root: Path = REPOSITORY, *, strict: bool = False) -> list[str]:
    """The arrows within a package that point to the same layer or a higher one."""
    height = {part: number for number, layer in enumerate(layers) for part in layer}
    known = modules(package, root)
    return [
        f"{module} imports {other}"
        for module, path in known.items()
        for other in sorted(imported(path, known, strict=strict))
        if other.partition(".")[0] == package
        and part_of(module) != part_of(other)
        and height[part_of(other)] >= height[part_of(module)]
    ]


def circle(package: str, root: Path = REPOSITORY, *, strict: bool = False) -> list[str]:
    """Modules that import each other in a circle; an empty list if there are none."""
    known = modules(package, root)
    arrows = {name: imported(path, known, strict=strict) - {name} for name, path in known.items()}
    try:
        list(TopologicalSorter(arrows).static_order())
    except CycleError as error:
        return error.args[1]
    return []
