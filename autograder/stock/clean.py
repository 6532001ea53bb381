"""Gives a submission's cells back the metadata that the gradebook knows, before nbgrader trusts it."""

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor


class CleanSubmission(NbGraderPreprocessor):
    """Take every cell's metadata from the answer key.

    Stock nbgrader believes the submission: one repeated cell stops the whole run, a test tagged to be skipped
    counts as passed, a test whose metadata says it is not graded gives no score. What was mended is listed in
    the notebook's metadata under `autograder.notes`.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Clean the notebook in place."""
        info = resources["nbgrader"]
        with Gradebook(info["db_url"]) as gradebook:
            key = key_cells(gradebook.find_notebook(info["notebook"], info["assignment"]))
        notes = clean_metadata(nb, key) + restore_missing(nb, key)
        nb.metadata["autograder"] = {"notes": notes}
        return nb, resources


def key_cells(notebook) -> dict[str, NotebookNode]:
    """Return the answer key's cells by grade id, in order, from a notebook in the gradebook."""
    points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
    grade, solution, task = (
        {cell.name for cell in cells}
        for cells in (notebook.grade_cells, notebook.solution_cells, notebook.task_cells)
    )
    key = {}
    for cell in notebook.source_cells:
        nbgrader = {
            "grade": cell.name in grade,
            "grade_id": cell.name,
            "locked": cell.locked,
            "schema_version": 3,
            "solution": cell.name in solution,
            "task": cell.name in task,
            "cell_type": cell.cell_type,
            "checksum": cell.checksum,
        }
        if cell.name in points:
            nbgrader["points"] = points[cell.name]
        key[cell.name] = NotebookNode(
            cell_type=cell.cell_type, metadata=NotebookNode(nbgrader=nbgrader), source=cell.source
        )
    return key


def clean_metadata(nb: NotebookNode, key: dict[str, NotebookNode]) -> list[str]:
    """Replace all cell metadata by the key's; of a repeated cell the last stays graded, as in nbgrader."""
    notes = []
    seen = set()
    for cell in reversed(nb.cells):
        nbgrader = cell.get("metadata", {}).get("nbgrader")
        name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
        cell.metadata = NotebookNode()
        if name not in key:
            continue
        if name in seen:
            notes.append(f"cell {name} occurs more than once, the last one counts")
            continue
        seen.add(name)
        cell.metadata = NotebookNode(nbgrader=NotebookNode(key[name].metadata.nbgrader))
    return notes[::-1]


def restore_missing(nb: NotebookNode, key: dict[str, NotebookNode]) -> list[str]:
    """Put missing locked and graded cells back, each behind the cell that precedes it in the key.

    A missing solution cell stays out: its stub would undo an answer that the student wrote into another cell.
    """
    notes = []
    position = 0
    for name, missing in key.items():
        found = [
            i for i, cell in enumerate(nb.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == name
        ]
        if found:
            position = found[0] + 1
        elif missing.metadata.nbgrader["locked"] or missing.metadata.nbgrader["grade"]:
            if missing.cell_type == "code":
                missing.update(outputs=[], execution_count=None)
            if nb.nbformat_minor >= 5:
                missing["id"] = f"restored-{position}"
            nb.cells.insert(position, missing)
            position += 1
            notes.append(f"cell {name} was missing and is put back")
    return notes
