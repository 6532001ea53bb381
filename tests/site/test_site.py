"""The built site as files: complete, self-contained, and the same each time."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

CHAPTER = "book/convolution.html"
EXERCISE = "exercises/convolution/convolution.html"
ADDRESS = "https://github.com/some-owner/some-course"
NOT_CONTENT = (".venv", "node_modules", "_build", ".git", ".pytest_cache", "__pycache__", "*.egg-info")


def build(checkout: Path, output: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Build the site of a checkout as `make book` does, with no other address than the one given."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("BOOK_REPOSITORY_URL", "GITHUB_REPOSITORY")}
    jupyter_book = Path(sys.executable).parent / "jupyter-book"
    options = ["--quiet", "--warningiserror", "--nitpick", "--keep-going", "--path-output", output]
    return subprocess.run(
        [jupyter_book, "build", *options, checkout],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def built(checkout: Path, output: Path, **environment: str) -> Path:
    result = build(checkout, output, **environment)
    assert result.returncode == 0, result.stdout + result.stderr
    return output / "_build" / "html"


@pytest.fixture(scope="module")
def checkout(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the site is built from, so that builds never meet the real output."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in (
        "_config.yml",
        "_toc.yml",
        "CONTRIBUTING.md",
        "book",
        "exercises",
        "cnnlib",
        "pyproject.toml",
    ):
        source = repository / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns(*NOT_CONTENT))
        else:
            shutil.copy(source, copy / name)
    (copy / "node_modules").symlink_to(repository / "node_modules")
    return copy


@pytest.fixture(scope="module")
def no_address(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site built with no repository's address known."""
    return built(checkout, tmp_path_factory.mktemp("no-address"))


