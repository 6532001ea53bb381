"""What the judge does with one submission: the cells in order, and where they find each other's names.

In a notebook all cells share one namespace. Here the tests have one and the answers another, in two
processes. So that every name is found as in a notebook, the answer key tells which names tests take from
answers, which of the course's own cells the tests build on, and what a test that students can see defines for
later cells.
"""

import ast
import symtable
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from autograder.key import Key
from autograder.magic import as_python
from autograder.running.code import POINTS, VERSION, compiled
from autograder.source import is_test, metadata

DISPLAY = "display"  # the tag of a course cell that only shows something, so grading need not run it


@dataclass(frozen=True)
class Prepared:
    """What the plans of all submissions have in common."""

    answers: frozenset[str]  # names that the reference's answers define
    needed: frozenset[str]  # ids of the course's cells that tests build on
    definitions: dict[str, str]  # by grade id: what the released test defines
    display: frozenset[str]  # ids of the course's cells that only show something
    python: dict[str, str]  # the tests and what they build on, by id, without IPython's magic
    code: dict[str, str]  # the same compiled, once for all submissions; see `compiled`
    definitions_code: dict[str, str]  # `definitions` compiled
    modules: tuple[str, ...]  # what the released notebook imports, so that it can be loaded beforehand
    tests: dict[str, str]  # the assignment's tests.py: "name" of the module, "source" and "code" (compiled)


def prepare(key: Key) -> Prepared:
    """Read from the answer key what every plan needs."""
    code = [cell for cell in key.source.cells if cell.cell_type == "code"]
    uses = {cell.id: names(cell.source) for cell in code}
    answers, imported = set(), set()
    for cell in code:
        if metadata(cell).get("solution"):
            answers |= uses[cell.id].bound
            imported |= uses[cell.id].imported
    answers -= imported
    course = [cell for cell in code if not metadata(cell).get("solution") and not is_test(cell)]
    needed: set[str] = set()
    wanted = set().union(*(uses[cell.id].free for cell in code if is_test(cell)))
    while True:
        found = {cell.id for cell in course if (uses[cell.id].bound - answers) & wanted} - needed
        if not found:
            break
        needed |= found
        wanted |= set().union(*(uses[name].free for name in found))
    released = [cell for cell in key.release.cells if cell.cell_type == "code"]
    python = {cell.id: as_python(cell.source) for cell in code if is_test(cell) or cell.id in needed}
    python |= {cell.id: keeping_points(python[cell.id]) for cell in code if is_test(cell)}
    defined = {metadata(cell)["grade_id"]: definitions(cell.source) for cell in released if is_test(cell)}
    return Prepared(
        frozenset(answers),
        frozenset(needed),
        defined,
        frozenset(cell.id for cell in course if DISPLAY in cell.metadata.get("tags", [])),
        python,
        {cell.id: compiled(python[cell.id], name_of(cell)) for cell in code if cell.id in python},
        {name: compiled(source, name) for name, source in defined.items()},
        tuple(sorted(set().union(*(modules(cell.source) for cell in released)))),
        tests_module(key),
    )


def tests_module(key: Key) -> dict[str, str]:
    """Return the assignment's `tests.py` as the judge imports it; empty if there is none."""
    if not key.tests.is_file():
        return {}
    name, source = f"solutions.{key.assignment}.tests", key.tests.read_text(encoding="utf-8")
    return {"name": name, "source": source, "code": compiled(source, name)}


def make_plan(notebook: NotebookNode, prepared: Prepared, *, in_process: bool = False) -> dict[str, Any]:
    """Return the plan for a repaired submission, as JSON.

    Parameters
    ----------
    notebook : NotebookNode
        From `autograder.handin.repair.rebuild`.
    prepared : Prepared
    in_process : bool
        Run the tests among the answers, as stock nbgrader does: for debugging an assignment only.
    """
    cells = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or cell.id in prepared.display:
            continue
        name = name_of(cell)
        test = is_test(cell)
        judged = test and not in_process
        cells.append(
            {
                "index": index,
                "name": name,
                "test": test,
                "judge": judged,
                # Never the submission's text: a student may have changed a cell that tests build on.
                "python": "" if in_process else prepared.python.get(cell.id, ""),
                "code": "" if in_process else prepared.code.get(cell.id, ""),
                "pictures": cell.metadata.autograder["from"] == "student",
                "source": cell.source,
                "definitions": prepared.definitions.get(name, "") if judged else "",
                "definitions_code": prepared.definitions_code.get(name, "") if judged else "",
            }
        )
    return {"answers": sorted(prepared.answers), "cells": cells, "tests": prepared.tests, "version": VERSION}


def keeping_points(python: str) -> str:
    """Bind the value of a test's last expression, its partial credit, to a name that the judge reads."""
    try:
        body = ast.parse(python).body
    except SyntaxError:
        return python
    if not body or not isinstance(body[-1], ast.Expr):
        return python
    lines = python.splitlines()
    first = body[-1].lineno - 1
    # In bytes, as ast counts; whatever stands before the expression on its line stays.
    line = lines[first].encode()
    column = body[-1].col_offset
    lines[first] = (line[:column] + f"{POINTS} = ".encode() + line[column:]).decode()
    return "\n".join(lines)


def name_of(cell: NotebookNode) -> str:
    """Return what tracebacks call a cell."""
    return metadata(cell).get("grade_id") or cell.id


@dataclass(frozen=True)
class Names:
    """The names that a cell binds, those of them that it imports, and those that it takes from elsewhere."""

    bound: frozenset[str]
    imported: frozenset[str]
    free: frozenset[str]


def names(source: str) -> Names:
    """Find the global names of a cell's code; none for code that is not Python."""
    try:
        top = symtable.symtable(as_python(source), "cell", "exec")
    except SyntaxError:
        return Names(frozenset(), frozenset(), frozenset())
    symbols = top.get_symbols()
    bound = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    imported = {symbol.get_name() for symbol in symbols if symbol.is_imported()}
    used, tables = set(), [top]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                used.add(symbol.get_name())
    return Names(frozenset(bound), frozenset(imported), frozenset(used - bound))


def definitions(source: str) -> str:
    """Return a test's imports, functions, classes and constants: a student's later cells may use them.

    One that builds on what is not known in the student's process has no effect and stops none of the others.
    """
    try:
        body = ast.parse(as_python(source)).body
    except SyntaxError:
        return ""
    kept = [statement for statement in body if isinstance(statement, KEPT) or is_constant(statement)]
    nothing = ast.ExceptHandler(ast.Name("Exception"), None, [ast.Pass()])
    tried = [ast.Try([statement], [nothing], [], []) for statement in kept if not is_future(statement)]
    return ast.unparse(ast.Module(tried, []))


KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def is_future(statement: ast.stmt) -> bool:
    """Return whether the statement changes how its file is compiled; such a one must be the file's first."""
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def is_constant(statement: ast.stmt) -> bool:
    """Return whether the statement assigns something written out, such as a number or a tuple of strings."""
    if not isinstance(statement, ast.Assign):
        return False
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        return False
    return True


def modules(source: str) -> set[str]:
    """Return the names of the modules that a cell imports."""
    try:
        tree = ast.parse(as_python(source))
    except SyntaxError:
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            if node.module == "cnnlib" and any(alias.name == "challenge" for alias in node.names):
                found |= {"onnx", "onnxruntime"}  # which it imports when they are first needed
        elif isinstance(node, ast.Attribute) and node.attr == "optim":
            found.add("torch.optim")
    return found
