"""Gates for every assignment under solutions/: what the autograder must give to right and wrong answers.

Submissions are graded from the outside, by the instructor's own command. `tests/mutants/<slug>/<cell>/` holds
wrong answers and `tests/variants/<slug>/<cell>/` right ones in another style; each file replaces one solution
cell. To grade fewer notebooks, a submission carries wrong answers to several parts. Its other parts are right
and must get all their points; each part is right in a submission in which all others are wrong.
"""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import commands
import nbformat
import pytest
from assignments import (
    EVERY_ASSIGNMENT,
    REPOSITORY,
    SLUGS,
    Answer,
    cells,
    deal_mutants,
    deal_variants,
    graded_answers,
    part_of,
    points,
    points_of_parts,
)
from bs4 import BeautifulSoup
from judged import in_full
from weekly import EVERYTHING

MUTANTS = [(slug, answer) for slug in SLUGS for answer in graded_answers(slug)]


def each(mutants: list[tuple[str, Answer]]) -> pytest.MarkDecorator:
    ids = [f"{slug}/{answer.name}" for slug, answer in mutants]
    return pytest.mark.parametrize(("slug", "mutant"), mutants, ids=ids)


# What is about the grader more than about the assignment: judged on those that changed, weekly on all.
CHANGED_ASSIGNMENTS = pytest.mark.parametrize("slug", in_full(SLUGS))


def autograder(*arguments: object) -> None:
    done = commands.run(*arguments, cwd=REPOSITORY, environment={"OMP_NUM_THREADS": "1"})
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
        self.submitted = folder / "submitted"
        self.rows = self.grade(folder / "output")
        self.feedback = folder / "output" / "feedback"

    def grade(self, output: Path, *options: str) -> dict[str, dict[str, str]]:
        """Grade, and return the rows of grades.csv by student."""
        autograder("grade", self.slug, "--submitted", self.submitted, "--output", output, *options)
        with (output / "grades.csv").open(encoding="utf-8", newline="") as file:
            return {row["student"]: row for row in csv.DictReader(file)}

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
        articles = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select(
            "article.failed, article.partly"
        )
        messages = [
            article.select_one(".message") for article in articles if part_of(article["id"]) == answer.part
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


@EVERY_ASSIGNMENT
def test_the_committed_release_is_what_the_source_gives(slug, released):
    folders = {"made": released(slug), "committed": REPOSITORY / "exercises" / slug}
    files = {
        name: {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")}
        for name, folder in folders.items()
    }
    assert files["made"] == files["committed"], f"exercises/{slug} is out of date; run: make exercises"


@EVERY_ASSIGNMENT
def test_every_submission_is_graded(slug, graded):
    assert {row["status"] for row in graded(slug).rows.values()} == {"graded"}


@EVERY_ASSIGNMENT
def test_the_reference_gets_all_points(slug, graded):
    assert graded(slug).scores("reference") == points(slug)
    row = graded(slug).rows["reference"]
    assert float(row["score"]) == float(row["max_score"]) == sum(points(slug).values())


# nbgrader itself takes seconds for a submission, so two stand for all; `make test-all` compares every one.
SAMPLE = ("reference", "wrong-0")


@CHANGED_ASSIGNMENTS
def test_every_point_is_as_with_stock_nbgrader(slug, graded, tmp_path):
    ours = graded(slug)
    chosen = list(ours.rows) if EVERYTHING else SAMPLE
    stock = ours.grade(tmp_path, "--stock", "--students", *chosen)
    cells = [*points(slug), "score", "max_score", "status"]
    assert {student: [ours.rows[student][cell] for cell in cells] for student in chosen} == {
        student: [stock[student][cell] for cell in cells] for student in chosen
    }
    assert {row["isolation"] for row in stock.values()} == {"none"}
    assert all("Landlock" in row["isolation"] for row in ours.rows.values())


@CHANGED_ASSIGNMENTS
def test_the_reference_passes_with_its_tests_in_the_same_process(slug, graded, tmp_path):
    rows = graded(slug).grade(tmp_path, "--in-process", "--students", "reference")
    assert float(rows["reference"]["score"]) == sum(points(slug).values())


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
