"""Finds code by which an answer could hide that it calls what a task forbids.

Whether an answer calls a forbidden function is found out in the student's own process, where such code could
switch that off. So it is looked for in the text, beforehand: where a test forbids functions, an answer that
has some gets no points (see `wire.remote.Session`), and a person is told to read it.
"""

import ast
from collections.abc import Iterator
from functools import lru_cache

from nbformat import NotebookNode

from autograder.magic import as_python

# What no answer of a course on networks needs, and what reaches the checks, other threads or Python itself.
MODULES = (
    "autograder", "builtins", "cnnlib.check.forbidden", "cnnlib.check.trials", "concurrent", "ctypes",
    "gc", "importlib", "inspect", "marshal", "multiprocessing", "operator.attrgetter", "pickle", "runpy", "sys.modules",
    "sys.setprofile", "sys.settrace", "threading", "torch.compile", "torch.jit", "torch.library",
    "torch.load", "torch.multiprocessing", "torch.ops", "torch.overrides",
)  # fmt: skip
ATTRIBUTES = ("forbidden", "jit", "library", "ops", "overrides")  # the same under another name
BUILTINS = (
    "__builtins__", "__import__", "compile", "delattr", "eval", "exec", "getattr", "globals", "setattr",
    "vars",
)  # fmt: skip
# Special names that ordinary code does use; all others, and what others keep private, are remarkable.
USUAL = {
    f"__{name}__" for name in ("call", "class", "doc", "getitem", "hash", "init", "len", "name", "version")
}
MAGIC_WITH_CODE = ("time", "timeit")
HARMLESS_MAGIC = ("config", "matplotlib", "pip")


def remarks(notebook: NotebookNode, release: NotebookNode) -> list[str]:
    """Return what the student's cells contain of it, each once, as it is written there.

    Parameters
    ----------
    notebook : NotebookNode
        From `autograder.handin.repair.rebuild`.
    release : NotebookNode
        What students were given; cells that they left alone say nothing about them.
    """
    given = frozenset(cell.source for cell in release.cells if cell.cell_type == "code")
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source not in given]
    texts = [cell.source for cell in cells if cell.metadata.autograder["from"] == "student"]
    nodes = [node for text in texts for node in parse(text)]
    imported = given_imports(given).union(imports(nodes))
    found = set(look(nodes, imported))
    return sorted(path[:80] for path in found if not any(path.startswith(f"{other}.") for other in found))


def parse(text: str) -> list[ast.AST]:
    """Return all of the syntax of a cell and of the code in its magic; nothing if it does not run anyway."""
    try:
        nodes = list(ast.walk(ast.parse(as_python(text))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    inside = []
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="run_line_magic" | "run_cell_magic"), args=[name, *code]):
                if getattr(name, "value", None) in MAGIC_WITH_CODE:
                    inside += [found for part in code for found in parse(str(getattr(part, "value", "")))]
    return nodes + inside


@lru_cache(maxsize=8)  # a class is given the same cells
def given_imports(texts: frozenset[str]) -> frozenset[str]:
    """Return the names that imports in the cells handed out bind."""
    return frozenset(name for text in texts for name in imports(parse(text)))


def imports(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield the names that imports bind."""
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]


def look(nodes: list[ast.AST], imported: frozenset[str]) -> Iterator[str]:
    """Yield what is remarkable in the syntax of cells."""
    usual = set()  # nodes that are part of something usual
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from filter(is_remarkable, (alias.name for alias in names))
            case ast.ImportFrom(module=module, names=names):
                yield from filter(is_remarkable, (f"{module}.{alias.name}" for alias in names))
            case ast.Call(
                func=ast.Name(id="getattr") as name, args=[_, ast.Constant(value=str(attribute)), *_]
            ):
                usual.add(name)
                if is_remarkable(f"….{attribute}"):
                    yield f"getattr(…, {attribute!r})"
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython") as name)), args=[magic, *_]
            ):
                if getattr(magic, "value", None) in (*MAGIC_WITH_CODE, *HARMLESS_MAGIC):
                    usual.add(name)
            case ast.Attribute(ctx=ctx):
                path = ast.unparse(node)
                root = path.partition(".")[0]
                if root not in ("self", "cls") and is_remarkable(path):
                    yield path
                elif root in imported and not isinstance(ctx, ast.Load):
                    yield f"{path} ="
            case ast.Name(id=name) if name in (*BUILTINS, "get_ipython") and node not in usual:
                yield name
            case ast.FunctionDef(name="__torch_function__" | "__torch_dispatch__" as name):
                yield name


def is_remarkable(path: str) -> bool:
    """Return whether a dotted path is, or leads into, one of `MODULES` or something private."""
    _, *parts = path.split(".")
    private = any(part.startswith("_") and part.strip("(") not in USUAL for part in parts)
    inside = any(path == module or path.startswith(f"{module}.") for module in MODULES)
    return inside or private or any(part in ATTRIBUTES for part in parts)
