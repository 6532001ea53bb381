"""The assignments' own tests, unmodified, against answers in another process: same verdicts, same words."""

import ast
import re
import sys
import types

import torch
from assignments import EVERY_ASSIGNMENT, Answer, answers, cells, part_of, points, source
from two_processes import notebook, run_cell
from weekly import sampled


def plain_answers(kind: str, slug: str) -> list[Answer]:
    """The answers that are Python as they are; those with magic run in the grader, in test_assignments."""
    found = [answer for answer in answers(kind, slug) if not answer.path.stem.startswith("harmless")]
    return sampled(found, 10)  # test_assignments grades each one, in two processes, too


def answer_cells(slug: str) -> dict[str, str]:
    """What a student's process runs: imports, what the course defines, and answers."""
    wanted = {"setup", *cells(slug, "solution")}
    return {
        cell.id: cell.source
        for cell in source(slug).cells
        if cell.id in wanted
        or (cell.cell_type == "code" and cell.id not in points(slug) and defines(cell.source))
    }


def defines(text: str) -> bool:
    """Whether a cell of the course only defines functions or classes."""
    body = ast.parse(text).body
    kinds = ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
    return all(isinstance(node, kinds) for node in body) and any(
        isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body
    )


def graded_cells(slug: str, part: str) -> dict[str, str]:
    return {name: cell.source for name, cell in cells(slug, "grade").items() if part_of(name) == part}


def defined(sources: dict[str, str]) -> set[str]:
    nodes = [node for text in sources.values() for node in ast.parse(text).body]
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def rounded(text: str) -> str:
    """The text with five digits a number, as a sum may round otherwise in another process, and no graphs."""
    text = re.sub(r", grad_fn=<\w+>", "", text)  # a tensor arrives without the graph that made it
    return re.sub(r"\d+\.\d+(e-?\d+)?", lambda number: f"{float(number[0]):.5g}", text)


def verdict(name: str, code: str, main: types.ModuleType, monkeypatch) -> str | None:
    """What a test says in the notebook `main`: None if it passes."""
    monkeypatch.setitem(sys.modules, "__main__", main)
    try:
        run_cell(code, name, vars(main))
    except Exception as error:
        return rounded(f"{type(error).__name__}: {error}")
    finally:
        monkeypatch.undo()
    return None


def apart(sources: dict[str, str], tests: dict[str, str], monkeypatch) -> dict[str, str | None]:
    """The verdicts on answers that run in another process."""
    names = defined({name: text for name, text in sources.items() if name != "setup"})
    with notebook(sources) as session:
        found = {}
        for name, code in tests.items():
            main = types.ModuleType("__main__")
            main.__dict__.update({known: session.look(known) for known in names})
            found[name] = verdict(name, code, main, monkeypatch)
        return found


def together(sources: dict[str, str], tests: dict[str, str], monkeypatch) -> dict[str, str | None]:
    """The verdicts on answers that run where the tests run."""
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    for name, text in sources.items():
        run_cell(text, name, vars(main))
    monkeypatch.undo()
    return {name: verdict(name, code, main, monkeypatch) for name, code in tests.items()}


@EVERY_ASSIGNMENT
def test_the_reference_passes_every_test_from_another_process(slug, monkeypatch):
    tests = {name: cell.source for name, cell in cells(slug, "grade").items()}
    assert apart(answer_cells(slug), tests, monkeypatch) == dict.fromkeys(tests)


@EVERY_ASSIGNMENT
def test_wrong_answers_fail_with_the_same_words_from_another_process(slug, monkeypatch):
    failing = 0
    for answer in plain_answers("mutants", slug):
        sources = answer_cells(slug) | {answer.cell: answer.path.read_text(encoding="utf-8")}
        tests = {name: code for name, code in graded_cells(slug, answer.part).items() if "visible" in name}
        torch.manual_seed(0)  # an answer may draw numbers: the same ones both times
        found = apart(sources, tests, monkeypatch)
        torch.manual_seed(0)
        expected = together(sources, tests, monkeypatch)
        assert found == expected, answer.name
        failing += sum(map(bool, found.values()))
    assert failing


@EVERY_ASSIGNMENT
def test_right_answers_in_another_style_pass_from_another_process(slug, monkeypatch):
    for answer in plain_answers("variants", slug):
        sources = answer_cells(slug) | {answer.cell: answer.path.read_text(encoding="utf-8")}
        tests = graded_cells(slug, answer.part)
        assert apart(sources, tests, monkeypatch) == dict.fromkeys(tests), answer.name
