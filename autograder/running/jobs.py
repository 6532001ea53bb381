"""One submission between the files: makes its job for a warm parent, and an `Outcome` of what comes back."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.files import remove_tree, whole_lines
from autograder.handin.reader import Read
from autograder.handin.submissions import Submission
from autograder.key import Key
from autograder.outcome import Outcome
from autograder.running.plan import Prepared, make_plan
from autograder.source import is_test, metadata

PAIRS = 40  # how many processes may die of one submission
TIMES = 10  # a submission may take this many times the limit of a cell
UNFINISHED = {
    "finished": "The test could not be run.",
    "total": "The test was not run: the submission had used up the time for all of its cells.",
    "pairs": "The test was not run: the submission had ended Python too often.",
    "broken": "The test was not run: the process that runs submissions broke down.",
}


@dataclass
class Job:
    """A submission on its way, in a folder of its own."""

    submission: Submission
    folder: Path
    notebook: NotebookNode
    notes: list[str]  # for student and instructor
    remarks: list[str]  # code that could hide what the answer calls, for the instructor

    @property
    def results(self) -> Path:
        """The file that the judge writes."""
        return self.folder / "results.jsonl"


def make_job(submission: Submission, read: Read, prepared: Prepared, folder: Path, in_process: bool) -> Job:
    """Write the plan for a submission, which was read and repaired, into `folder`."""
    folder.mkdir(parents=True)
    plan = make_plan(read.notebook, prepared, in_process=in_process)
    plan["remarks"] = read.remarks
    (folder / "plan.json").write_text(json.dumps(plan))
    return Job(submission, folder, read.notebook, read.notes, read.remarks)


def message(job: Job, timeout: int, files: Path | None) -> dict[str, Any]:
    """Return what the warm parent is told about a job, which has `timeout` seconds for a cell."""
    return {
        "plan": str(job.folder / "plan.json"),
        "results": str(job.results),
        "scratch": str(job.folder),
        "files": str(files) if files else None,
        "timeout": timeout,
        "total": timeout * TIMES,
        "pairs": PAIRS,
    }


def finish(job: Job, answer: dict[str, Any], key: Key) -> Outcome:
    """Return the outcome of a job that came back, and remove its files."""
    lines = read_results(job.results)
    remove_tree(job.folder)
    isolation = next((line["isolation"] for line in lines if "isolation" in line), "none")
    outputs = {line["cell"]: line["outputs"] for line in lines if "cell" in line}
    released = {metadata(cell).get("grade_id"): cell for cell in key.release.cells}
    outcome = Outcome("graded", isolation=isolation, notebook=job.notebook, notes=list(job.notes))
    outcome.timestamp = job.submission.timestamp()
    for index, cell in enumerate(job.notebook.cells):
        if cell.cell_type == "code":
            cell.outputs = [NotebookNode(item) for item in outputs.get(index, [])]
            for item in cell.outputs:
                item.pop("fatal", None)
            if is_test(cell) and index not in outputs:
                reason = UNFINISHED[answer["status"]]
                cell.outputs = [
                    NotebookNode(output_type="error", ename="NotRun", evalue=reason, traceback=[reason])
                ]
        score(cell, released, outcome)
    if answer["status"] == "broken":
        outcome.status = "failed"
        outcome.notes.append("The process that runs submissions broke down; grade it again.")
    waiting = [cell for cell, points in outcome.scores.items() if points is None]
    waits = [f"Waits for a person's grade: {', '.join(waiting)}."] if waiting else []
    read = [f"A person should read it, for it uses {', '.join(job.remarks)}."] if job.remarks else []
    outcome.message = " ".join([*outcome.notes, *waits, *read])
    return outcome


def read_results(path: Path) -> list[dict[str, Any]]:
    """Return the judge's lines; a torn last one does not count."""
    if not path.exists():
        return []
    return [json.loads(line) for line in whole_lines(path.read_bytes()).splitlines()]


def score(cell: NotebookNode, released: dict[str, NotebookNode], outcome: Outcome) -> None:
    """Give a graded cell the points that nbgrader gives its outputs, and an answer nbgrader's comment."""
    from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

    if not metadata(cell):
        return
    name = metadata(cell)["grade_id"]
    # What nbgrader knows an answer by that was never touched.
    checksum = metadata(released[name]).get("checksum") if name in released else None
    if checksum:
        cell.metadata.nbgrader["checksum"] = checksum
    if is_grade(cell):
        outcome.scores[name] = determine_grade(cell)[0]
    if is_solution(cell) or is_task(cell):
        untouched = checksum == compute_checksum(cell) and not is_task(cell)
        outcome.comments[name] = "No response." if untouched else None
