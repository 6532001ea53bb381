"""The leak gate: no solution and no hidden test leaves this repository on any way to a student."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import tiny_assignment as tiny

from autograder.grade import grade
from autograder.releasing.leaks import MARKER, REGIONS, leaks, secrets
from autograder.releasing.release import release
from autograder.releasing.student_branch import assemble


def regions(path: Path) -> Iterator[str]:
    """Yield the text of every solution and hidden test in a notebook."""
    for cell in nbformat.read(path, 4).cells:
        for begin, end in REGIONS.items():
            yield from re.findall(f"{begin}(.*?){end}", cell.source, re.DOTALL)


@pytest.fixture(scope="module")
def words(repository) -> set[str]:
    return secrets(repository / "solutions")


def test_every_solution_and_hidden_test_carries_a_marker_of_its_own(repository):
    seen = []
    for path in sorted(repository.glob("solutions/*/*.ipynb")):
        for region in regions(path):
            markers = MARKER.findall(region)
            assert markers, f"{path.name}: a region without a marker (canary-<8 hex digits>):\n{region}"
            seen += set(markers)
    assert seen, "there is nothing to guard under solutions/"
    assert len(seen) == len(set(seen)), "a marker stands in two regions"


def test_committed_release_gives_nothing_away(repository, words):
    assert leaks(repository / "exercises", words) == []


def test_student_branch_gives_nothing_away(repository, words, tmp_path):
    assemble(repository / "solutions", tmp_path / "branch", "https://github.com/owner/repo")
    assert leaks(tmp_path / "branch", words) == []
    assert {path.name for path in (tmp_path / "branch").iterdir()} == {
        "LICENSE",
        "README.md",
        "book",
        "cnnlib",
        "exercises",
        "pyproject.toml",
    }


def test_site_gives_nothing_away_in_pages_search_sources_or_downloads(site, words):
    assert (site / "searchindex.js").is_file()
    assert leaks(site, words) == []


def test_chapters_and_package_give_nothing_away(repository, words):
    assert leaks(repository / "book", words) == []
    assert leaks(repository / "cnnlib", words) == []


@pytest.fixture(scope="module")
def feedback(tmp_path_factory) -> Path:
    """Feedback for a wrong answer and for one that pries into the test that calls it."""
    folder = tmp_path_factory.mktemp("feedback")
    source = tiny.write_source(folder / "source")
    release(source, tiny.NAME, folder / "release")
    released = nbformat.read(folder / "release" / tiny.NAME / f"{tiny.NAME}.ipynb", 4)
    prying = """\
import inspect

def add(a, b):
    text = inspect.getsource(inspect.currentframe().f_back)
    print(text)
    if a == 40:
        raise ValueError(text)
    return a + b"""
    later = "def negate(a):\n    print(In)\n    return 1"
    tiny.hand_in(folder / "submitted", "wrong", tiny.answer(released, add="def add(a, b):\n    return 3"))
    tiny.hand_in(folder / "submitted", "prying", tiny.answer(released, add=prying, negate=later))
    grade(source, tiny.NAME, folder / "submitted", folder)
    assert secrets(source) == {*tiny.CANARIES, *REGIONS}
    return folder / "feedback"


@pytest.mark.parametrize("student", ["wrong", "prying"])
def test_feedback_gives_nothing_away(feedback, student):
    page = feedback / student / tiny.NAME / f"{tiny.NAME}.html"
    assert "add-hidden" in page.read_text(), "the hidden test is named"
    assert leaks(page.parent, {*tiny.CANARIES, "hidden_number", "negate(-7)"}) == []


def test_gate_finds_a_planted_marker(repository, words, tmp_path):
    solution = sorted(repository.glob("solutions/*/*.ipynb"))[0]
    marker = MARKER.search(solution.read_text())[0]
    (tmp_path / "_sources" / "deep").mkdir(parents=True)
    (tmp_path / "searchindex.js").write_text(json.dumps({"terms": {marker: 3}}))
    (tmp_path / "_sources" / "deep" / solution.name).write_bytes(solution.read_bytes())
    found = leaks(tmp_path, words)
    assert f"searchindex.js: {marker}" in found
    assert f"_sources/deep/{solution.name}: BEGIN SOLUTION" in found
    assert f"_sources/deep/{solution.name}: BEGIN HIDDEN TESTS" in found