@pytest.fixture(scope="module")
def with_address(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site built with a repository's address."""
    return built(checkout, tmp_path_factory.mktemp("with-address"), BOOK_REPOSITORY_URL=ADDRESS)


def parsed(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


@cache
def pages(site: Path) -> dict[str, BeautifulSoup]:
    """Every page of a site, parsed once: it takes ten seconds. Nobody may change them."""
    found = sorted(site.rglob("*.html"))
    assert len(found) >= 10, "the site has fewer pages than its table of contents"
    return {page.relative_to(site).as_posix(): parsed(page) for page in found}


def broken_links(site: Path) -> list[str]:
    """Return every link to a file or an anchor that does not exist in the site."""
    soups = pages(site)
    anchors = {name: {tag["id"] for tag in soup.find_all(id=True)} for name, soup in soups.items()}
    broken = []
    for name, soup in soups.items():
        for tag in soup.find_all(["a", "link", "script", "img", "source", "form", "iframe"]):
            target = tag.get("href") or tag.get("src") or tag.get("action")
            if not target:
                continue
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            path = ((site / name).parent / unquote(parts.path)).resolve() if parts.path else site / name
            if not path.is_file():
                broken.append(f"{name}: {target}")
                continue
            linked = path.relative_to(site.resolve()).as_posix() if parts.path else name
            if parts.fragment and linked in anchors and unquote(parts.fragment) not in anchors[linked]:
                broken.append(f"{name}: {target} (no such anchor)")
    return broken


def test_every_page_in_the_table_of_contents_is_built(site: Path, repository: Path) -> None:
    toc = (repository / "_toc.yml").read_text(encoding="utf-8")
    files = re.findall(r"(?:root|file): (\S+)", toc)
    assert "book/convolution" in files
    assert [file for file in files if not (site / f"{file}.html").is_file()] == []


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    loaded = []
    for name, soup in pages(site).items():
        for tag in soup.find_all(True):
            for attribute in ("src", "srcset", "data", "poster", "action"):
                if re.match(r"(https?:)?//", str(tag.get(attribute, ""))):
                    loaded.append(f"{name}: {tag.name} {tag[attribute]}")
            loads = tag.name == "link" and "canonical" not in tag.get("rel", [])
            if loads and re.match(r"(https?:)?//", tag.get("href", "")):
                loaded.append(f"{name}: link {tag['href']}")
        loaded += [f"{name}: {url}" for url in re.findall(r"url\(\s*['\"]?(?:https?:)?//[^)]*", str(soup))]
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        loaded += [f"{style.name}: {url}" for url in re.findall(r"url\(\s*['\"]?(?:https?:)?//[^)]*", text)]
        loaded += [f"{style.name}: {rule}" for rule in re.findall(r"@import[^;]*//[^;]*", text)]
    assert loaded == []


def test_formulas_are_set_without_a_script(site: Path) -> None:
    soups = pages(site)
    assert [name for name, soup in soups.items() if "mathjax" in str(soup.find_all("script")).lower()] == []
    formulas = soups[CHAPTER].select(".math")
    assert formulas
    assert [str(formula) for formula in formulas if not formula.select(".katex math")] == []


def test_only_fonts_that_browsers_read_are_shipped(site: Path) -> None:
    style = (site / "_static/katex/katex.css").read_text(encoding="utf-8")
    fonts = re.findall(r"url\(([^)]*)\)", style)
    assert len(fonts) == 20
    assert [font for font in fonts if not (site / "_static/katex" / font).is_file()] == []
    assert not [
        *site.rglob("*.ttf"),
        *site.rglob("*.woff"),
        *site.rglob("*.map"),
        *site.rglob("fontawesome.js"),
    ]


def test_every_image_says_what_it_shows(site: Path) -> None:
    images = [(name, image) for name, soup in pages(site).items() for image in soup.find_all("img")]
    assert any(name == CHAPTER for name, _ in images)
    assert [(name, image["src"]) for name, image in images if len(image.get("alt", "").split()) < 2] == []


def test_every_page_has_a_language_a_title_and_a_description(site: Path) -> None:
    descriptions = {}
    for name, soup in pages(site).items():
        assert soup.html["lang"] == "en", name
        assert soup.title.get_text(strip=True), name
        found = soup.find_all("meta", attrs={"name": "description"})
        assert len(found) == 1, f"{name} has {len(found)} descriptions"
        descriptions[name] = found[0]["content"]
    assert [name for name, text in descriptions.items() if not 20 <= len(text) <= 220] == []


def test_headings_are_in_order(site: Path) -> None:
    problems = []
    for name, soup in pages(site).items():
        headings = soup.find_all(re.compile(r"^h[1-6]$"))
        levels = [int(head.name[1]) for head in headings if not head.find_parent(class_="onlyprint")]
        if levels.count(1) != 1 or levels[0] != 1:
            problems.append(f"{name}: headings {levels}, but one h1 must come first")
        skipped = [(a, b) for a, b in itertools.pairwise(levels) if b > a + 1]
        problems += [f"{name}: h{a} is followed by h{b}" for a, b in skipped]
    assert problems == []


def test_every_internal_link_leads_somewhere(site: Path) -> None:
    assert broken_links(site) == []


def test_no_solution_is_published(site: Path, repository: Path) -> None:
    marker = re.compile(r"canary-[0-9a-f]{8}")
    markers = {
        found
        for notebook in (repository / "solutions").rglob("*.ipynb")
        for found in marker.findall(notebook.read_text(encoding="utf-8"))
    }
    assert markers, "no marker in solutions/, so this test would prove nothing"
    leaks = []
    for file in site.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            leaks += [f"{file.relative_to(site)}: {found}" for found in markers if found.encode() in content]
    assert leaks == []


def test_without_an_address_there_is_no_link_to_a_repository(no_address: Path) -> None:
    text = "".join(str(soup.select(".article-header-buttons")) for soup in pages(no_address).values())
    assert "colab" not in text
    assert "github.com" not in text
    assert not (no_address / "sitemap.xml").exists()
    assert broken_links(no_address) == []


@pytest.mark.parametrize("page", [CHAPTER, EXERCISE])
def test_with_an_address_notebooks_open_in_colab_from_the_student_branch(
    with_address: Path, page: str
) -> None:
    soup = BeautifulSoup((with_address / page).read_text(encoding="utf-8"), "html.parser")
    targets = [link["href"] for link in soup.select(".article-header-buttons a[href]")]
    notebook = page.replace(".html", ".ipynb")
    colab = "https://colab.research.google.com/github/some-owner/some-course/blob/student/"
    assert colab + notebook in targets
    assert ADDRESS in targets


def test_with_an_address_the_site_states_its_own(with_address: Path) -> None:
    base = "https://some-owner.github.io/some-course/"
    sitemap = ElementTree.parse(with_address / "sitemap.xml")
    listed = {loc.text for loc in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert {base + CHAPTER, base + EXERCISE, base + "book/intro.html"} <= listed
    soup = parsed(with_address / CHAPTER)
    assert soup.find("link", rel="canonical")["href"] == base + CHAPTER
    assert soup.find("meta", property="og:url")["content"] == base + CHAPTER
    assert broken_links(with_address) == []


def test_building_again_changes_nothing_and_repairs_a_half_written_page(
    checkout: Path, no_address: Path
) -> None:
    def files() -> dict[str, bytes]:
        found = (file for file in no_address.rglob("*") if file.is_file() and file.name != ".buildinfo")
        return {file.relative_to(no_address).as_posix(): file.read_bytes() for file in found}

    before = files()
    page = no_address / CHAPTER
    page.write_bytes(page.read_bytes()[:5000])  # as an interrupted build leaves it
    built(checkout, no_address.parent.parent)
    after = files()
    assert after.keys() == before.keys()
    assert [name for name in before if before[name] != after[name]] == []


def test_bad_tex_stops_the_build_and_names_page_and_formula(checkout: Path, tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    shutil.copytree(checkout, copy, symlinks=True)
    (copy / "_toc.yml").write_text("format: jb-book\nroot: book/glossary\n", encoding="utf-8")
    (copy / "book/glossary.md").write_text(
        "# Glossary\n\nA formula that is right, $x$, and one that is not, $\\fraction{1}{2}$.\n",
        encoding="utf-8",
    )
    result = build(copy, tmp_path / "output")
    assert result.returncode != 0
    output = result.stdout + result.stderr
    assert "bad TeX on page book/glossary: Undefined control sequence: \\fraction" in output
    assert output.count("bad TeX") == 1


def test_the_search_index_knows_every_page(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    documents = json.loads(re.search(r'"docnames":\s*(\[.*?\])', index)[1])
    assert {"book/convolution", "exercises/convolution/convolution", "book/glossary"} <= set(documents)
