"""Rules that every assignment's notebook keeps."""

import ast
import re
from collections import Counter, defaultdict

from assignments import EVERY_ASSIGNMENT, SLUGS, answers, cells, part_of, points, points_of_parts, source

CANARY = re.compile(r"# canary-[0-9a-f]{8}\b")


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
def test_every_part_has_visible_and_hidden_tests(slug):
    kinds = defaultdict(set)
    for name in points(slug):
        kinds[part_of(name)].add(name.rpartition("-")[2])
    assert kinds == {part_of(name): {"visible", "hidden"} for name in cells(slug, "solution")}


@EVERY_ASSIGNMENT
def test_a_hidden_test_is_hidden_as_a_whole_and_says_what_it_checks(slug):
    for name, cell in cells(slug, "grade").items():
        first, *rest = cell.source.strip().split("\n")
        if name.endswith("-hidden"):
            assert first.startswith("# Hidden test: ")
            assert rest[0] == "### BEGIN HIDDEN TESTS"
            assert rest[-1] == "### END HIDDEN TESTS"
            rest = rest[:-1]
        else:
            assert first.startswith("# Test: ")
            assert "HIDDEN TESTS" not in cell.source
        # Students may have given the names of these helpers to something else.
        nodes = list(ast.walk(ast.parse(cell.source)))
        imports = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "cnnlib"]
        helpers = {node.id for node in nodes if isinstance(node, ast.Name)} & {"challenge", "check"}
        assert imports
        assert helpers <= {alias.name for node in imports for alias in node.names}
        assert rest[-1].startswith(("assert ", ")", "    assert "))


@EVERY_ASSIGNMENT
def test_every_solution_and_every_hidden_region_has_its_own_canary(slug):
    regions = [
        region
        for cell in source(slug).cells
        for kind in ("SOLUTION", "HIDDEN TESTS")
        for region in re.findall(rf"### BEGIN {kind}\n(.*?)### END {kind}", cell.source, re.S)
    ]
    hidden = [name for name in points(slug) if name.endswith("-hidden")]
    assert len(regions) == len(cells(slug, "solution")) + len(hidden)
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
