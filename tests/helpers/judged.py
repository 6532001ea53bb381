"""Which assignments are as they were when each of their wrong answers was graded, and lost its points.

`make check SLUG=pooling` grades all wrong answers to an assignment, and then keeps a hash of the assignment
and of the answers kept for it. `make test` grades every eighth wrong answer where that hash is current, and
all where it is not; `make test-all`, which runs weekly, grades all.
"""

import hashlib
import json
import sys
from collections import defaultdict
from pathlib import Path

from weekly import EVERYTHING

REPOSITORY = Path(__file__).resolve().parents[2]
RECORD = REPOSITORY / "tests" / "assignments" / "judged.json"
STEP = 8


def digest(slug: str) -> str:
    """Hash of an assignment's source and of the answers kept for it."""
    folders = [REPOSITORY / place / slug for place in ("solutions", "tests/mutants", "tests/variants")]
    files = sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".ipynb")
    )
    whole = hashlib.sha256()
    for file in files:
        whole.update(
            f"{file.relative_to(REPOSITORY)}\0".encode() + hashlib.sha256(file.read_bytes()).digest()
        )
    return whole.hexdigest()


def record() -> dict[str, str]:
    """The hashes that are kept, by assignment."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else {}


def keep(slug: str) -> None:
    """Note that all wrong answers to an assignment, as they are, have been graded."""
    kept = record() | {slug: digest(slug)}
    RECORD.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def step(slug: str) -> int:
    """1 where all wrong answers to an assignment are to be graded, else how many stand for one another."""
    return STEP if not EVERYTHING and record().get(slug) == digest(slug) else 1


def in_full(slugs: list[str]) -> list[str]:
    """The assignments that changed, and the first, which stands for the others; all of them weekly."""
    return [slug for slug in slugs if slug == slugs[0] or step(slug) == 1]


def known(slug: str) -> list[Path]:
    """The files of all wrong answers to an assignment."""
    return sorted((REPOSITORY / "tests" / "mutants" / slug).glob("*/*.py"))


def graded(slug: str) -> list[Path]:
    """Those that this run grades: all, or the first and every eighth of each cell."""
    by_cell, every = defaultdict(list), step(slug)
    for path in known(slug):
        by_cell[path.parent].append(path)
    return [path for paths in by_cell.values() for path in paths[::every]]


def main() -> None:
    """Keep the hash of the assignment that is named, or say how many wrong answers this run grades."""
    if sys.argv[1:]:
        return keep(sys.argv[1])
    slugs = sorted(path.name for path in (REPOSITORY / "tests" / "mutants").iterdir())
    few, all_of_them = (sum(len(paths(slug)) for slug in slugs) for paths in (graded, known))
    print(
        f"Wrong answers graded here: {few:,} of {all_of_them:,} (all weekly, and where an assignment changed)"
    )


if __name__ == "__main__":
    main()
