"""Know which chapters give their stored outputs: ``python book/_ext/executed.py`` lists the others.

For each chapter that was run, a hash is kept of its code, its outputs, and what these depend on: the modules
of cnnlib that it uses and those that they import, the files that lie beside them, and the locked packages.
Text between the cells is not part of it, nor are the tables of tests, which lie beside no module: they change
no output. ``execute.py`` keeps the hash when it has stored new outputs, ``executed.py --compare`` when nbval
has found the stored ones.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "book" / "_ext" / "executed.json"
PACKAGE = ROOT / "cnnlib"
RECORDED = PACKAGE / "recorded"
ALWAYS = (ROOT / "requirements.txt", ROOT / "book/_ext/execute.py")


def digest(chapter: Path) -> str:
    """Return the hash of a chapter and of all that its outputs depend on."""
    used = modules(chapter)
    beside = {file for module in used for file in module.parent.iterdir() if file.suffix != ".py"}
    # Of the recorded experiments a chapter reads its own.
    beside = {file for file in beside if file.parent != RECORDED or file.name.startswith(chapter.stem)}
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    code = [
        (cell["source"], cell["outputs"], [tag for tag in tags(cell) if not tag.startswith("hide-")])
        for cell in cells
        if cell["cell_type"] == "code"
    ]
    whole = hashlib.sha256(json.dumps(code).encode())
    for file in sorted({*ALWAYS, *used, *filter(Path.is_file, beside)}):
        whole.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def tags(cell: dict) -> list[str]:
    """Return a cell's tags."""
    return cell["metadata"].get("tags", [])


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


def record() -> dict[str, dict]:
    """Return what is kept, by chapter: its hash, and the seconds that it took on one core."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.is_file() else {}


def keep(chapter: Path, seconds: float) -> None:
    """Note that a chapter, as it is stored, has just been executed."""
    kept = record() | {chapter.stem: {"digest": digest(chapter), "seconds": round(seconds)}}
    RECORD.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def stale() -> list[Path]:
    """Return the chapters that were not executed since something changed on which they depend."""
    kept = record()
    return [
        path
        for path in sorted(ROOT.glob("book/*.ipynb"))
        if kept.get(path.stem, {}).get("digest") != digest(path)
    ]


def compare(chapter: Path) -> bool:
    """Run a chapter, keep its hash if nbval finds the stored outputs again, and return whether it does."""
    start = time.monotonic()
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["--nbval", "--nbval-current-env", str(chapter)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | threads | {"TQDM_DISABLE": "1"})
    if done.returncode == 0:
        keep(chapter, time.monotonic() - start)
    return done.returncode == 0


def main() -> int:
    """List the chapters that have to be run, or run them."""
    parser = argparse.ArgumentParser(description="List the chapters whose outputs may have changed.")
    words = "run them, and keep those whose outputs are as stored"
    parser.add_argument("--compare", action="store_true", help=words)
    arguments = parser.parse_args()
    chapters = stale()
    if not arguments.compare:
        print(*(path.relative_to(ROOT) for path in chapters), sep="\n")
        return 0
    return 0 if all([compare(path) for path in chapters]) else 1


if __name__ == "__main__":
    sys.exit(main())
