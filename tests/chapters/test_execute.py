"""`make execute`: the same bytes every time, one sentence when a chapter fails, nothing half-written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]


def small_notebook(path: Path, *sources: str) -> Path:
    built = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    nbformat.write(nbformat.v4.new_notebook(cells=built), path)
    return path


def execute(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, ROOT / "book" / "_ext" / "execute.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_executing_twice_stores_the_same_bytes_and_an_edit_is_noticed(tmp_path):
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    path = small_notebook(tmp_path / "good.ipynb", "print('a')\nprint('b')\n1 + 1", figure)
    assert "stored anew" in execute(path).stdout
    stored = path.read_bytes()
    assert b"image/png" in stored
    again = execute(path)
    assert again.returncode == 0
    assert "current" in again.stdout
    assert path.read_bytes() == stored
    path.write_bytes(stored.replace(b"1 + 1", b"1 + 2"))
    checked = execute("--check", path)
    assert checked.returncode == 1
    assert "not current" in checked.stdout
    assert path.read_bytes() == stored.replace(b"1 + 1", b"1 + 2")


def test_the_author_s_own_metadata_stays_and_a_program_s_goes(tmp_path):
    path = small_notebook(tmp_path / "good.ipynb", "1")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.update({"question": "Why?", "colab": {"provenance": []}})
    nbformat.write(notebook, path)
    assert execute(path).returncode == 0
    stored = nbformat.read(path, as_version=4).metadata
    assert (stored.get("question"), "colab" in stored) == ("Why?", False)


def test_a_failing_cell_is_named_in_one_sentence_and_changes_nothing(tmp_path):
    path = small_notebook(tmp_path / "bad.ipynb", "x = 0", "1 / x")
    before = path.read_bytes()
    result = execute(path)
    assert result.returncode == 1
    assert 'bad.ipynb: cell "cell-1" failed with ZeroDivisionError: division by zero' in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_no_notebook_gets_one_sentence(tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text("{")
    result = execute(path)
    assert result.returncode == 1
    assert "broken.ipynb is not a readable notebook" in result.stderr
    assert len(result.stderr.splitlines()) == 1
