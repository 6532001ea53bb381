"""Reads a notebook from whatever bytes a student handed in; the result is plain, small and safe to handle.

Nothing here validates against nbformat's schema: that takes seconds on a large notebook and stops at the
first odd cell, where this reads what can be read and says what could not.
"""

import base64
import json
import re
from itertools import islice
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

LARGEST = 20_000_000  # bytes; a notebook of this course is a hundred times smaller
MOST_CELLS = 5_000
# Media types, and how the content begins.
PICTURES = {
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}
SUFFIXES = (".ipynb", ".ipynb.txt", ".ipynb.json")  # browsers add the last two on saving
# A later copy: "x (1).ipynb" from a browser, "x-Copy1.ipynb" from Jupyter, "x-1.ipynb" from Canvas.
COPY = re.compile(r"(?: ?\((\d+)\)|-Copy(\d+)|-(\d+))$")
# Copies as systems and clouds name them: "x - Copy (2)", "x copy 3", "Kopie von x"; also Jupyter's own.
COPY_WORD = "copy|copie|copia|cópia|kopie|kopia|kopi|kopio|kopija|копия|副本|コピー"
COPY_BEHIND = re.compile(rf"[ _-]+\(?(?:{COPY_WORD})\)?(?:[ _-]?\(?(\d+)\)?)?$", re.I)
COPY_BEFORE = re.compile(rf"^(?:{COPY_WORD})(?: \((\d+)\))? (?:of|von|de|di|van|av|af)? ?", re.I)
CHECKPOINT = re.compile(r"-checkpoint$")

HAND_IN = "hand in the notebook itself, the .ipynb file"
# How files begin that are handed in by mistake.
BEGINNINGS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a compressed archive",
    b"7z\xbc\xaf": "a compressed archive",
    b"Rar!": "a compressed archive",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"{\\rtf": "a text document",
}
ENCODINGS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
WEB_PAGE = re.compile(r"\s*<(!doctype|html|head|\?xml)", re.I)
SCRIPT_CELL = re.compile(r"^# (?:%%(?P<kind>[^\n]*)|In ?\[[ \d]*\]:?[^\n]*)\n?", re.M)
CELLS = re.compile(r'"cells"\s*:\s*\[')
SPACE = re.compile(r"[\s,]*")


class UnreadableError(Exception):
    """A submission that is not a notebook; the message says why in words for student and instructor."""


def original(stem: str) -> tuple[str, int]:
    """Return the name that a copy's name is made of, and the copy's number: the higher, the later."""
    number = 0
    for _ in range(3):  # "x (1) - Copy"
        if found := CHECKPOINT.search(stem):
            number -= 1
        elif found := COPY.search(stem):
            number += int(next(filter(None, found.groups()))[:9])
        elif found := COPY_BEHIND.search(stem) or COPY_BEFORE.search(stem):
            number += int((found[1] or "1")[:9])
        else:
            break
        rest = stem[: found.start()] + stem[found.end() :]
        if not rest:
            break
        stem = rest
    return stem, number


def read_submission(path: Path) -> tuple[NotebookNode, list[str]]:
    """Read a notebook of any version, encoding and editor.

    Returns
    -------
    notebook : NotebookNode
        nbformat 4.5 with unique ids. Cells have a type (code, markdown, raw), a text, and of their metadata
        what tells where they belong (`nbgrader.grade_id`, Colab's `id`); outputs are dropped.
    notes : list of str
        What was repaired, one sentence each.

    Raises
    ------
    UnreadableError
        With one sentence, if no cell can be read.
    """
    name = path.name
    if not path.is_file():
        raise UnreadableError(f"{name} is a folder, not a notebook; {HAND_IN}")
    if path.stat().st_size > LARGEST:
        raise UnreadableError(f"{name} is larger than {LARGEST // 1_000_000} MB; clear its outputs first")
    data = path.read_bytes()
    if not data.strip():
        raise UnreadableError(f"{name} is empty")
    for beginning, what in BEGINNINGS.items():
        if data.startswith(beginning):
            raise UnreadableError(f"{name} is {what}, not a notebook; {HAND_IN}")
    text, notes = decode(data)
    content = parse(text, name, notes)
    cells, odd = plain_cells(content, name)
    if odd:
        notes.append(f"{odd} entries of the file are not cells and were left out.")
    if "\ufffd" not in text and any("\ufffd" in cell.source for cell in cells):
        notes.append("Some characters were damaged and are replaced by \ufffd.")
    return NotebookNode(cells=cells, metadata=NotebookNode(), nbformat=4, nbformat_minor=5), notes


