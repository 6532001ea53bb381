"""Makes a new chapter with its assignment: short, but complete enough to be run, released and graded.

It is a copy of the folder `skeleton`, where `SLUG`, `TITLE` and `canary-NEW` stand for what is new in each.
"""

import keyword
import re
import secrets
from pathlib import Path

from autograder.errors import UserError
from autograder.files import files_under, write_atomic

SKELETON = Path(__file__).with_name("skeleton")
BACK_MATTER = "  - caption: Back matter\n"
LISTED = """\
      - file: book/SLUG
      - file: exercises/SLUG/SLUG
        title: "Exercise: TITLE"
"""


def write_skeleton(root: Path, slug: str) -> list[str]:
    """Write the files of a new chapter, and list it at the end of the last part of `_toc.yml`.

    Parameters
    ----------
    root : Path
        The repository.
    slug : str
        The common name of chapter and assignment.

    Returns
    -------
    list of str
        The files that were written, relative to `root`.

    Raises
    ------
    UserError
        If the slug is none, or something has this name already; nothing is written then.
    """
    check_slug(root, slug)
    before, caption, after = (root / "_toc.yml").read_text(encoding="utf-8").partition(BACK_MATTER)
    if not caption:
        raise UserError(
            f"_toc.yml has no line `{BACK_MATTER.strip()}`, before which a new chapter is listed."
        )

    def filled(text: str) -> str:
        text = text.replace("SLUG", slug).replace("TITLE", slug.replace("_", " ").capitalize())
        return re.sub("canary-NEW", lambda _: f"canary-{secrets.token_hex(4)}", text)

    texts = {
        filled(path.relative_to(SKELETON).as_posix()): filled(path.read_text(encoding="utf-8"))
        for path in files_under(SKELETON)
    }
    texts["_toc.yml"] = f"{before}{filled(LISTED)}{caption}{after}"
    for name, text in texts.items():
        write_atomic(root / name, text)
    return list(texts)


def check_slug(root: Path, slug: str) -> None:
    """Raise `UserError` unless a new chapter can be called `slug`."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", slug) or keyword.iskeyword(slug):
        raise UserError(
            f"A chapter cannot be called {slug!r}: small letters, digits and single underscores are "
            "expected, such as receptive_field."
        )
    folders = ("book", "solutions", "exercises", "tests/mutants", "tests/variants")
    for folder in folders:
        for taken in (root / folder).glob(f"{slug}*"):
            if taken.stem == slug:
                raise UserError(
                    f"A chapter cannot be called {slug!r}, for there is {taken.relative_to(root)} already; "
                    "take another name."
                )
