"""Lets nbgrader make an assignment's release and answer key, in a folder of our choice."""

import shutil
from pathlib import Path

import nbformat

from autograder.course import config, course_directory, remembering, start_gradebook, surroundings
from autograder.errors import UserError
from autograder.files import files_under
from autograder.releasing import setup_cell
from autograder.source import WRITTEN, assignment_folder, metadata, read_source


def generate(
    source: Path,
    name: str,
    work: Path,
    gradebook: Path | None = None,
    repository: str | None = None,
    written: bool = True,
) -> Path:
    """Run nbgrader's generation in the folder `work`; return the release, leave the key in `gradebook`.

    Unless `written`, the answer in words is worth nothing.
    """
    from autograder.releasing import last_cell, test_cells  # they load PyTorch

    folder = assignment_folder(source, name)
    for path in files_under(folder):
        target = work / "solutions" / name / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    notebook = read_source(folder / f"{name}.ipynb")
    test_cells.check_tables(folder / "tests.py", name)
    test_cells.prepare(notebook)
    for cell in notebook.cells:
        if metadata(cell).get("grade_id") == WRITTEN and not written:
            metadata(cell)["points"] = 0
    if repository is not None:
        setup_cell.add_to_assignment(notebook, repository)
    last_cell.add(notebook, name)
    nbformat.write(notebook, work / "solutions" / name / f"{name}.ipynb")

    from nbgrader.converters import GenerateAssignment

    settings, failure = config(), None
    if gradebook is None:
        settings.GenerateAssignment.no_database = True
        settings.SaveCells.enabled = False
    else:
        start_gradebook(gradebook)
    with surroundings():
        directory = course_directory(work, gradebook, name)
        generator = remembering(GenerateAssignment)(coursedir=directory, config=settings)
        try:
            generator.start()
        except (Exception, SystemExit) as error:
            failure = generator.failure or error
    if failure is not None:
        raise UserError(f"nbgrader cannot make the release of {name!r}: {failure}") from failure
    return work / "exercises" / name
