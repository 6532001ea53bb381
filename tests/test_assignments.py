"""Gates for every assignment under solutions/: what the autograder must give to right and wrong answers.

Submissions are graded from the outside, by the instructor's own command. `tests/mutants/<slug>/<cell>/` holds
wrong answers and `tests/variants/<slug>/<cell>/` right ones in another style; each file replaces one solution
cell. To grade fewer notebooks, a submission carries wrong answers to several parts; its other parts are right, and
must get all their points. Each part is right in at least one submission in which all others are wrong.
"""

import csv
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

REPOSITORY = Path(__file__).resolve().parent.parent
SLUGS = sorted(
    path.parent.name for path in REPOSITORY.glob("solutions/*/*.ipynb") if path.stem == path.parent.name
)
CANARY = re.compile(r"# canary-[0-9a-f]{8}\b")


@dataclass(frozen=True)
class Answer:
    """A file that replaces one solution cell."""

    path: Path

    @property
    def cell(self) -> str:
        return self.path.parent.name

    @property
    def part(self) -> str:
        return part_of(self.cell)

    @property
    def name(self) -> str:
        return f"{self.cell}/{self.path.stem}"

    @property
    def diagnosis(self) -> str | None:
        """What the feedback must say about it, if its results tell the mistake: a line of its docstring."""
        found = re.search(r"^Feedback: (.*)$", self.path.read_text(encoding="utf-8"), re.M)
        return found and found[1]


def part_of(cell: str) -> str:
    """Part of a cell's id: "p3" of "p3-conv2d-hidden"."""
    return cell.partition("-")[0]


def answers(kind: str, slug: str) -> list[Answer]:
    return [Answer(path) for path in sorted((REPOSITORY / "tests" / kind / slug).glob("*/*.py"))]


@cache
def source(slug: str) -> nbformat.NotebookNode:
    return nbformat.read(REPOSITORY / "solutions" / slug / f"{slug}.ipynb", as_version=4)


def cells(slug: str, kind: str) -> dict[str, nbformat.NotebookNode]:
    """The cells whose nbgrader metadata has `kind` ("solution" or "grade"), by id."""
    return {cell.id: cell for cell in source(slug).cells if cell.metadata.get("nbgrader", {}).get(kind)}


def points(slug: str) -> dict[str, int]:
    return {name: cell.metadata.nbgrader.points for name, cell in cells(slug, "grade").items()}


def points_of_parts(slug: str) -> Counter:
    total: Counter = Counter()
    for cell, value in points(slug).items():
        total[part_of(cell)] += value
    return total


def deal_mutants(slug: str) -> dict[str, list[Answer]]:
    """Deal the wrong answers to submissions: at most one for each part, and none for each part once."""
    waiting = defaultdict(list)
    for answer in answers("mutants", slug):
        waiting[answer.part].append(answer)
    parts = sorted(waiting)
    submissions: dict[str, list[Answer]] = {}
    while any(waiting.values()):
        number = len(submissions)
        right = parts[number] if number < len(parts) else None
        broken = [part for part in parts if part != right and waiting[part]]
        submissions[f"wrong-{number}"] = [waiting[part].pop(0) for part in broken]
    return submissions


def deal_variants(slug: str) -> dict[str, list[Answer]]:
    """Deal the right answers to submissions: at most one for each cell."""
    by_cell = defaultdict(list)
    for answer in answers("variants", slug):
        by_cell[answer.cell].append(answer)
    rounds = max(map(len, by_cell.values()), default=0)
    return {
        f"variant-{index}": [found[index] for found in by_cell.values() if index < len(found)]
        for index in range(rounds)
    }


