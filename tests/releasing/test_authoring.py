"""`python -m autograder new` and `lists`, tried in a copy of the repository."""

import csv
import re
import shutil
import subprocess
from pathlib import Path

import commands
import nbformat
import pytest
import yaml
from commands import REPOSITORY

from autograder.authoring.lists import made

SLUG = "attention_maps"


class Copy:
    """A copy of what chapters and assignments are made of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard",
             "README.md", "_toc.yml", "autograder", "book", "cnnlib", "exercises", "solutions"],
            cwd=REPOSITORY, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        for name in filter(None, listed.split("\0")):
            if (REPOSITORY / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(REPOSITORY / name, folder / name)

    def autograder(self, *arguments: object) -> subprocess.CompletedProcess:
        environment = {"PYTHONPATH": str(self.folder), "OMP_NUM_THREADS": "1"}
        return commands.run(*arguments, cwd=self.folder, environment=environment)

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Copy:
    """The repository's copy as it is, for what must change nothing."""
    return Copy(tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="module")
def with_new(tmp_path_factory) -> Copy:
    """A copy with a new chapter."""
    copy = Copy(tmp_path_factory.mktemp("with-new"))
    done = copy.autograder("new", SLUG)
    assert done.returncode == 0, done.stdout + done.stderr
    return copy


def test_the_lists_are_current():
    stored = {name: (REPOSITORY / name).read_text(encoding="utf-8") for name in made(REPOSITORY)}
    assert made(REPOSITORY) == stored, "run: make exercises"


def test_the_lists_name_each_chapter_once_in_the_order_of_the_contents():
    contents = yaml.safe_load((REPOSITORY / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    chapters = [file for file in files if (REPOSITORY / f"{file}.ipynb").is_file() and file[:4] == "book"]
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[.+?\]\((book/\w+)\.ipynb\) \|", readme, re.M) == chapters
    introduction = (REPOSITORY / "book/intro.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[\]\((\w+)\.ipynb\) \| .+\? \| .+ \|$", introduction, re.M)
    assert [f"book/{name}" for name in rows] == chapters
    instructors = (REPOSITORY / "book/instructors.md").read_text(encoding="utf-8")
    listed = re.findall(r"^`(\w+)`, after \[\]", instructors, re.M)
    assert [f"exercises/{name}/{name}" for name in listed] == [f for f in files if f[:9] == "exercises"]


def test_a_chapter_that_does_not_say_its_question_is_named(tmp_path):
    copy = Copy(tmp_path)
    page = tmp_path / "book/pooling.ipynb"
    notebook = nbformat.read(page, as_version=4)
    del notebook.metadata["question"]
    nbformat.write(notebook, page)
    before = copy.files()
    done = copy.autograder("lists")
    assert done.returncode == 2
    assert re.search(r"book/pooling\.ipynb has no question for the lists", done.stderr)
    assert len(done.stderr.splitlines()) == 1
    assert copy.files() == before


@pytest.mark.parametrize(
    ("slug", "sentence"),
    {
        "Attention": "small letters, digits and single underscores are expected",
        "a__b": "small letters, digits and single underscores are expected",
        "../outside": "small letters, digits and single underscores are expected",
        "lambda": "small letters, digits and single underscores are expected",
        "pooling": "there is book/pooling.ipynb already",
        "intro": "there is book/intro.md already",
        "challenge_entries": "there is solutions/challenge_entries already",
    }.items(),
)
def test_a_name_that_cannot_be_used_gets_one_sentence_and_changes_nothing(slug, sentence, copy):
    before = copy.files()
    done = copy.autograder("new", slug)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert copy.files() == before


def test_a_new_chapter_is_listed_everywhere_and_released(with_new):
    for page in ("README.md", "book/intro.md", "book/instructors.md", "_toc.yml"):
        before, after = (
            (folder / page).read_text(encoding="utf-8").splitlines()
            for folder in (REPOSITORY, with_new.folder)
        )
        added = [line for line in after if line not in before]
        assert any(SLUG in line for line in added), page
        assert [line for line in before if line not in after] == [], page
    assert "is current" in with_new.autograder("release", SLUG).stdout
    assert "The lists are current." in with_new.autograder("lists").stdout
    for kind in ("tables", "released"):
        assert (with_new.folder / "cnnlib/check" / kind / f"{SLUG}.json").is_file()


def test_nothing_of_the_skeleton_is_left_to_be_filled_in_by_a_program(with_new):
    texts = [path.read_text(encoding="utf-8") for path in with_new.folder.glob(f"*/{SLUG}*/*")]
    texts += [path.read_text(encoding="utf-8") for path in with_new.folder.glob(f"book/{SLUG}*")]
    assert len(texts) == 4
    assert not any(word in text for text in texts for word in ("SLUG", "TITLE", "canary-NEW"))
    canaries = [canary for text in texts for canary in re.findall(r"canary-[0-9a-f]{8}", text)]
    assert len(canaries) == len(set(canaries)) == 4


def test_the_new_assignment_grades_right_answers_with_100_and_its_wrong_one_with_less(with_new):
    folder = with_new.folder
    release = folder / "exercises" / SLUG / f"{SLUG}.ipynb"
    solved = nbformat.read(folder / "solutions" / SLUG / f"{SLUG}.ipynb", as_version=4)
    answers = {
        "reference": next(cell.source for cell in solved.cells if cell.id == "p1-double"),
        "mutant": next(folder.glob(f"tests/mutants/{SLUG}/p1-double/*.py")).read_text(encoding="utf-8"),
        "variant": next(folder.glob(f"tests/variants/{SLUG}/p1-double/*.py")).read_text(encoding="utf-8"),
        "untouched": next(
            cell.source for cell in nbformat.read(release, as_version=4).cells if cell.id == "p1-double"
        ),
    }
    for student, source in answers.items():
        notebook = nbformat.read(release, as_version=4)
        next(cell for cell in notebook.cells if cell.id == "p1-double").source = source
        place = folder / "submitted" / student / SLUG / release.name
        place.parent.mkdir(parents=True)
        nbformat.write(notebook, place)
    done = with_new.autograder("grade", SLUG, "--submitted", "submitted", "--output", "graded")
    assert done.returncode == 0, done.stdout + done.stderr
    with (folder / "graded/grades.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"mutant": 0, "reference": 100, "untouched": 0, "variant": 100}
