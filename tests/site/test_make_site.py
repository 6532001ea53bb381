"""`make book` on a small course: builds what changed and nothing else; redirects, terms, solution pages."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import tiny_assignment as tiny
from bs4 import BeautifulSoup

ADDRESS = "https://github.com/some-owner/some-course"
TOC = f"""\
format: jb-book
root: book/start
parts:
  - caption: First
    chapters:
      - file: exercises/{tiny.NAME}/{tiny.NAME}
  - caption: Back matter
    chapters:
      - file: book/api
"""


@pytest.fixture
def course(repository: Path, tmp_path: Path) -> Path:
    """A course of two pages and an exercise, with the real configuration and extensions."""
    ignore = shutil.ignore_patterns("__pycache__", "*.ipynb", "widgets", "leaderboard*")
    for name in ("book/_ext", "book/_static", "book/_templates", "cnnlib"):
        shutil.copytree(repository / name, tmp_path / name, ignore=ignore)
    shutil.copy(repository / "_config.yml", tmp_path)
    (tmp_path / "node_modules").symlink_to(repository / "node_modules")
    (tmp_path / "_toc.yml").write_text(TOC)
    (tmp_path / "book/references.bib").write_text("")
    (tmp_path / "book/start.md").write_text("# Start\n\nThe first page, with $x$.\n")
    (tmp_path / "book/api.md").write_text(
        "# Package\n\n```{eval-rst}\n.. autofunction:: cnnlib.arithmetic.conv_output_size\n```\n"
    )
    tiny.write_source(tmp_path / "solutions")
    exercise = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Adding: exercise")])
    (tmp_path / "exercises" / tiny.NAME).mkdir(parents=True)
    nbformat.write(exercise, tmp_path / "exercises" / tiny.NAME / f"{tiny.NAME}.ipynb")
    return tmp_path


def run(course: Path, *code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script, or `code` in its place, with no other switches than those given."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("BOOK_", "GITHUB_"))
    }
    return subprocess.run(
        [sys.executable, *(code or ["book/_ext/make_site.py"])],
        cwd=course, env=inherited | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def make(course: Path, **environment: str) -> str:
    done = run(course, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def page(course: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((course / "_build/html" / name).read_text(encoding="utf-8"), "html.parser")


def text_of_site(course: Path) -> str:
    return "\n".join(
        file.read_text(encoding="utf-8", errors="replace")
        for file in (course / "_build/html").rglob("*")
        if file.is_file()
    )


def test_a_site_is_built_again_only_when_it_is_not_current(course: Path) -> None:
    assert "is current" not in make(course)
    os.utime(course / "book/start.md")
    assert "is current" in make(course), "nothing but a time has changed"
    page_file = course / "_build/html/book/start.html"
    whole = page_file.read_text()
    page_file.write_text(whole[:1000])
    assert "is current" not in make(course), "a page was damaged"
    assert page_file.read_text() == whole
    (course / "book/start.md").write_text("# Start\n\nAnother first page.\n")
    assert "is current" not in make(course)
    assert "Another first page." in text_of_site(course)


def test_a_failed_build_says_why_and_is_tried_again(course: Path) -> None:
    (course / "book/start.md").write_text("# Start\n\n[](nowhere.md)\n")
    first, second = run(course), run(course)
    assert (first.returncode, second.returncode) == (1, 1)
    assert "nowhere.md" in second.stdout


def test_every_kind_of_source_makes_a_difference(course: Path) -> None:
    def sources(**environment: str) -> str:
        code = "import sys; sys.path.insert(0, 'book/_ext'); import make_site; print(make_site.sources())"
        done = run(course, "-c", code, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    seen = [sources()]
    assert sources() == seen[0]
    names = [
        *("_config.yml", "_toc.yml", "book/start.md", "book/_static/course.css"),
        *("book/_templates/layout.html", "book/_ext/api.py", "cnnlib/train.py"),
        f"exercises/{tiny.NAME}/{tiny.NAME}.ipynb",
    ]
    for name in names:
        with open(course / name, "a") as file:
            file.write("\n")
        seen.append(sources())
    (course / "book/_static/new.css").touch()
    seen += [
        sources(),
        sources(BOOK_REPOSITORY_URL=ADDRESS),
        sources(GITHUB_REPOSITORY="some-owner/some-course"),
    ]
    seen += [sources(BOOK_TERM="2026-fall"), sources(BOOK_SOLUTIONS="1")]
    (course / f"solutions/{tiny.NAME}/{tiny.NAME}.ipynb").touch()
    assert sources() == seen[-5], "solutions are no source of a site without them"
    with open(course / f"solutions/{tiny.NAME}/{tiny.NAME}.ipynb", "a") as file:
        file.write("\n")
    seen.append(sources(BOOK_SOLUTIONS="1"))
    assert len(set(seen)) == len(seen) == len(names) + 7


def test_old_addresses_lead_to_the_new_page(course: Path) -> None:
    config = course / "_config.yml"
    config.write_text(config.read_text().replace("redirects: {}", "redirects: {lessons/one: book/start}"))
    make(course)
    old = page(course, "lessons/one.html")
    assert old.find("meta", attrs={"http-equiv": "refresh"})["content"] == "0; url=../book/start.html"
    assert old.find("a")["href"] == "../book/start.html"
    for wrong in ("book/api: book/start", "lessons/one: lessons/two"):
        config.write_text(config.read_text().replace("lessons/one: book/start", wrong))
        failed = run(course)
        assert failed.returncode == 1
        assert "redirects in _config.yml" in failed.stdout
        config.write_text(config.read_text().replace(wrong, "lessons/one: book/start"))


def test_a_term_has_its_own_address_and_opens_its_own_notebooks(course: Path) -> None:
    make(course, BOOK_REPOSITORY_URL=ADDRESS, BOOK_TERM="2026-fall")
    soup = page(course, f"exercises/{tiny.NAME}/{tiny.NAME}.html")
    name = f"exercises/{tiny.NAME}/{tiny.NAME}"
    address = f"https://some-owner.github.io/some-course/2026-fall/{name}.html"
    assert soup.find("link", rel="canonical")["href"] == address
    assert f"/some-course/blob/student-2026-fall/{name}.ipynb" in str(soup.select(".article-header-buttons"))
    refused = run(course, BOOK_TERM="Fall 2026/x")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "BOOK_TERM" in refused.stderr


def test_solutions_are_published_only_when_asked_for_and_without_tests(course: Path) -> None:
    make(course)
    solution = "return a + b"
    assert solution in json.dumps(tiny.notebook())
    assert solution not in text_of_site(course)
    make(course, BOOK_SOLUTIONS="1")
    text = text_of_site(course)
    assert solution in page(course, f"book/solutions/{tiny.NAME}.html").get_text()
    assert not any(
        marker in text for marker in (*tiny.CANARIES, "BEGIN SOLUTION", "HIDDEN TESTS", "negate(-7)")
    )
    assert not (course / "book/solutions").exists(), "the sources hold no solution afterwards"
    make(course)
    assert solution not in text_of_site(course)