def decode(data: bytes) -> tuple[str, list[str]]:
    """Decode a file by its byte order mark, as UTF-8, or as what Windows saves."""
    for mark, encoding in ENCODINGS.items():
        if data.startswith(mark):
            return data.decode(encoding, "replace").removeprefix("\ufeff"), []
    # JSON begins with a character of ASCII, which shows where UTF-16 without a mark has its zeros.
    if data[:4].count(0) == 2 and data[0] != data[1]:
        return data.decode("utf-16-le" if data[1] == 0 else "utf-16-be", "replace"), []
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        note = "The file is not saved as UTF-8 and was read as Windows-1252; letters beyond ASCII may differ."
        return data.decode("cp1252", "replace"), [note]


def parse(text: str, name: str, notes: list[str]) -> dict[str, Any]:
    """Return the notebook's JSON as far as it can be read; what was repaired is added to `notes`."""
    if WEB_PAGE.match(text):
        raise UnreadableError(f"{name} is a web page, not a notebook; {HAND_IN}")
    try:
        content = load(text)
    except ValueError as error:
        content = merged(text, notes) or script(text, notes) or cut_off(text, notes)
        if content is None:
            what = "its JSON is cut off or damaged" if text.lstrip()[:1] == "{" else "it holds other text"
            raise UnreadableError(f"{name} is not a notebook: {what} ({error}); {HAND_IN}") from error
    if not isinstance(content, dict) or not {"cells", "worksheets"} & set(content):
        raise UnreadableError(f"{name} is JSON, but not a notebook; {HAND_IN}")
    return content


def load(text: str) -> Any:
    """Parse JSON; raise `ValueError` with a short message whatever is wrong with it."""
    try:
        # strict=False: a raw line break inside a string is damage that can be read.
        return json.loads(text, strict=False)
    except RecursionError as error:
        raise ValueError("too deeply nested") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from error
    except ValueError as error:
        raise ValueError("a number that is too long") from error


def merged(text: str, notes: list[str]) -> dict[str, Any] | None:
    """Read a file with git's conflict markers: the first of its two versions that is a notebook."""
    if not re.search(r"^<{7}", text, re.M):
        return None
    for kept, which in (("ours", "the first"), ("theirs", "the second")):
        side, lines = "both", []
        for line in text.splitlines():
            if line.startswith("<<<<<<<"):
                side = "ours"
            elif line.startswith("|||||||") and side == "ours":
                side = "base"
            elif line.startswith("=======") and side in ("ours", "base"):
                side = "theirs"
            elif line.startswith(">>>>>>>") and side == "theirs":
                side = "both"
            elif side in ("both", kept):
                lines.append(line)
        try:
            content = load("\n".join(lines))
        except ValueError:
            continue
        notes.append(f"The file holds an unresolved git merge; {which} of the two versions was used.")
        return content
    return None


def script(text: str, notes: list[str]) -> dict[str, Any] | None:
    """Read a notebook that was exported as a Python script with marked cells."""
    marks = (
        [] if text.lstrip()[:1] in ("{", "[") else list(islice(SCRIPT_CELL.finditer(text), MOST_CELLS + 1))
    )
    cells, ends = [], [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=False):
        source = text[mark.end() : end].strip("\n")
        kind = "code"
        if "[markdown]" in (mark["kind"] or ""):
            kind, source = "markdown", re.sub(r"^# ?", "", source, flags=re.M)
        cells.append({"cell_type": kind, "source": source})
    if not cells:
        return None
    notes.append("The file is a Python script; its marked cells were read as a notebook.")
    return {"cells": cells}


