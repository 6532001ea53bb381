"""One submission between the files: makes its job for a warm parent, and an `Outcome` of what comes back."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.answer_key import Key
from autograder.files import remove_tree, whole_lines
from autograder.outcome import Outcome
from autograder.running.code import SHOWN
from autograder.running.messages import Done, Job, Line
from autograder.running.plan import Prepared, make_plan, name_of
from autograder.source import is_test, metadata
from autograder.submissions.reader import Read
from autograder.submissions.submission import Submission

PROGRAM = "autograder.running.warm"  # what warm parents run
PAIRS = 40  # how many processes may die of one submission
TIMES = 10  # a submission may take this many times the limit of a cell
UNFINISHED = {
    "finished": "The test could not be run.",
    "total": "The test was not run: the submission had used up the time for all of its cells.",
    "pairs": "The test was not run: the submission had ended Python too often.",
    "broken": "The test was not run: the process that runs submissions broke down.",
}


@dataclass(frozen=True)
class Pending:
    """A submission on its way, in a folder of its own."""

    submission: Submission
    folder: Path
    notebook: NotebookNode
    notes: list[str]  # for student and instructor
    to_read: list[str]  # lines that a person should read
    prepared: Prepared
    in_process: bool = False
    strict: bool = False  # whether these lines cost the points of tests that forbid functions

    @property
    def results(self) -> Path:
        """The file that the judge writes."""
        return self.folder / "results.jsonl"


def prepare_job(
    submission: Submission,
    read: Read,
    prepared: Prepared,
    folder: Path,
    *,
    in_process: bool = False,
    strict: bool = False,
) -> Pending:
    """Write the plan for a submission, which was read and repaired, into `folder`."""
    folder.mkdir(parents=True)
    plan = make_plan(read.notebook, prepared, in_process=in_process)
    (folder / "plan.json").write_text(plan.to_json())
    return Pending(submission, folder, read.notebook, read.notes, read.to_read, prepared, in_process, strict)


def job_of(pending: Pending, timeout: int, files: Path | None) -> Job:
    """Return a submission's job, which has `timeout` seconds for a cell."""
    return Job(
        plan=str(pending.folder / "plan.json"),
        results=str(pending.results),
        scratch=str(pending.folder),
        files=str(files) if files else None,
        timeout=timeout,
        total=timeout * TIMES,
        patience=2 * timeout * TIMES + 300,  # the shown run has `total` seconds, the others together, too
        pairs=PAIRS,
        runs=runs_of(pending),
        apart=pending.prepared.apart,
    )


def runs_of(pending: Pending) -> dict[str, tuple[str, ...]]:
    """Return the runs of a submission, with the functions that do not work there."""
    return {SHOWN: ()} if pending.in_process else pending.prepared.runs


def finish(pending: Pending, done: Done, key: Key) -> Outcome:
    """Return the outcome of a job that came back, and remove its files."""
    lines = read_results(pending.results)
    remove_tree(pending.folder)
    isolation = next((line.isolation for line in lines if line.isolation is not None), "none")
    found = {(line.run, line.cell): line for line in lines if line.cell is not None}
    released = {metadata(cell).get("grade_id"): cell for cell in key.release.cells}
    outcome = Outcome("graded", isolation=isolation, notebook=pending.notebook, notes=list(pending.notes))
    outcome.timestamp = pending.submission.timestamp()
    for index, cell in enumerate(pending.notebook.cells):
        if cell.cell_type == "code":
            if is_test(cell):
                outputs = verdict(cell, index, pending, found, done)
            else:
                line = found.get((SHOWN, index))
                outputs = line.outputs if line else []
            cell.outputs = [NotebookNode(item) for item in outputs]
            for item in cell.outputs:
                item.pop("fatal", None)
        score(cell, released, outcome)
    if "broken" in statuses(done, pending).values():
        outcome.status = "failed"
        outcome.notes.append("The process that runs submissions broke down; grade it again.")
    read = [f"To read: {'; '.join(f'`{line}`' for line in pending.to_read)}"] if pending.to_read else []
    outcome.message = " ".join([*outcome.notes, *read])
    return outcome


