"""The page of claims: each measured sentence of the book, with what its cell printed.

A code cell that prints what proves a sentence has in its metadata::

    "claim": {
        "sentence": "what is claimed",
        "against": "what it was compared with, or what would have refuted it",
        "runs": "which seeds or draws the numbers are of",
        "record": "the recorded experiment that the cell shows, if it shows one",
        "cifar10": ["names of the tests that assert it on photographs"]
    }

The last two may be missing. The directive ``claims`` makes the page of them, chapter by chapter.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx_external_toc.parsing import parse_toc_yaml

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"


def chapters() -> Iterator[tuple[str, str, list[NotebookNode]]]:
    """Yield file name, title and the cells with a claim of each chapter, in the order of the book."""
    for page in parse_toc_yaml(ROOT / "_toc.yml"):
        path = ROOT / f"{page}.ipynb"
        if path.parent == BOOK and path.exists():
            cells = nbformat.read(path, 4).cells
            title = cells[0].source.partition("\n")[0].lstrip("# ")
            yield path.stem, title, [cell for cell in cells if "claim" in cell.metadata]


def printed(cell: NotebookNode) -> str:
    """What a cell printed."""
    return "".join(out.text for out in cell.outputs if out.output_type == "stream" and out.name == "stdout")


def running_time(slug: str, claim: dict[str, Any]) -> str:
    """How long the numbers took."""
    if "record" in claim:
        lines = json.loads((ROOT / f"cnnlib/recorded/{claim['record']}.json").read_text())["lines"]
        minutes = sum(line["seconds"] for line in lines) / 60
        return f"{minutes:.0f} minutes on one core for the whole record of {len(lines)} runs"
    seconds = json.loads((BOOK / "_ext" / "executed.json").read_text())[slug]["seconds"]
    return f"at most {seconds} s on one core, in which the whole chapter runs"


def sentence(test: str) -> str:
    """A test's name as words."""
    return test.removeprefix("test_").removeprefix("on_cifar10_").replace("_", " ")


class Claims(SphinxDirective):
    """All claims of the book, a section for each chapter."""

    def run(self) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        self.env.note_dependency(str(BOOK / "_ext" / "executed.json"))
        for slug, title, cells in chapters():
            self.env.note_dependency(str(BOOK / f"{slug}.ipynb"))
            if not cells:
                continue
            section = nodes.section("", nodes.title("", title), ids=[slug], names=[slug])
            for cell in cells:
                section += self.one(slug, cell)
            found.append(section)
        return found

    def one(self, slug: str, cell: NotebookNode) -> list[nodes.Node]:
        """A claim's sentence, what its cell printed, and what else a doubter wants to know."""
        claim = cell.metadata.claim
        lines = {
            "Compared with": claim.against,
            "Runs": claim.runs,
            "Running time": running_time(slug, claim),
        }
        if "cifar10" in claim:
            lines["On CIFAR-10, asserted by a test"] = "; ".join(map(sentence, claim.cifar10))
        items = [
            nodes.list_item("", nodes.paragraph("", "", nodes.strong("", name), nodes.Text(f": {text}")))
            for name, text in lines.items()
        ]
        link = nodes.reference("", "the cell that shows it", refuri=f"{slug}.html#claim-{cell.id}")
        items.append(
            nodes.list_item("", nodes.paragraph("", "", nodes.strong("", "Proof"), nodes.Text(": "), link))
        )
        text = printed(cell).rstrip()
        return [
            nodes.paragraph("", "", nodes.strong("", claim.sentence)),
            nodes.literal_block(text, text, language="none"),
            nodes.bullet_list("", *items),
        ]


def mark_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Give each cell that holds a claim an address."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.parent != BOOK or path.suffix != ".ipynb":
        return
    cells = nbformat.read(path, 4).cells
    for node in doctree.findall(nodes.container):
        if node.get("nb_element") == "cell_code" and "claim" in node["cell_metadata"]:
            node["ids"].append(f"claim-{cells[node['cell_index']].id}")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("claims", Claims)
    app.connect("doctree-read", mark_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
