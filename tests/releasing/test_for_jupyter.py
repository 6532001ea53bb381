"""The chapters on the student branch: readable in Jupyter and Colab, which know nothing of the site."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.releasing import for_jupyter
from autograder.releasing.student_branch import assemble

REFERENCES = {"he2016": ("He and others 2016", "https://doi.org/10.1/x"), "lin2014": ("Lin 2014", "")}


def converted(source):
    notebook = new_notebook(cells=[new_markdown_cell(source, id="one")])
    for_jupyter.convert(notebook, REFERENCES, {"pooling.ipynb", "glossary.md"})
    return notebook.cells[0].source


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{cite:t}`he2016` say", "[He and others 2016](https://doi.org/10.1/x) say"),
        ("so {cite:p}`he2016, lin2014`.", "so ([He and others 2016](https://doi.org/10.1/x); Lin 2014)."),
        ("[the board](leaderboard.md) and [terms](glossary.md)", "the board and [terms](glossary.md)"),
        (
            "[there](pooling.ipynb#where), [far](https://a.b)",
            "[there](pooling.ipynb#where), [far](https://a.b)",
        ),
    ],
)
def test_citations_and_links_become_ordinary_markdown(source, result):
    assert converted(source) == result


def test_a_heading_that_is_linked_to_gets_an_anchor():
    text = converted("[below](#two-3--3-or-one-5--5)\n\n## Two 3 × 3 or one 5 × 5?\n\n## Another")
    assert '<a id="two-3--3-or-one-5--5" name="two-3--3-or-one-5--5"></a>\n\n## Two 3 × 3' in text
    assert text.count("<a id=") == 1


def test_a_caption_stays_as_text_and_a_folded_output_goes():
    figure = {"mystnb": {"figure": {"caption": "What {cite:t}`he2016` saw."}}}
    shown = {"output_type": "stream", "name": "stdout", "text": "3"}
    cells = [
        new_code_cell("draw()", id="draw", metadata=figure, outputs=[dict(shown)]),
        new_code_cell("print(3)", id="answer", metadata={"tags": ["hide-output"]}, outputs=[dict(shown)]),
    ]
    notebook = new_notebook(cells=[nbformat.from_dict(cell) for cell in cells])
    for_jupyter.convert(notebook, REFERENCES, set())
    assert [cell.id for cell in notebook.cells] == ["draw", "draw-caption", "answer"]
    assert notebook.cells[1].source == "*What [He and others 2016](https://doi.org/10.1/x) saw.*"
    assert notebook.cells[0].outputs
    assert not notebook.cells[2].outputs


@pytest.fixture(scope="module")
def branch(tmp_path_factory, repository):
    folder = tmp_path_factory.mktemp("branch") / "student"
    assemble(repository / "solutions", folder, "https://github.com/owner/repo")
    return folder


def pages(branch):
    return [*sorted(branch.glob("book/*.ipynb")), *sorted(branch.glob("exercises/*/*.ipynb"))]


def markdown(path):
    return "\n\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")


def test_no_page_of_the_branch_has_syntax_that_only_the_site_knows(branch):
    for path in pages(branch):
        assert not re.search(r"\{[a-z:]+\}`|^:{3,}\{|^`{3,}\{", markdown(path), re.M), path.name
    assert ":::" not in (branch / "book/glossary.md").read_text(encoding="utf-8")


def test_no_link_of_the_branch_is_dead(branch):
    for path in pages(branch):
        text = markdown(path)
        for words, address in re.findall(r"\[([^\]]+)\]\(([^)\s]+)\)", text):
            if "://" in address:
                continue
            page, _, name = address.partition("#")
            target = (path.parent / page).resolve() if page else path
            assert target.is_file(), f"{path.name}: [{words}]({address})"
            if name and target.suffix == ".ipynb":
                headings = re.findall(r"^#+ (.+)$", markdown(target), re.M)
                assert name in {for_jupyter.anchor(heading) for heading in headings}, (
                    f"{path.name}: {address}"
                )
            if not page:
                assert f'id="{name}"' in text, f"{path.name}: {address}"


def test_every_figure_of_the_branch_has_a_png(branch):
    for path in pages(branch):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                kinds = set(output.get("data", {}))
                assert "image/png" in kinds or "image/svg+xml" not in kinds, f"{path.name}: {cell.id}"


def test_exercises_and_chapters_are_listed_in_the_order_of_the_course(branch):
    text = (branch / "README.md").read_text(encoding="utf-8")
    exercises = re.findall(r"\(exercises/(\w+)/", text)
    assert exercises[:2] == ["convolution", "padding_stride_dilation"]
    assert exercises.index("resnet") < exercises.index("challenge")
    chapters = re.findall(r"\(book/(\w+)\.ipynb\)", text)
    assert chapters[:3] == ["motivation", "convolution", "padding_stride_dilation"]
