"""Rules that every assignment's notebook keeps."""

import inspect
import json
import re
from collections import Counter, defaultdict

import nbformat
from assignments import (
    EVERY_ASSIGNMENT,
    REPOSITORY,
    SLUGS,
    answers,
    cells,
    module_of,
    part_of,
    points,
    points_of_parts,
    source,
)

from autograder.releasing import tables

CANARY = re.compile(r"(?:#|<!--) canary-[0-9a-f]{8}\b")


def test_there_is_an_assignment():
    assert SLUGS


@EVERY_ASSIGNMENT
def test_every_cell_has_a_readable_id_that_is_its_grade_id(slug):
    ids = [cell.id for cell in source(slug).cells]
    assert len(set(ids)) == len(ids)
    for cell in source(slug).cells:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell.id)
        assert cell.metadata.get("nbgrader", {}).get("grade_id", cell.id) == cell.id


@EVERY_ASSIGNMENT
def test_it_is_stored_without_outputs(slug):
    for cell in source(slug).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@EVERY_ASSIGNMENT
def test_the_stated_points_and_weights_are_those_of_the_metadata(slug):
    text = "\n".join(cell.source for cell in source(slug).cells if cell.cell_type == "markdown")
    parts = points_of_parts(slug)
    total = sum(parts.values())
    stated = {
        f"p{n}": int(value) for n, value in re.findall(r"^## Part (\d+)\..*\((\d+) points\)$", text, re.M)
    }
    assert stated == parts
    rows = re.findall(r"^\| (\d+) \| .* \| (\d+) \| (\d+)% \|$", text, re.M)
    assert {f"p{n}": int(value) for n, value, _ in rows} == parts
    assert all(int(weight) == round(100 * int(value) / total) for _, value, weight in rows)
    assert f"| | total | {total} | 100% |" in text


@EVERY_ASSIGNMENT
def test_it_ends_with_a_question_in_words_whose_rubric_gives_its_points(slug):
    *_, task, answer, end = source(slug).cells
    assert (task.id, answer.id, end.id) == ("explain-task", "explain", "end")
    marks = answer.metadata.nbgrader
    assert (answer.cell_type, marks.grade, marks.solution, marks.points) == ("markdown", True, True, 10)
    rubric = [int(points) for points in re.findall(r"^- (\d+) points: ", task.source, re.M)]
    assert len(rubric) in (3, 4)
    assert sum(rubric) == 10
    model = re.sub(r"<!--.*?-->|^###.*$", "", answer.source, flags=re.M)
    assert len(re.findall(r"[.?](?=\s|$)", model)) >= 3, "a model answer"


@EVERY_ASSIGNMENT
def test_every_part_has_visible_and_hidden_tests(slug):
    kinds = defaultdict(set)
    for name in points(slug):
        kinds[part_of(name)].add(name.rpartition("-")[2])
    assert kinds == {part_of(name): {"visible", "hidden"} for name in cells(slug, "solution")}


@EVERY_ASSIGNMENT
def test_a_visible_test_is_one_call(slug):
    for name, cell in cells(slug, "grade").items():
        if not name.endswith("-visible"):
            continue
        first, *rest = cell.source.strip().split("\n")
        assert re.fullmatch(r"# Test: .+\.", first), name
        assert rest[:2] == ["from cnnlib import check", ""], name
        part = name.removesuffix("-visible")
        assert re.fullmatch(rf'check\.part\("{slug}/{part}", [\w, ]+\)', " ".join(rest[2:])), name


@EVERY_ASSIGNMENT
def test_a_hidden_test_is_one_call_hidden_as_a_whole_that_says_what_it_checks(slug):
    for name, cell in cells(slug, "grade").items():
        if name.endswith("-visible"):
            assert "HIDDEN TESTS" not in cell.source
            continue
        first, begin, canary, imported, empty, *call, end = cell.source.strip().split("\n")
        assert first.startswith("# Hidden test: ")
        assert (begin, empty, end) == ("### BEGIN HIDDEN TESTS", "", "### END HIDDEN TESTS")
        assert CANARY.fullmatch(canary)
        function = "hidden_" + name.removesuffix("-hidden").replace("-", "_")
        assert imported == f"from solutions.{slug}.tests import {function}", name
        assert re.fullmatch(rf"{function}\([\w, ]+(, points=[\d.]+)?\)", " ".join(call)), name


@EVERY_ASSIGNMENT
def test_the_names_in_tests_py_are_those_of_the_notebook(slug):
    module = module_of(slug)
    names = set(points(slug))
    assert {f"{name}-visible" for name in module.VISIBLE} == {
        name for name in names if name.endswith("-visible")
    }
    assert set(module.FORBIDDEN) <= names
    functions = {
        f"{name.removeprefix('hidden_').replace('_', '-')}-hidden"
        for name in vars(module)
        if name.startswith("hidden_")
    }
    assert functions == {name for name in names if name.endswith("-hidden")}
    assert all(inspect.getdoc(value) for name, value in vars(module).items() if name.startswith("hidden_"))


@EVERY_ASSIGNMENT
def test_the_tables_are_what_tests_py_gives(slug):
    made = json.loads(tables.make(REPOSITORY / "solutions", slug))
    stored = json.loads((REPOSITORY / "cnnlib/check/tables" / f"{slug}.json").read_text(encoding="utf-8"))
    assert made["made_from"] == stored["made_from"], "run: make exercises"
    assert list(made["tests"]) == list(stored["tests"])
    for name, entry in made["tests"].items():
        assert tables.close(entry["steps"], stored["tests"][name]["steps"]), f"{name}; run: make exercises"


@EVERY_ASSIGNMENT
def test_the_release_shows_no_wall_of_code_and_folds_its_tests(slug):
    release = nbformat.read(REPOSITORY / "exercises" / slug / f"{slug}.ipynb", as_version=4)
    for cell in release.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if nbgrader.get("grade") and not nbgrader.get("solution"):
            assert len(cell.source.splitlines()) <= 10, cell.id
            assert nbgrader["locked"]
            assert cell.metadata["jupyter"] == {"source_hidden": True}
            assert cell.metadata["cellView"] == "form"
            assert cell.source.startswith(("# @title Test: ", "# Hidden test: "))


@EVERY_ASSIGNMENT
def test_every_solution_and_every_hidden_region_has_its_own_canary(slug):
    regions = [
        region
        for cell in source(slug).cells
        for kind in ("SOLUTION", "HIDDEN TESTS")
        for region in re.findall(rf"### BEGIN {kind}\n(.*?)### END {kind}", cell.source, re.S)
    ]
    hidden = [name for name in points(slug) if name.endswith("-hidden")]
    assert len(regions) == len(cells(slug, "solution")) + len(hidden) + 1, "and one in words"
    found = [CANARY.findall(region) for region in regions]
    assert all(len(canaries) == 1 for canaries in found)
    assert len({canaries[0] for canaries in found}) == len(regions)


@EVERY_ASSIGNMENT
def test_every_part_has_five_wrong_answers_and_a_right_variant(slug):
    parts = set(points_of_parts(slug))
    mutants = Counter(answer.part for answer in answers("mutants", slug))
    assert set(mutants) == parts
    assert min(mutants.values()) >= 5
    assert {answer.part for answer in answers("variants", slug)} == parts
    solutions = set(cells(slug, "solution"))
    assert {answer.cell for kind in ("mutants", "variants") for answer in answers(kind, slug)} <= solutions
