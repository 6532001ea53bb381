"""What a class is measured against: the course's own trained networks and published results."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from pybtex.database import parse_file
from pybtex.exceptions import PybtexError

from autograder.errors import UserError
from autograder.files import ROOT

DEFAULT = Path(__file__).with_name("references.json")
BIBLIOGRAPHY = ROOT / "book" / "references.bib"


@dataclass(frozen=True)
class Baseline:
    """A network of the course, scored like a submission."""

    name: str
    path: Path
    note: str


@dataclass(frozen=True)
class Published:
    """A result as its authors state it, on the original data.

    Attributes
    ----------
    name, note : str
    key : str
        Its source's, in the book's bibliography.
    source, address : str
        The source in a few words, and where to read it.
    parameters : int
    accuracy : float
        Between 0 and 1.
    images : int
        How many test images it was measured on.
    """

    name: str
    note: str
    key: str
    source: str
    address: str
    parameters: int
    accuracy: float
    images: int


def read_references(path: Path = DEFAULT) -> tuple[list[Baseline], list[Published]]:
    """Read the references: published results, and the folder of the course's networks.

    Raises
    ------
    UserError
        If the file cannot be read, or names a source that is not in the bibliography.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        bibliography = parse_file(str(BIBLIOGRAPHY))
        baselines = [read_baseline(file) for file in sorted((ROOT / content["baselines"]).glob("*.onnx"))]
        published = []
        for each in content["published"]:
            if each["key"] not in bibliography.entries:
                raise UserError(
                    f"{path} names the source {each['key']!r}, which {BIBLIOGRAPHY} does not have."
                )
            source, address = describe(bibliography.entries[each["key"]])
            published.append(Published(**each, source=source, address=address))
    except (OSError, ValueError, KeyError, TypeError, PybtexError) as error:
        raise UserError(f"The references {path} cannot be read: {type(error).__name__}: {error}") from error
    return baselines, published


def read_baseline(path: Path) -> Baseline:
    """Return a network of the course; `NAME.json` beside `NAME.onnx` tells how it was trained."""
    about = path.with_suffix(".json")
    made = json.loads(about.read_text(encoding="utf-8")) if about.is_file() else {}
    told = [f"{made['epochs']} epochs"] if "epochs" in made else []
    told += [f"seed {made['seed']}"] if "seed" in made else []
    return Baseline(path.stem, path, ", ".join(told))


def describe(entry: object) -> tuple[str, str]:
    """Return a source as "Name and Name, 2015" and its address, from its entry in the bibliography."""
    names = [plain(" ".join(person.last_names)) for person in entry.persons["author"]]
    authors = (
        names[0]
        if len(names) == 1
        else f"{names[0]} and {names[1]}"
        if len(names) == 2
        else f"{names[0]} et al."
    )
    fields = entry.fields
    address = fields.get("url") or ""
    if not address and "doi" in fields:
        address = f"https://doi.org/{fields['doi']}"
    if not address and "eprint" in fields:
        address = f"https://arxiv.org/abs/{fields['eprint']}"
    return f"{authors}, {fields['year']}", address


def plain(text: str) -> str:
    """Return a name without the braces of BibTeX."""
    return re.sub(r"[{}]", "", text)
