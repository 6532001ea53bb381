"""What the last cell of an exercise does before a student hands in: check and repair the notebook's file."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from cnnlib.check import pairing, released
from cnnlib.check.to_read import lines_to_read

# Set where a program runs the notebook, such as nbgrader or the check itself: nobody reads the list there.
UNATTENDED = "CNNLIB_UNATTENDED"
LARGEST = 20_000_000  # bytes that the grader reads of a notebook
SECONDS = 60  # that the grader gives a cell
MEMORY = 2560 * 1024**2  # bytes: what the grader allows, and what Python with PyTorch takes before
NEEDED = ("nbclient", "nbformat", "ipykernel")
NAMED = 5  # cells that a line lists by name
ELSEWHERE = (
    "Where this notebook's file lies cannot be told here. In Colab choose File → Download → Download .ipynb, "
    "put the file into the session's files (the folder at the left), and run "
    'check.hand_in("{name}", "{name}.ipynb") in a new cell; elsewhere give the name of your file.'
)


def hand_in(assignment: str, file: str | None = None) -> None:
    """Check the notebook of an exercise as it was saved, print what is right and wrong, and repair it.

    The file itself is never changed: where something can be repaired, a copy is written beside it. Run by a
    program, such as a grader, this does nothing.

    Parameters
    ----------
    assignment : str
        The exercise, such as "pooling".
    file : str, optional
        The notebook; by default the one that this is called in.

    Raises
    ------
    ValueError
        If the installed `cnnlib` knows no such exercise.
    """
    if os.environ.get(UNATTENDED):
        return
    try:
        given = released.load(assignment)
    except FileNotFoundError:
        raise ValueError(f"The installed cnnlib knows no exercise {assignment!r}.") from None
    path = Path(file) if file is not None else this_notebook(assignment)
    if path is None:
        print(ELSEWHERE.format(name=assignment))
        return
    try:
        notebook = read(path)
    except (OSError, ValueError) as error:
        print(f"✗ {path.name} cannot be read as a notebook ({error}); save it and run this cell again.")
        return
    saved = datetime.fromtimestamp(path.stat().st_mtime)
    print(f"{path.name} as saved at {saved:%H:%M:%S} (after a change, save it and run this cell again):")
    for line in examined(path, notebook, given):
        print(line, flush=True)


def this_notebook(assignment: str) -> Path | None:
    """Return the file of the notebook that this runs in, as far as its program says so."""
    from IPython import get_ipython

    shell = get_ipython()
    told = [
        os.environ.get("JPY_SESSION_NAME"),  # JupyterLab and Jupyter Notebook
        shell.user_ns.get("__vsc_ipynb_file__") if shell else None,  # Visual Studio Code
        f"{assignment}.ipynb" if "google.colab" in sys.modules else None,  # what was put there
    ]
    paths = [Path(path) for path in told if isinstance(path, str) and path.endswith(".ipynb")]
    return next((path for path in paths if path.is_file()), None)


def read(path: Path) -> dict[str, Any]:
    """Return a notebook's JSON; raise `ValueError` if it is none."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise ValueError("it has no list of cells")
    return content


def examined(path: Path, notebook: dict[str, Any], given: list[pairing.Cell]) -> Iterator[str]:
    """Yield what is right and wrong with a notebook, a sentence each; write a repaired copy if needed."""
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    found = pairing.pair(given, cells)
    if len(found.missing()) == len(given):
        yield "✗ Nothing of this exercise is in the file; it may belong to another one."
        return
    damage = list(damaged(found))
    yield from damage or ["✓ Every cell of the exercise is there, in order, with the grader's marks."]
    open_ones = found.unanswered()
    yield f"✗ Not written yet: {listed(open_ones)}." if open_ones else "✓ Every answer is written."
    mended = pairing.repair(notebook, found)
    yield from run(mended, path.absolute().parent)
    size = path.stat().st_size
    if size > LARGEST:
        most = LARGEST // 1_000_000
        yield f"✗ The file has {size / 1e6:.0f} MB, more than {most}: clear its outputs and save it."
    else:
        yield "✓ The file is small enough."
    to_read = lines_to_read(found.own_code(), map(pairing.text, given))
    if to_read:
        quoted = "; ".join(f"`{line}`" for line in to_read)
        yield f"✗ Marked for your instructor to read, which costs nothing: {quoted}"
    else:
        yield "✓ No line is marked for your instructor to read."
    if damage:
        yield written(mended, path)


