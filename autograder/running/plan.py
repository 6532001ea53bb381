"""What the judge does with one submission: the cells in order, and where they find each other's names.

In a notebook all cells share one namespace. Here the tests have one and the answers another, in two
processes. So that every name is found as in a notebook, the answer key tells which names tests take from
answers, and which of the course's own cells the tests build on.

A submission runs several times, each time in new processes, and each run is asked for some of the tests:

- "shown" for the visible tests. What it shows is what the student's page shows.
- "unseen" for the hidden tests that forbid nothing. Nobody sees what it shows.
- one for each set of forbidden functions, which do not work there, for the tests that forbid them.
"""

import ast
import re
import symtable
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from autograder.answer_key import Key
from autograder.errors import UserError
from autograder.magic import as_python
from autograder.running.code import POINTS, SHOWN, UNSEEN, WITHOUT, compiled
from autograder.running.messages import Cell, Plan, Tests
from autograder.source import DISPLAY, is_test, metadata

HIDDEN_REGION = re.compile(r"BEGIN HIDDEN TESTS.*?END HIDDEN TESTS", re.DOTALL)
APART = "score_drawn"  # a function that reads a student's file, which neither judge nor student may do


@dataclass(frozen=True)
class Prepared:
    """What the plans of all submissions have in common."""

    answers: frozenset[str]  # names that the reference's answers define
    needed: frozenset[str]  # ids of the course's cells that tests build on
    display: frozenset[str]  # ids of the course's cells that only show something
    python: dict[str, str]  # the tests and what they build on, by id, without IPython's magic
    code: dict[str, str]  # the same compiled, once for all submissions; see `compiled`
    modules: tuple[str, ...]  # what the released notebook imports, to be loaded beforehand; see `prepare`
    tests: Tests | None
    asked: dict[str, tuple[str, ...]]  # by a test's grade id: the runs that are asked for it
    runs: dict[str, tuple[str, ...]]  # in their order, by name: the functions that do not work there
    forbids: dict[str, tuple[str, ...]]  # by a test's grade id: the functions that it forbids
    hidden: frozenset[str]  # grade ids of the tests that students do not see
    apart: bool  # whether a test reads a student's file


def prepare(key: Key) -> Prepared:
    """Read from the answer key what every plan needs.

    Raises
    ------
    UserError
        If `FORBIDDEN` in the assignment's `tests.py` is not what it should be.
    """
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
    released = [cell.source for cell in key.release.cells if cell.cell_type == "code"]
    python = {cell.id: as_python(cell.source) for cell in code if is_test(cell) or cell.id in needed}
    python |= {cell.id: keeping_points(python[cell.id]) for cell in code if is_test(cell)}
    tests = tests_module(key)
    # Nothing of the tests is loaded where answers run. But an optimizer's first use takes a second in every
    # process, and a task may leave it to the student to name one.
    ours = [*(cell.source for cell in code), *([tests.source] if tests else [])]
    loaded = imported_by(released) | ({"torch.optim"} & imported_by(ours))
    hidden = {name_of(cell) for cell in code if is_test(cell) and HIDDEN_REGION.search(cell.source)}
    forbids = forbidden(tests.source, key) if tests else {}
    asked, runs = plan_runs([name_of(cell) for cell in code if is_test(cell)], hidden, forbids)
    return Prepared(
        answers=frozenset(answers),
        needed=frozenset(needed),
        display=frozenset(cell.id for cell in course if DISPLAY in cell.metadata.get("tags", [])),
        python=python,
        code={cell.id: compiled(python[cell.id], name_of(cell)) for cell in code if cell.id in python},
        modules=tuple(sorted(loaded)),
        tests=tests,
        asked=asked,
        runs=runs,
        forbids=forbids,
        hidden=frozenset(hidden),
        apart=any(APART in source for source in (*python.values(), tests.source if tests else "")),
    )


