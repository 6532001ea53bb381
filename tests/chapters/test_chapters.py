"""The chapters as stored: executed, complete, true to their numbers, readable without their pictures."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))

SECTIONS = ["Common misconceptions", "Check yourself", "Recap", "Exercise", "Further reading"]
# Numbers in the text that follow from others by the arithmetic on the right.
DERIVED = {
    "convolution": [32 * 32, 32 * 32 + 1, 32 * 32 * 30 * 30, 1024 * 1024],
}
NUMBER = r"(?<![\w.])\d{1,3}(?:,\d{3})+|(?<![\w.])\d+\.\d+"


def cells(chapter: Path, kind: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(chapter, as_version=4).cells if cell.cell_type == kind]


def outputs(cell: nbformat.NotebookNode, kind: str) -> list[str]:
    """The cell's outputs of one MIME type."""
    return ["".join(output.data[kind]) for output in cell.outputs if kind in output.get("data", {})]


def markdown(chapter: Path) -> str:
    return "\n\n".join(cell.source for cell in cells(chapter, "markdown"))


def prose(chapter: Path) -> str:
    """The text as read: without formulas, code, tags, figures' fallbacks, citations and link targets."""
    text = markdown(chapter)
    text = re.sub(r'<div class="cnn-widget".*?</div>', " ", text, flags=re.S)
    text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|\{cite[:a-z]*\}`[^`]*`|`[^`]*`|<[^>]*>", " ", text, flags=re.S)
    return re.sub(r"\]\([^)]*\)", "] ", text)


def printed(chapter: Path) -> str:
    return "\n".join(o.text for c in cells(chapter, "code") for o in c.outputs if o.output_type == "stream")


def draws(source: str) -> bool:
    """Whether a code cell makes a figure."""
    return bool(re.search(r"plt\.subplots\(|plt\.figure\(|cnnlib\.show\.(?!style\b)", source))


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request) -> Path:
    return request.param


def test_there_is_a_chapter():
    assert CHAPTERS


def test_every_code_cell_is_stored_executed_without_error_or_warning(chapter):
    for count, cell in enumerate(cells(chapter, "code"), start=1):
        assert cell.execution_count == count, f"{cell.id}: run `make execute`"
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", f"{cell.id} writes to stderr: {output.text}"


def test_no_output_depends_on_the_machine(chapter):
    for cell in cells(chapter, "code"):
        for output in cell.outputs:
            text = output.get("text", "") + "".join(output.get("data", {}).get("text/plain", ""))
            assert not re.search(r"0x[0-9a-f]{6,}|/(home|tmp|root|usr|Users)/", text), f"{cell.id}: {text}"


def test_cells_have_readable_names_and_at_most_15_lines(chapter):
    for cell in nbformat.read(chapter, as_version=4).cells:
        assert re.fullmatch(r"[a-z][a-z0-9-]+", cell.id), cell.id
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 15, cell.id


def test_every_figure_is_stored_with_an_alt_text_and_a_caption(chapter):
    drawn = [cell for cell in cells(chapter, "code") if draws(cell.source)]
    assert drawn
    for cell in drawn:
        # The site shows the SVG; Jupyter, Colab and GitHub do not trust one and show the PNG.
        figures = [len(outputs(cell, kind)) for kind in ("image/svg+xml", "image/png")]
        assert figures == [1, 1], f"{cell.id} stores {figures} figures"
        options = cell.metadata.get("mystnb", {})
        alt = options.get("image", {}).get("alt", "")
        assert len(alt.split()) >= 10, f"{cell.id}: the alt text must say what the figure shows"
        assert not re.match(r"(a |the )?(figure|picture|image|plot|graph) (of|showing)", alt.lower()), cell.id
        assert options["image"].get("classes") == "dark-light", cell.id
        assert len(options.get("figure", {}).get("caption", "").split()) >= 8, cell.id
        assert options["figure"].get("name"), cell.id


def test_a_picture_comes_only_from_a_cell_that_draws(chapter):
    for cell in cells(chapter, "code"):
        if not draws(cell.source):
            assert not outputs(cell, "image/svg+xml") + outputs(cell, "image/png"), cell.id


def test_figures_are_transparent_and_at_most_6_inches_wide(chapter):
    for cell in cells(chapter, "code"):
        for svg in outputs(cell, "image/svg+xml"):
            width = float(re.search(r'<svg[^>]*\bwidth="([\d.]+)pt"', svg)[1])
            assert width <= 6 * 72, f"{cell.id} is {width / 72:.1f} in wide"
            background = re.search(r'id="patch_1">.*?style="([^"]*)"', svg, re.S)[1]
            assert "fill: none" in background or "opacity: 0" in background, f"{cell.id}: {background}"


def test_the_sections_are_there_in_order(chapter):
    headings = re.findall(r"^## (.+)$", markdown(chapter), re.M)
    assert headings[-len(SECTIONS) :] == SECTIONS
    assert any(heading.startswith("The measured claim") for heading in headings)
    opening = cells(chapter, "markdown")[0].source
    for part in ("# ", "By the end you can", "**Builds on**", "**Time:**"):
        assert part in opening, part
    recap = re.search(r"^## Recap\n(.*?)^## ", markdown(chapter), re.M | re.S)[1]
    assert len(re.findall(r"^- ", recap, re.M)) <= 5


