"""Private names of other packages are used only where CONTRIBUTING lists them."""

import ast
import importlib
import inspect
import re
import sys
from pathlib import Path

import pytest
from commands import REPOSITORY

LISTED_IN = "## Private names of other packages"
FOLDERS = ("cnnlib", "autograder", "book/_ext")
# Public all the same: their packages document them.
DOCUMENTED = {
    *("_asdict", "_fields", "_make", "_replace"),  # collections.namedtuple
    *("_exit", "_fields_", "_pack_"),  # os, ctypes
    "_repr_html_",  # IPython
}
ATTRIBUTE_FUNCTIONS = {"getattr", "hasattr", "setattr", "delattr"}


def is_private(name: str) -> bool:
    """Whether a name, without dots, is private: `_C`, but not `__init__` and not `_`."""
    dunder = name.startswith("__") and name.endswith("__")
    return name.startswith("_") and name.strip("_") != "" and not dunder and name not in DOCUMENTED


def private(*names: str) -> set[str]:
    """The private ones among names and the parts of dotted names."""
    return {part for name in names for part in name.split(".") if is_private(part)}


def defined(tree: ast.Module) -> set[str]:
    """What a file itself gives a name to."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found |= {node.attr} if ast.unparse(node.value) == "self" else set()
    return found


def used(path: Path, house: str) -> set[str]:
    """The private names of other packages than `house` that a file uses, or asks for by a text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own, foreign, found = defined(tree), set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.partition(".")[0] != house]
            foreign |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            found |= private(*names)
        elif isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] != house:
            foreign |= {alias.asname or alias.name for alias in node.names}
            found |= private(node.module, *(alias.name for alias in node.names))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            root = ast.unparse(node).partition(".")[0]
            found |= {node.attr} & private(node.attr) - (own - {node.attr} if root in foreign else own)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ATTRIBUTE_FUNCTIONS:
            found |= private(*(arg.value for arg in node.args[1:2] if isinstance(arg, ast.Constant))) - own
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"[a-z]\w*(\.\w+)+", node.value):
                found |= private(node.value) - own
        elif isinstance(node, ast.FunctionDef) and re.fullmatch(r"_[a-z]\w*[a-z]_", node.name):
            found |= private(node.name)  # named so because another package asks for it
    return found


def inherited(path: Path) -> set[str]:
    """The private names of other packages' classes that classes of a file define anew."""
    module = importlib.import_module(".".join(path.relative_to(REPOSITORY).with_suffix("").parts))
    classes = [kind for kind in vars(module).values() if inspect.isclass(kind)]
    return {
        name
        for kind in classes
        if kind.__module__ == module.__name__
        for base in kind.__mro__[1:]
        if base.__module__.partition(".")[0] not in {"cnnlib", "autograder", *sys.stdlib_module_names}
        for name in private(*vars(kind)) & set(vars(base))
        if inspect.isfunction(vars(kind)[name])  # what metaclasses add is none
    }


def listed() -> dict[str, set[str]]:
    """The private names in CONTRIBUTING's table, by file."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition(LISTED_IN)[2].partition("\n## ")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    return {where.strip(" `"): private(*re.findall(r"`([^`]+)`", names)) for where, names in rows}


def files(folder: str) -> list[Path]:
    return sorted((REPOSITORY / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_private_name_is_listed_with_its_file(folder):
    known, unlisted = listed(), {}
    for path in files(folder):
        where = path.relative_to(REPOSITORY).as_posix()
        names = used(path, folder)
        if folder != "book/_ext" and path.stem not in ("__main__", "nbgrader_config"):  # they run at import
            names |= inherited(path)
        if names - known.get(where, set()):
            unlisted[where] = names - known.get(where, set())
    assert not unlisted


def test_each_line_of_the_list_is_true():
    assert listed()
    for where, names in listed().items():
        words = set(re.findall(r"\w+", (REPOSITORY / where).read_text(encoding="utf-8")))
        assert names
        assert names <= words, where


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import torch\ntorch._C.f()", {"_C"}),
        ("import torch\n_C = 1\ntorch._C.f(_C)", {"_C"}),
        ("from torch.nn.modules.conv import _ConvNd\nclass Own(_ConvNd): pass", {"_ConvNd"}),
        ("from torch._C import f", {"_C"}),
        ("import numpy._core.multiarray", {"_core"}),
        ("def f(module): module._forward_hooks.clear()", {"_forward_hooks"}),
        ("getattr(f, '_implementation')", {"_implementation"}),
        ("class Own:\n    def _render_traceback_(self): pass", {"_render_traceback_"}),
        ("class Own:\n    def __init__(self): self._x = 1\n    def f(self): return self._x", set()),
        ("from house.inner import _x\n_x()", set()),
        ("row._replace(a=1)", set()),
    ],
)
def test_private_names_are_found(code, names, tmp_path):
    path = tmp_path / "code.py"
    path.write_text(code)
    assert used(path, "house") == names
