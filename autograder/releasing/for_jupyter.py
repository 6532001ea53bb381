"""Turns a page of the book into one that reads well in Jupyter, Colab and on GitHub, which know no MyST."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

CITATION = re.compile(r"\{cite:([pt])\}`([^`]+)`")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#{1,6}) (.+)$", re.M)
GLOSSARY = re.compile(r"^:::\{glossary\}\n(.*?)^:::$", re.M | re.S)
FOLDED = "hide-output"  # Jupyter does not fold what a prediction is about
MOST_NAMED = 2  # authors; more are "and others"


def read_references(path: Path) -> dict[str, tuple[str, str]]:
    """Return author and year, and the address, of each entry of a bibliography."""
    from pybtex.database import parse_file

    found = {}
    for key, entry in parse_file(path).entries.items():
        people = [" ".join(person.prelast_names + person.last_names) for person in entry.persons["author"]]
        people = [name.strip("{}") for name in people]
        names = " and ".join(people) if len(people) <= MOST_NAMED else f"{people[0]} and others"
        if "doi" in entry.fields:
            address = f"https://doi.org/{entry.fields['doi']}"
        elif "eprint" in entry.fields:
            address = f"https://arxiv.org/abs/{entry.fields['eprint']}"
        else:
            address = entry.fields.get("url", "")
        found[key] = f"{names} {entry.fields['year']}", address
    return found


def convert(notebook: NotebookNode, references: Mapping[str, tuple[str, str]], present: set[str]) -> None:
    """Rewrite a chapter's cells in place.

    Parameters
    ----------
    notebook : NotebookNode
    references : dict
        As from `read_references`.
    present : set of str
        The pages beside the chapter, such as "glossary.md"; a link to another page becomes plain text.
    """
    targets = {
        address.partition("#")[2]
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for _, address in LINK.findall(cell.source)
        if address.startswith("#")
    }
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            cell.source = text(cell.source, references, present, targets)
            continue
        if FOLDED in cell.metadata.get("tags", []):
            cell.outputs = []
        caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption")
        if caption:
            words = text(caption, references, present, targets)
            cells.append(new_markdown_cell(f"*{words.strip()}*", id=f"{cell.id}-caption"))
    notebook.cells = cells


def text(source: str, references: Mapping[str, tuple[str, str]], present: set[str], targets: set[str]) -> str:
    """Return Markdown without what only the site understands."""

    def cite(match: re.Match) -> str:
        links = []
        for key in match[2].split(","):
            words, address = references[key.strip()]
            links.append(f"[{words}]({address})" if address else words)
        return "; ".join(links) if match[1] == "t" else f"({'; '.join(links)})"

    def link(match: re.Match) -> str:
        words, address = match.groups()
        page = address.partition("#")[0]
        gone = page and "://" not in page and not page.startswith("../") and page not in present
        return words if gone else match[0]

    def heading(match: re.Match) -> str:
        # Jupyter, Colab and GitHub each name headings in their own way; an anchor has one name.
        name = anchor(match[2])
        return f'<a id="{name}" name="{name}"></a>\n\n{match[0]}' if name in targets else match[0]

    return HEADING.sub(heading, LINK.sub(link, CITATION.sub(cite, source)))


def anchor(heading: str) -> str:
    """Return the name that the site gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def glossary(source: str) -> str:
    """Return the glossary's page with its terms in bold instead of in a directive."""

    def entries(match: re.Match) -> str:
        lines = []
        for line in match[1].splitlines():
            if not line.strip():
                lines.append("")
            elif line.startswith("  "):
                lines.append(line.strip())
            else:
                lines.append(f"**{line.strip()}** ")
        return re.sub(r"\*\* \n", "** — ", "\n".join(lines))

    return GLOSSARY.sub(entries, source)