def autograder(*arguments: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, arguments)],
        cwd=REPOSITORY,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Graded:
    """All submissions to one assignment, graded in one run."""

    def __init__(self, slug: str, released: Path, folder: Path) -> None:
        self.slug = slug
        self.released = released
        self.wrong, self.variants = deal_mutants(slug), deal_variants(slug)
        right = {name: cell.source for name, cell in cells(slug, "solution").items()}
        self.hand_in(folder, "untouched", {})
        self.hand_in(folder, "reference", right)
        for student, dealt in (self.wrong | self.variants).items():
            changed = {answer.cell: answer.path.read_text(encoding="utf-8") for answer in dealt}
            self.hand_in(folder, student, right | changed)
        autograder("grade", slug, "--submitted", folder / "submitted", "--output", folder / "output")
        with (folder / "output" / "grades.csv").open(encoding="utf-8", newline="") as file:
            self.rows = {row["student"]: row for row in csv.DictReader(file)}
        self.feedback = folder / "output" / "feedback"

    def hand_in(self, folder: Path, student: str, sources: dict[str, str]) -> None:
        notebook = nbformat.read(self.released / f"{self.slug}.ipynb", as_version=4)
        for cell in notebook.cells:
            cell.source = sources.get(cell.id, cell.source)
        place = folder / "submitted" / student / self.slug
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{self.slug}.ipynb")

    def scores(self, student: str) -> dict[str, float]:
        """Points of each graded cell."""
        return {cell: float(self.rows[student][cell]) for cell in points(self.slug)}

    def parts(self, student: str) -> Counter:
        total: Counter = Counter()
        for cell, value in self.scores(student).items():
            total[part_of(cell)] += value
        return total

    def student_of(self, answer: Answer) -> str:
        return next(student for student, dealt in self.wrong.items() if answer in dealt)

    def feedback_on(self, answer: Answer) -> str:
        """What the student reads about the tests of the answer's part."""
        page = self.feedback / self.student_of(answer) / self.slug / f"{self.slug}.html"
        articles = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select("article.failed")
        messages = [
            article.select_one("pre.message") for article in articles if part_of(article["id"]) == answer.part
        ]
        return "\n".join(message.text for message in messages if message)


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A function that makes the release of an assignment, once, and returns its folder."""

    @cache
    def make(slug: str) -> Path:
        folder = tmp_path_factory.mktemp("released")
        autograder("release", slug, "--output", folder)
        return folder / slug

    return make


@pytest.fixture(scope="session")
def graded(tmp_path_factory, released):
    """A function that grades all submissions to an assignment, once."""
    return cache(lambda slug: Graded(slug, released(slug), tmp_path_factory.mktemp(slug)))


EVERY_ASSIGNMENT = pytest.mark.parametrize("slug", SLUGS)
MUTANTS = [(slug, answer) for slug in SLUGS for answer in answers("mutants", slug)]


def each(mutants: list[tuple[str, Answer]]) -> pytest.MarkDecorator:
    ids = [f"{slug}/{answer.name}" for slug, answer in mutants]
    return pytest.mark.parametrize(("slug", "mutant"), mutants, ids=ids)


# --- the notebook ------------------------------------------------------------------------------------


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
        assert "from cnnlib import check" in cell.source  # students may have given the name to something else
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


@EVERY_ASSIGNMENT
def test_the_committed_release_is_what_the_source_gives(slug, released):
    folders = {"made": released(slug), "committed": REPOSITORY / "exercises" / slug}
    files = {
        name: {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for name, folder in folders.items()
    }
    assert files["made"] == files["committed"], f"exercises/{slug} is out of date; run: make exercises"


# --- grades ------------------------------------------------------------------------------------------


@EVERY_ASSIGNMENT
def test_every_submission_is_graded(slug, graded):
    assert {row["status"] for row in graded(slug).rows.values()} == {"graded"}


@EVERY_ASSIGNMENT
def test_the_reference_gets_all_points(slug, graded):
    assert graded(slug).scores("reference") == points(slug)
    row = graded(slug).rows["reference"]
    assert float(row["score"]) == float(row["max_score"]) == sum(points(slug).values())


@EVERY_ASSIGNMENT
def test_the_untouched_release_gets_no_point(slug, graded):
    assert set(graded(slug).scores("untouched").values()) == {0}
    assert float(graded(slug).rows["untouched"]["score"]) == 0


@EVERY_ASSIGNMENT
def test_right_answers_in_another_style_get_all_points(slug, graded):
    for student, dealt in graded(slug).variants.items():
        assert graded(slug).scores(student) == points(slug), [answer.name for answer in dealt]


@each(MUTANTS)
def test_a_wrong_answer_loses_points_in_its_part(slug, mutant, graded):
    student = graded(slug).student_of(mutant)
    assert graded(slug).parts(student)[mutant.part] < points_of_parts(slug)[mutant.part]


@EVERY_ASSIGNMENT
def test_wrong_answers_to_other_parts_cost_a_part_nothing(slug, graded):
    right_at_least_once = set()
    for student, dealt in graded(slug).wrong.items():
        broken = {answer.part for answer in dealt}
        for part, most in points_of_parts(slug).items():
            if part not in broken:
                assert graded(slug).parts(student)[part] == most, (student, part)
                right_at_least_once.add(part)
    assert right_at_least_once == set(points_of_parts(slug))


@each([(slug, mutant) for slug, mutant in MUTANTS if mutant.diagnosis])
def test_the_feedback_names_the_mistake(slug, mutant, graded):
    assert mutant.diagnosis in graded(slug).feedback_on(mutant)
