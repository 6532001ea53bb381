"""Assembles the tree that is published as the branch `student`: what students need, and nothing else."""

import shutil
import string
from collections.abc import Mapping
from pathlib import Path

import nbformat
import yaml

from autograder.errors import UserError
from autograder.files import ROOT, files_under
from autograder.releasing import for_jupyter, setup_cell
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
        known = assignment_names(source)
        listed = [name for name in in_course_order(root, "exercises") if name in known]
        names = listed + [name for name in known if name not in listed]
        for name in names:
            release(source, name, building / "exercises", repository)
        references = for_jupyter.read_references(root / "book" / "references.bib")
        pages = {path.name for path in root.glob("book/*.ipynb")} | {"glossary.md"}
        chapters = [
            copy_chapter(root / "book" / f"{name}.ipynb", building / "book", repository, references, pages)
            for name in in_course_order(root, "book")
            if (root / "book" / f"{name}.ipynb").is_file()
        ]
        terms = for_jupyter.glossary((root / "book" / "glossary.md").read_text(encoding="utf-8"))
        (building / "book" / "glossary.md").write_text(terms, encoding="utf-8")
        for path in files_under(root / "cnnlib"):
            target = building / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        for name in ("pyproject.toml", "LICENSE"):
            shutil.copyfile(root / name, building / name)
        text = string.Template(README.read_text()).substitute(
            repository=repository,
            exercises="\n".join(
                f"- [{title_of(path)}](exercises/{path.stem}/{path.name})"
                for path in (building / "exercises" / name / f"{name}.ipynb" for name in names)
            ),
            chapters="\n".join(f"- [{title}](book/{name})" for name, title in chapters),
        )
        (building / "README.md").write_text(text)
        if output.is_dir():
            output.rmdir()
        building.replace(output)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def in_course_order(root: Path, folder: str) -> list[str]:
    """Return the names of the notebooks in a folder, as the book's table of contents lists them."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    pages = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    return [Path(page).name for page in pages if page.startswith(f"{folder}/")]


def copy_chapter(
    path: Path,
    folder: Path,
    repository: str,
    references: Mapping[str, tuple[str, str]],
    pages: set[str],
) -> tuple[str, str]:
    """Copy a chapter with the set-up cell before its first code cell; return its file name and title."""
    notebook = nbformat.read(path, as_version=4)
    for_jupyter.convert(notebook, references, pages)
    setup_cell.add_to_chapter(notebook, repository)
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / path.name)
    return path.name, title_of(folder / path.name)


def title_of(path: Path) -> str:
    """Return a notebook's title, or its name if it has none."""
    cells = nbformat.read(path, as_version=4).cells
    lines = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown").splitlines()
    return next((line[2:].strip() for line in lines if line.startswith("# ")), path.stem)
