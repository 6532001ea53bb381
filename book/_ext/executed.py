"""Know which chapters give their stored outputs: ``python book/_ext/executed.py`` lists the others.

``execute.py`` keeps, for each chapter that it has run, a hash of what its outputs depend on: the notebook
with its outputs, the modules of cnnlib that it uses and those that they import, the files that lie beside
them, and the locked packages. The tables of tests lie beside no module: they change no chapter.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "book" / "_ext" / "executed.json"
PACKAGE = ROOT / "cnnlib"
ALWAYS = (ROOT / "requirements.txt", ROOT / "book/_ext/execute.py")


def digest(chapter: Path) -> str:
    """Return the hash of a chapter and of all that its outputs depend on."""
    used = modules(chapter)
    beside = {file for module in used for file in module.parent.iterdir() if file.suffix != ".py"}
    whole = hashlib.sha256()
    for file in sorted({chapter, *ALWAYS, *used, *filter(Path.is_file, beside)}):
        whole.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def modules(chapter: Path) -> set[Path]:
    """Return the files of cnnlib that a chapter uses, directly or through others."""
    start = PACKAGE / "__init__.py"
    # What cnnlib offers by a short name comes from one of its modules; importing it alone uses none of them.
    offered = {name.rpartition(".")[2]: name for name in names(start.read_text(encoding="utf-8"))}
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    waiting = [
        name for cell in cells if cell["cell_type"] == "code" for name in names("".join(cell["source"]))
    ]
    found, seen = {start}, set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        first, *rest = name.split(".")[1:] or [""]
        waiting += [offered[first]] if first in offered else []
        waiting += [name.rpartition(".")[0]] if rest else []  # the package that a module is in
        for file in (PACKAGE.parent / f"{name.replace('.', '/')}{end}" for end in (".py", "/__init__.py")):
            if file.is_file() and file not in found:
                found.add(file)
                waiting += names(file.read_text(encoding="utf-8"))
    return found


def names(source: str) -> Iterator[str]:
    """Yield the dotted names within cnnlib that some code imports, or mentions in full."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Attribute):
            found = [ast.unparse(node)]
        else:
            continue
        yield from (name for name in found if name.startswith(f"{PACKAGE.name}."))


def record() -> dict[str, str]:
    """Return the hashes that are kept, by chapter."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else {}


def keep(chapter: Path) -> None:
    """Note that a chapter, as it is stored, has just been executed."""
    kept = record() | {chapter.stem: digest(chapter)}
    RECORD.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def stale() -> list[Path]:
    """Return the chapters that were not executed since something changed on which they depend."""
    kept = record()
    return [path for path in sorted(ROOT.glob("book/*.ipynb")) if kept.get(path.stem) != digest(path)]


if __name__ == "__main__":
    print(*(path.relative_to(ROOT) for path in stale()), sep="\n")
