"""Makes the students' version of an assignment with nbgrader, reproducibly and safe to interrupt."""

import json
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.files import files_under, mirror, write_atomic
from autograder.releasing import tables as evaluated
from autograder.releasing.generate import generate
from cnnlib.check import released, tables

# What an editor or Colab leaves behind, which says nothing about the exercise.
CELL_NOISE = ("execution", "collapsed", "id", "colab", "outputId", "ExecuteTime", "scrolled")
NOTEBOOK_NOISE = ("colab", "widgets", "accelerator", "gpuClass", "celltoolbar")


def release(source: Path, name: str, output: Path, repository: str | None = None) -> bool:
    """Write the release of the assignment `name` into the folder `output / name`.

    Everything is made in a temporary folder first: nbgrader deletes the present release when it fails.

    Parameters
    ----------
    source : Path
        The folder of all assignments with solutions.
    name : str
    output : Path
        The folder of all releases.
    repository : str, optional
        The course's address (https://…); the set-up cell then installs `cnnlib` from its student branch.

    Returns
    -------
    bool
        Whether a file changed.

    Raises
    ------
    UserError
        If the assignment does not exist, breaks a rule or cannot be generated; `output` is then untouched.
    """
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        generated = generate(source, name, work, repository=repository)
        for path in files_under(generated):
            if path.suffix == ".ipynb":
                notebook = nbformat.read(path, as_version=4)
                normalize(notebook)
                nbformat.write(notebook, path)
        return mirror(generated, output / name)


def make_tables(source: Path, name: str, folder: Path = tables.FOLDER) -> bool:
    """Make the tables of an assignment's visible tests; return whether one changed."""
    text = evaluated.make(source, name)
    return text is not None and evaluated.update(text, folder / f"{name}.json")


def ship_cells(notebook: Path, folder: Path = released.FOLDER) -> bool:
    """Let `cnnlib` know a released notebook's cells, to repair from; return whether they changed."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return write_atomic(folder / f"{notebook.stem}.json", released.write(cells))


def normalize(notebook: NotebookNode) -> None:
    """Remove, in place, whatever depends on where and when the notebook was last opened."""
    for key in NOTEBOOK_NOISE:
        notebook.metadata.pop(key, None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for key in CELL_NOISE:
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