def cut_off(text: str, notes: list[str]) -> dict[str, Any] | None:
    """Read the whole cells that stand before the place where the JSON is damaged."""
    start = CELLS.search(text)
    if not start:
        return None
    decoder, position, cells = json.JSONDecoder(strict=False), start.end(), []
    while len(cells) <= MOST_CELLS:
        position = SPACE.match(text, position).end()
        try:
            cell, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        cells.append(cell)
    if not cells:
        return None
    many = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
    notes.append(f"The file is damaged behind its first {many}; what follows could not be read.")
    return {"cells": cells}


def plain_cells(content: dict[str, Any], name: str = "the notebook") -> tuple[list[NotebookNode], int]:
    """Return a notebook's cells in plain form (see `read_submission`) and how many entries are no cells.

    Versions 2 and 3 keep cells in worksheets and code in `input`, version 1 in `code`.
    """
    sheets = content["worksheets"] if "cells" not in content and "worksheets" in content else [content]
    sheets = [sheet for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
    lists = [sheet["cells"] for sheet in sheets if isinstance(sheet.get("cells"), list)]
    if not lists:
        raise UnreadableError(f"{name} is not a valid notebook: it has no list of cells")
    found = [cell for cells in lists for cell in cells]
    if len(found) > MOST_CELLS:
        raise UnreadableError(f"{name} has {len(found)} cells; at most {MOST_CELLS} are read")
    cells, ids = [], set()
    for index, entry in enumerate(found):
        if not isinstance(entry, dict):
            continue
        cell = plain_cell(entry)
        if cell.id is None or cell.id in ids:
            cell.id = f"unnamed-{index}"
            while cell.id in ids:
                cell.id += "-"
        ids.add(cell.id)
        cells.append(cell)
    return cells, len(found) - len(cells)


def plain_cell(entry: dict[str, Any]) -> NotebookNode:
    """Return one cell in plain form; its id is None if it has none that is valid."""
    kind = entry.get("cell_type")
    kind = kind if kind in ("code", "markdown", "raw") else "markdown"
    source = next((entry[field] for field in ("source", "input", "code") if entry.get(field)), "")
    given = entry.get("metadata")
    given = given if isinstance(given, dict) else {}
    metadata = NotebookNode()
    nbgrader = given.get("nbgrader")
    if isinstance(nbgrader, dict) and isinstance(nbgrader.get("grade_id"), str):
        metadata.nbgrader = NotebookNode(grade_id=nbgrader["grade_id"])
    # Colab keeps the id that a cell had in its metadata.
    number = next((i for i in (entry.get("id"), given.get("id")) if is_id(i)), None)
    cell = NotebookNode(cell_type=kind, id=number, metadata=metadata, source=plain_text(source))
    if kind == "code":
        cell.update(outputs=[], execution_count=None)
    else:
        cell.update(pictures(entry.get("attachments")))
    return cell


def plain_text(source: Any) -> str:
    """Join a cell's lines into a text that every encoding can write, with plain line ends."""
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    if not source.isascii():
        # Half of a surrogate pair is no character.
        source = source.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source


def is_id(value: Any) -> bool:
    """Return whether nbformat takes `value` for a cell's id."""
    return isinstance(value, str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", value) is not None


def pictures(attachments: Any) -> dict[str, Any]:
    """Return what are pictures among the attachments of a written answer, as a cell has them."""
    kept = {
        name: NotebookNode({kind: text for kind, text in bundle.items() if is_picture(kind, text)})
        for name, bundle in (attachments.items() if isinstance(attachments, dict) else ())
        if isinstance(bundle, dict)
    }
    kept = NotebookNode({name: bundle for name, bundle in kept.items() if bundle})
    return {"attachments": kept} if kept else {}


def is_picture(kind: Any, text: Any) -> bool:
    """Return whether this is a picture in base64, of a kind that runs no code; SVG may."""
    start = PICTURES.get(kind)
    if start is None or not isinstance(text, str):
        return False
    try:
        return base64.b64decode("".join(text.split()), validate=True).startswith(start)
    except ValueError:
        return False