def damaged(found: pairing.Pairing) -> Iterator[str]:
    """Yield a sentence for each kind of damage that a repaired copy does not have."""
    kinds = {
        "Missing": found.missing(),
        "There more than once, of which the last written one counts": found.repeated(),
        "Without the marks by which the grader knows them": found.unmarked(),
        "Changed, although not for you to write": found.changed(),
    }
    for what, names in kinds.items():
        if names:
            yield f"✗ {what}: {listed(names)}."
    if not found.in_order():
        yield "✗ The cells stand in another order than handed out."


def run(notebook: dict[str, Any], folder: Path) -> Iterator[str]:
    """Run a notebook but for its last cell in a fresh kernel, and yield how that went."""
    lacking = [package for package in NEEDED if importlib.util.find_spec(package) is None]
    if lacking:
        missing = " ".join(lacking)
        yield f"✗ It was not run from top to bottom: run %pip install {missing}, then this cell again."
        return
    cells = [cell for cell in notebook["cells"] if pairing.grade_id(cell) != pairing.LAST]
    print(f"… running all cells in a fresh kernel, each for at most {SECONDS} s …", flush=True)
    ran = in_fresh_kernel(notebook | {"cells": cells}, folder, SECONDS)
    if ran is None:
        yield "✗ It could not be run in a fresh kernel; restart the kernel and run all cells yourself."
        return
    errors = {int(index): error for index, error in ran["errors"].items()}
    tests = [index for index, cell in enumerate(cells) if pairing.is_test(cell) and cell["source"].strip()]
    others = [index for index in errors if index not in tests]
    if ran["stopped"]:
        yield f"✗ Run from top to bottom, {place_of(cells, ran['started'][-1])} {ran['stopped']}."
    elif others:
        first = place_of(cells, others[0])
        yield f"✗ Run from top to bottom, {first} raises an error ({errors[others[0]]})."
    else:
        yield "✓ It runs from top to bottom in a fresh kernel, each cell within the grader's time."
    failed = [pairing.name(cells[i]) for i in tests if i in errors or i in ran["values"]]
    if failed:
        yield f"✗ Not passed, or in part: {listed(failed)}."
    elif not ran["stopped"]:
        yield "✓ The visible tests pass."
    if ran["memory"] is not None and ran["memory"] > MEMORY:
        needs, most = ran["memory"] / 1e9, MEMORY / 1e9
        yield f"✗ It needs {needs:.1f} GB of memory, and the grader allows {most:.1f} GB."


def in_fresh_kernel(notebook: dict[str, Any], folder: Path, seconds: int) -> dict[str, Any] | None:
    """Return what `fresh_kernel` tells of a notebook; None if it could not be run."""
    program = Path(__file__).with_name("fresh_kernel.py")
    environment = {name: value for name, value in os.environ.items() if name != "JPY_SESSION_NAME"}
    with tempfile.TemporaryDirectory() as temporary:
        source, result = Path(temporary, "notebook.ipynb"), Path(temporary, "result.json")
        source.write_text(json.dumps(notebook), encoding="utf-8")
        # -P: the modules beside the program are not to be found by their short names.
        command = [sys.executable, "-P", program, source, folder, str(seconds), result]
        subprocess.run(
            command,
            env=environment | {UNATTENDED: "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return json.loads(result.read_text(encoding="utf-8")) if result.is_file() else None


def place_of(cells: list[pairing.Cell], index: int) -> str:
    """Return how a message calls a cell of the notebook that was run."""
    known = pairing.grade_id(cells[index])
    if known:
        return f"the cell {known}"
    before = [name for name in map(pairing.grade_id, cells[:index]) if name]
    return f"your own cell behind {before[-1]}" if before else "your own cell at the top"


def written(notebook: dict[str, Any], path: Path) -> str:
    """Write a notebook beside `path` in one step, over nothing else; return the sentence that says so."""
    data = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
    number, target = 1, path.with_name(f"{path.stem}-repaired.ipynb")
    while target.exists() and target.read_text(encoding="utf-8", errors="replace") != data:
        number += 1
        target = path.with_name(f"{path.stem}-repaired-{number}.ipynb")
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        temporary.write_text(data, encoding="utf-8")
        os.replace(temporary, target)
    except OSError as error:
        return f"✗ A repaired copy could not be written to {target.name}: {error.strerror}."
    return f"→ A repaired copy is in {target.name}: open it, look at it, run it, and hand that one in."


def listed(names: list[str]) -> str:
    """Name the first few of some cells."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
