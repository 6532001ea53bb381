"""Assembles the tree that is published as the branch `student`: what students need, and nothing else."""

import shutil
import string
from pathlib import Path

import nbformat

from autograder.errors import UserError
from autograder.files import ROOT, files_under
from autograder.releasing import setup_cell
from autograder.releasing.release import release
from autograder.source import assignment_names

README = Path(__file__).with_name("student_readme.md")


def assemble(source: Path, output: Path, repository: str, root: Path = ROOT) -> None:
    """Write the student branch into `output`.

    Parameters
    ----------
    source : Path
        The folder of all assignments with solutions.
    output : Path
        An empty or absent folder; it appears complete or not at all.
    repository : str
        The course's address (https://…).
    root : Path
        The repository from which chapters and package are taken.

    Raises
    ------
    UserError
        If `output` holds something, or the address or an assignment is not usable.
    """
    repository = setup_cell.check_repository(repository)
    if output.is_file() or (output.is_dir() and any(output.iterdir())):
        raise UserError(f"{output} is not an empty folder; name another, or empty it first.")
    output.parent.mkdir(parents=True, exist_ok=True)
    building = output.with_name(f".{output.name}.tmp")
    shutil.rmtree(building, ignore_errors=True)
    try:
        names = assignment_names(source)
        for name in names:
            release(source, name, building / "exercises", repository)
        chapters = [
            copy_chapter(path, building / "book", repository) for path in sorted(root.glob("book/*.ipynb"))
        ]
        for path in files_under(root / "cnnlib"):
            target = building / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        for name in ("pyproject.toml", "LICENSE"):
            shutil.copyfile(root / name, building / name)
        text = string.Template(README.read_text()).substitute(
            repository=repository,
            exercises="\n".join(f"- [{name}](exercises/{name}/{name}.ipynb)" for name in names),
            chapters="\n".join(f"- [{title}](book/{name})" for name, title in chapters),
        )
        (building / "README.md").write_text(text)
        if output.is_dir():
            output.rmdir()
        building.replace(output)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def copy_chapter(path: Path, folder: Path, repository: str) -> tuple[str, str]:
    """Copy a chapter with the set-up cell before its first code cell; return its file name and title."""
    notebook = nbformat.read(path, as_version=4)
    setup_cell.add_to_chapter(notebook, repository)
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / path.name)
    lines = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown").splitlines()
    titles = [line[2:].strip() for line in lines if line.startswith("# ")]
    return path.name, titles[0] if titles else path.stem