def test_the_length_is_within_bounds(chapter):
    words = len(re.findall(r"[A-Za-z][A-Za-z'-]*", prose(chapter)))
    assert 1500 <= words <= 3500, words


def test_questions_can_be_answered_without_javascript(chapter):
    section = re.search(r"^## Check yourself\n(.*?)^## Recap", markdown(chapter), re.M | re.S)[1]
    answers = re.findall(r"<details>\n<summary>Answer</summary>\n\n(.+?)\n\n</details>", section, re.S)
    assert 3 <= len(answers) <= 5
    assert len(answers) == len(re.findall(r"^\*\*\d\.\*\*", section, re.M))


def test_every_misconception_is_disproved_by_a_cell(chapter):
    notebook = nbformat.read(chapter, as_version=4).cells
    start = next(i for i, cell in enumerate(notebook) if "## Common misconceptions" in cell.source)
    stop = next(i for i, cell in enumerate(notebook) if "## Check yourself" in cell.source)
    for claim, answer in zip(notebook[start:stop:2], notebook[start + 1 : stop : 2], strict=True):
        assert re.search(r'^\*\*"', claim.source, re.M), f"{claim.id} quotes no misconception"
        assert answer.cell_type == "code", answer.id
        assert answer.outputs, answer.id


def test_every_measured_number_in_the_text_was_printed_by_a_cell_or_has_a_source(chapter):
    known = set(re.findall(r"\d[\d,]*(?:\.\d+)?", printed(chapter)))
    code = "\n".join(cell.source for cell in cells(chapter, "code"))
    literals = {
        f"{n.value:,}"
        for n in ast.walk(ast.parse(code))
        if isinstance(n, ast.Constant) and type(n.value) is int
    }
    captions = " ".join(
        c.metadata.get("mystnb", {}).get("figure", {}).get("caption", "") for c in cells(chapter, "code")
    )
    derived = {f"{value:,}" for value in DERIVED.get(chapter.stem, [])}
    sentences = re.split(r"(?<=[.!?])\s+|\n\n", markdown(chapter))
    sourced = {n for sentence in sentences if "{cite" in sentence for n in re.findall(NUMBER, sentence)}
    for number in re.findall(NUMBER, prose(chapter) + captions):
        assert number in known | literals | derived | sourced, (
            f"{number} stands in the text, but no cell prints it and its sentence cites no source"
        )


def test_no_image_comes_from_elsewhere(chapter):
    assert not re.search(r"!\[[^\]]*\]\(\s*https?:|<(iframe|script|video)\b", markdown(chapter))
    sources = re.findall(r"<img[^>]*\bsrc=\"([^\"]{,20})", markdown(chapter))
    assert all(source.startswith("data:image/") for source in sources), sources


def test_every_citation_is_in_the_bibliography_and_every_entry_can_be_found():
    bib = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    entries = dict(re.findall(r"^@\w+\{([^,]+),\n(.*?)^\}", bib, re.M | re.S))
    text = "".join(markdown(chapter) for chapter in CHAPTERS)
    text += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "book").glob("*.md"))
    cited = {key.strip() for keys in re.findall(r"\{cite[:a-z]*\}`([^`]+)`", text) for key in keys.split(",")}
    assert cited <= entries.keys(), cited - entries.keys()
    assert entries.keys() <= cited, f"never cited: {entries.keys() - cited}"
    for key, fields in entries.items():
        for field in ("author", "title", "year"):
            assert re.search(rf"^\s*{field}\s*=", fields, re.M), f"{key} has no {field}"
        assert re.search(r"^\s*(doi|eprint|url)\s*=", fields, re.M), (
            f"{key} has neither DOI, arXiv number nor address"
        )


def test_every_term_a_chapter_defines_is_in_the_glossary(chapter):
    glossary = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
    entries = re.findall(r"^(\S.*)\n  \S", glossary.split(":::{glossary}")[1], re.M)
    assert entries == sorted(entries, key=str.lower), "the glossary is not in order"
    body = "\n".join(c.source for c in cells(chapter, "markdown")[1:])
    terms = re.findall(r"(?<!\*)\*\*([A-Za-z0-9][^*\n.:,]*)\*\*", body)
    defined = {term.lower() for term in terms if not term.isdigit()}
    assert defined
    known = {entry.lower() for entry in entries}
    assert defined <= known | {entry + "s" for entry in known}, defined - known


def test_every_listed_misconception_points_at_a_section_with_a_cell():
    """Headings become anchors as GitHub makes them; the site build checks the same links."""
    listed = (ROOT / "book" / "misconceptions.md").read_text(encoding="utf-8")
    items = re.findall(r"^- \*\*.*?(?=^- |^## |\Z)", listed, re.M | re.S)
    assert len(items) >= 10
    for item in items:
        name, anchor = re.search(r"\]\(([\w]+\.ipynb)#([\w-]+)\)", item).groups()
        anchors, current = {}, ""
        for cell in nbformat.read(ROOT / "book" / name, as_version=4).cells:
            for heading in (
                re.findall(r"^##+ (.+)$", cell.source, re.M) if cell.cell_type == "markdown" else []
            ):
                current = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
                anchors[current] = False
            anchors[current] = anchors.get(current, False) or cell.cell_type == "code"
        assert anchors.get(anchor), f"{name}#{anchor} has no cell"