def statuses(done: Done, pending: Pending) -> dict[str, str]:
    """Return by run how it went."""
    return {run: done.runs.get(run, done.status) for run in runs_of(pending)}


def verdict(
    cell: NotebookNode,
    index: int,
    pending: Pending,
    found: dict[tuple[str, int], Line],
    done: Done,
) -> list[dict[str, Any]]:
    """Return a test's outputs, put together of its runs'; note in the cell what kind of failure it was.

    Of a run that nobody sees only the kind of a failure comes in, and how many points there are.
    """
    name = name_of(cell)
    runs = (SHOWN,) if pending.in_process else pending.prepared.asked[name]
    forbids = pending.prepared.forbids.get(name, ())
    outputs: list[dict[str, Any]] = []
    fault, points = None, []
    for run in runs:
        line = found.get((run, index))
        if line is None:
            outputs, fault = [not_run(UNFINISHED[statuses(done, pending)[run]])], {"kind": "not run"}
            break
        if run == SHOWN:
            outputs = line.outputs
        points += [item for item in line.outputs if item["output_type"] == "execute_result"]
        if any(item["output_type"] == "error" for item in line.outputs):
            fault = line.fault or {"kind": "wrong"}
            if run != SHOWN:
                outputs = [*outputs, told(line.outputs, fault, forbids, name in pending.prepared.hidden)]
            break
    if pending.strict and pending.to_read and forbids and fault is None:
        reason = "What is called cannot be checked, for the notebook has lines that a person should read."
        outputs, fault = [*outputs, not_run(reason)], {"kind": "not checked"}
    if fault is None and points:
        fewest = min(points, key=lambda item: float(item["data"]["text/plain"]))
        outputs = [item for item in outputs if item["output_type"] != "execute_result"] + [fewest]
    if fault is not None:
        cell.metadata.autograder["fault"] = fault
    return outputs


def not_run(reason: str) -> dict[str, Any]:
    """Return the error of a test that has no verdict."""
    return {"output_type": "error", "ename": "NotRun", "evalue": reason, "traceback": [reason]}


def told(
    outputs: list[dict[str, Any]], fault: dict[str, Any], forbids: tuple[str, ...], hidden: bool
) -> dict[str, Any]:
    """Return an error in fixed words. Its traceback is what the test said, if only the instructor sees it."""
    kind, text = in_words(fault, forbids, hidden)
    said = [item["traceback"] for item in outputs if item["output_type"] == "error"][-1]
    return {"output_type": "error", "ename": kind, "evalue": text, "traceback": said if hidden else [text]}


def in_words(fault: dict[str, Any], forbids: tuple[str, ...], hidden: bool) -> tuple[str, str]:
    """Return name and text of the error that stands for what a run found that nobody sees."""
    names = ", ".join(sorted(forbids))
    where = (
        f" at line {fault['line']} of the cell {fault['cell']}: `{fault['text']}`" if "line" in fault else ""
    )
    match fault["kind"]:
        case "forbidden":
            return (
                "ForbiddenCall",
                f"A function is called that this exercise asks you to write yourself ({names}).",
            )
        case "raised":
            return fault["type"], f"{fault['type']} was raised{where if fault['line'] else ''}."
        case "missing":
            return "NameError", f"name {fault['name']!r} is not defined"
        case "unwritten":
            return "NotImplementedError", ""
        case "late":
            return "CellTimeoutError", "The cell ran longer than the time limit and was stopped."
        case "dead":
            return "DeadKernelError", "Python ended while this cell ran."
    if hidden:
        return "AssertionError", "The result was not right for inputs that are not shown."
    return "AssertionError", f"The result is not right where library functions do not work ({names})."


def read_results(path: Path) -> list[Line]:
    """Return the judge's lines; a torn last one does not count."""
    if not path.exists():
        return []
    return [Line(**json.loads(line)) for line in whole_lines(path.read_bytes()).splitlines()]


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