def plan_runs(
    tests: list[str], hidden: set[str], forbids: dict[str, tuple[str, ...]]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return which runs are asked for each test, and the runs with the functions that do not work there."""
    asked, runs = {}, {SHOWN: ()}
    for name in tests:
        without = ()
        if forbids.get(name):
            without = (WITHOUT + ", ".join(sorted(set(forbids[name]))),)
        asked[name] = (without or (UNSEEN,)) if name in hidden else (SHOWN, *without)
        for run in asked[name]:
            runs.setdefault(run, tuple(sorted(set(forbids[name]))) if run in without else ())
    return asked, runs


def tests_module(key: Key) -> Tests | None:
    """Return the assignment's `tests.py` as the judge imports it, None if there is none."""
    if not key.tests.is_file():
        return None
    name, source = f"solutions.{key.assignment}.tests", key.tests.read_text(encoding="utf-8")
    return Tests(name, source, compiled(source, name))


def forbidden(source: str, key: Key) -> dict[str, tuple[str, ...]]:
    """Return what `FORBIDDEN` in `tests.py` says: by a test's grade id, the functions that it forbids."""
    found = value_of("FORBIDDEN", source, str(key.tests))
    if found is None:
        return {}
    tests = {name_of(cell) for cell in key.source.cells if is_test(cell)}
    for name, functions in found.items():
        if name not in tests:
            raise UserError(f"{key.tests} forbids functions in {name!r}, but no test cell has that id.")
        if isinstance(functions, str) or not all(isinstance(one, str) for one in functions):
            raise UserError(f"{key.tests} must forbid a tuple of names in {name!r}, not {functions!r}.")
    return {name: tuple(functions) for name, functions in found.items() if functions}


def value_of(name: str, source: str, path: str) -> Any:
    """Return what a trusted module's global name is; None if the module does not bind it.

    Most often it is made of constants alone. Then the module's other statements, whose imports take seconds,
    are not executed.
    """
    body = ast.parse(source).body
    assigned = {
        target.id: statement
        for statement in body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }
    if name not in assigned:
        return None
    wanted, kept = [name], []
    while wanted:
        statement = assigned.get(wanted.pop())
        if statement is not None and statement not in kept:
            kept.append(statement)
            wanted += [node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)]
    simple = [
        ast.Assign(s.targets if isinstance(s, ast.Assign) else [s.target], s.value) for s in body if s in kept
    ]
    others = [s for s in body if s not in kept and not isinstance(s, ast.FunctionDef | ast.ClassDef)]
    changed = any(isinstance(node, ast.Name) and node.id == name for s in others for node in ast.walk(s))
    namespace: dict[str, Any] = {"__name__": "tests"}
    try:
        exec(compile(ast.fix_missing_locations(ast.Module(simple, [])), path, "exec"), namespace)
    except NameError:
        changed = True
    if changed:
        exec(compile(source, path, "exec"), namespace)
    return namespace[name]


def make_plan(notebook: NotebookNode, prepared: Prepared, *, in_process: bool = False) -> Plan:
    """Return the plan for a repaired submission.

    Parameters
    ----------
    notebook : NotebookNode
        From `autograder.submissions.repair.rebuild`. What a cell's metadata name in `autograder["imports"]`,
        import statements of a student's copy of the cell, is run at its place.
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
        cells.append(
            Cell(
                index=index,
                name=name,
                test=test,
                judge=test and not in_process,
                # Never the submission's text: a student may have changed a cell that tests build on.
                python="" if in_process else prepared.python.get(cell.id, ""),
                code="" if in_process else prepared.code.get(cell.id, ""),
                pictures=cell.metadata.autograder["from"] == "student",
                source=cell.source,
                imports=list(cell.metadata.autograder.get("imports", [])),
                runs=[SHOWN] if in_process or not test else list(prepared.asked.get(name, [SHOWN])),
            )
        )
    return Plan(sorted(prepared.answers), cells, prepared.tests, in_process)


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


def imported_by(sources: Iterable[str]) -> set[str]:
    """Return the names of the modules that several cells import."""
    return set().union(*map(modules, sources))


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
