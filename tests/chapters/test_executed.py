"""A chapter is executed again where its outputs may have changed: a hash tells, and lists it until then."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from commands import REPOSITORY

FILES = {
    "requirements.txt": "torch==1\n",
    "cnnlib/__init__.py": "from cnnlib import other\nfrom cnnlib.shown import picture\n",
    "cnnlib/shown.py": "def picture():\n    from cnnlib import inner\n\n    return inner.VALUE\n",
    "cnnlib/inner.py": "VALUE = 3\n",
    "cnnlib/other.py": "",
    "cnnlib/colors.mplstyle": "",
    "cnnlib/check/__init__.py": "",
    "cnnlib/check/tables/pooling.json": "{}",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A small course of which the chapter `one` was executed by the real command."""
    root = tmp_path_factory.mktemp("course")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "book/_ext").mkdir(parents=True)
    for name in ("execute.py", "executed.py"):
        shutil.copy(REPOSITORY / "book/_ext" / name, root / "book/_ext")
    sources = {"imports": "import cnnlib", "picture": "cnnlib.picture()"}
    code = [nbformat.v4.new_code_cell(source, id=name) for name, source in sources.items()]
    for name in ("one", "two"):
        nbformat.write(nbformat.v4.new_notebook(cells=code), root / f"book/{name}.ipynb")
    assert listed(root) == ["book/one.ipynb", "book/two.ipynb"]
    run(root, "execute.py", "book/one.ipynb")
    return root


def run(root: Path, script: str, *arguments: str) -> str:
    return start(root, script, *arguments, check=True).stdout


def start(root: Path, script: str, *arguments: str, check: bool) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, f"book/_ext/{script}", *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=check,
    )


def listed(root: Path) -> list[str]:
    return run(root, "executed.py").split()


def test_a_chapter_that_was_executed_is_not_listed(course):
    assert "3" in (course / "book/one.ipynb").read_text()
    assert listed(course) == ["book/two.ipynb"]


@pytest.mark.parametrize(
    ("name", "matters"),
    [
        ("requirements.txt", True),
        ("cnnlib/__init__.py", True),
        ("cnnlib/shown.py", True),
        ("cnnlib/inner.py", True),
        ("cnnlib/colors.mplstyle", True),
        ("book/_ext/execute.py", True),
        ("cnnlib/other.py", False),
        ("cnnlib/check/__init__.py", False),
        ("cnnlib/check/tables/pooling.json", False),
        ("book/two.ipynb", False),
    ],
)
def test_it_is_listed_again_when_something_changes_on_which_it_depends(course, name, matters):
    before = (course / name).read_text()
    (course / name).write_text(before + "\n")
    assert ("book/one.ipynb" in listed(course)) is matters
    (course / name).write_text(before)
    assert listed(course) == ["book/two.ipynb"]


def test_an_output_that_was_changed_by_hand_is_noticed(course):
    path = course / "book/one.ipynb"
    before = path.read_text()
    notebook = nbformat.reads(before, 4)
    notebook.cells[1].outputs[0].data["text/plain"] = "4"
    nbformat.write(notebook, path)
    assert "book/one.ipynb" in listed(course)
    path.write_text(before)


def test_text_between_cells_and_folding_change_no_output(course):
    path = course / "book/one.ipynb"
    before = path.read_text()
    notebook = nbformat.reads(before, 4)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("Words."))
    notebook.cells[1].metadata["tags"] = ["hide-input"]
    nbformat.write(notebook, path)
    assert listed(course) == ["book/two.ipynb"]
    notebook.cells[1].metadata["tags"] = ["nbval-ignore-output"]
    nbformat.write(notebook, path)
    assert "book/one.ipynb" in listed(course)
    path.write_text(before)


def test_looking_without_storing_keeps_no_hash(course):
    kept = json.loads((course / "book/_ext/executed.json").read_text())
    assert list(kept) == ["one"]
    assert start(course, "execute.py", "--check", "book/two.ipynb", check=False).returncode == 1
    assert json.loads((course / "book/_ext/executed.json").read_text()) == kept
