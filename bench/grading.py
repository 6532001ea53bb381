"""Compare how many submissions a minute `grade` and stock nbgrader get through, on the same notebooks.

Run ``python bench/grading.py``; ``--assignment pooling`` takes one assignment, ``--class 60`` another size
of the class. The notebooks are the reference, the untouched release, and wrong and right answers of the
tests. `grade` grades each as often as makes a class of the size asked for; its time is that of the whole
command, with its start. Stock nbgrader, which would take most of an hour for such a class, grades each once,
before and after (the machine's speed may drift): its time for the class is that of its start and, as often as
there are submissions, that from one result to the next. Every score is compared. CPU-seconds are those of all
processes; memory is what all of them hold, shared parts counted once, after a quarter and at the end.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import psutil

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tests/helpers"))

import assignments  # noqa: E402 (tests/helpers is no package)

GOAL = 8  # times as many submissions a minute


def notebooks(slug: str, count: int) -> dict[str, nbformat.NotebookNode]:
    """Some submissions to an assignment, by the name of a student."""
    right = {name: cell.source for name, cell in assignments.cells(slug, "solution").items()}
    dealt = {"untouched": None, "reference": []}
    dealt |= assignments.deal_variants(slug) | assignments.deal_mutants(slug)
    made = {}
    for student, answers in list(dealt.items())[:count]:
        path = REPOSITORY / "exercises" / slug / f"{slug}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        sources = {} if answers is None else right | {a.cell: a.path.read_text() for a in answers}
        for cell in notebook.cells:
            cell.source = sources.get(cell.id, cell.source)
        made[student] = notebook
    return made


def hand_in(folder: Path, slug: str, submissions: dict[str, nbformat.NotebookNode], size: int) -> None:
    """Write a class of `size` students: the submissions, as often as needed."""
    names = list(submissions)
    for number in range(size):
        student = names[number % len(names)]
        path = folder / f"{student}-{number // len(names):03d}" / slug / f"{slug}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(submissions[student], path)


def held(process: psutil.Process) -> int:
    """Bytes that a process and its children hold; what several of them share is counted once."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:
            continue  # it has just ended
    return total


def grade(slug: str, folder: Path, size: int, *options: str) -> dict:
    """Run the command; return what `size` submissions take, the memory held, and scores by student."""
    command = [sys.executable, "-m", "autograder", "grade", slug, *options]
    command += ["--submitted", str(folder / "submitted"), "--output", str(folder / "output")]
    begin, times, memory = used(), [], {}
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            if ": " in line and " points" in line:
                process = psutil.Process(run.pid)
                times.append((time.perf_counter(), sum(process.cpu_times()[:4])))
                if len(times) in (size // 4, size):  # it takes long enough to slow down what is measured
                    memory[len(times)] = held(process)
    seconds, cpu = (now - then for now, then in zip(used(), begin, strict=True))
    if run.returncode:
        sys.exit(f"{' '.join(command)} ended with {run.returncode}")
    with open(folder / "output" / "grades.csv", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    kept = {student: {k: v for k, v in row.items() if k not in NOT_COMPARED} for student, row in rows.items()}
    if len(times) < size:
        each = [(last - first) / (len(times) - 1) for first, last in zip(times[0], times[-1], strict=True)]
        seconds, cpu = (
            total + (size - len(times)) * one for total, one in zip((seconds, cpu), each, strict=True)
        )
    return {"seconds": seconds, "cpu": cpu, "memory": memory, "rows": kept}


def used() -> tuple[float, float]:
    """Return the time, and the CPU-seconds of all processes that this one started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter(), usage.ru_utime + usage.ru_stime


NOT_COMPARED = ("student", "message", "isolation")


def compare(slug: str, each: int, size: int) -> list[float]:
    """Grade with both and print how they did; return the submissions a minute, nbgrader's first."""
    submissions = notebooks(slug, min(each, size))
    with tempfile.TemporaryDirectory() as temporary:
        before, ours, after = (Path(temporary) / name for name in ("before", "ours", "after"))
        for folder, number in ((before, len(submissions)), (ours, size), (after, len(submissions))):
            hand_in(folder / "submitted", slug, submissions, number)
        slow, fast = grade(slug, before, size, "--stock"), grade(slug, ours, size)
        again = grade(slug, after, size, "--stock")
    for student, row in fast["rows"].items():
        name = f"{student.rpartition('-')[0]}-000"
        if row != slow["rows"][name]:
            sys.exit(f"{slug}: {student} has other scores than with stock nbgrader")
    for key in ("seconds", "cpu"):
        slow[key] = (slow[key] + again[key]) / 2
    rates = [60 * size / run["seconds"] for run in (slow, fast)]
    print(f"{slug}: all scores equal")
    for name, rate, run in (("nbgrader", rates[0], slow), ("grade", rates[1], fast)):
        print(f"  {name:9} {rate:7.1f} submissions a minute, {run['cpu'] / size:6.2f} CPU-s each")
    memory = ", ".join(f"{held / 2**20:.0f} MB after {count}" for count, held in fast["memory"].items())
    print(f"  memory    {memory}")
    print(f"  ratio     {rates[1] / rates[0]:.1f} (goal: {GOAL})", flush=True)
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", choices=assignments.SLUGS, help="one of them (all)")
    parser.add_argument("--each", type=int, default=6, help="different notebooks, at least 2 (6)")
    parser.add_argument("--class", type=int, default=200, dest="size", help="submissions for grade (200)")
    arguments = parser.parse_args()
    if min(arguments.each, arguments.size) < 2:
        parser.error("time from one result to the next takes two of them")
    slugs = [arguments.assignment] if arguments.assignment else assignments.SLUGS
    rates = [compare(slug, arguments.each, arguments.size) for slug in slugs]
    ratios = [ours / stock for stock, ours in rates]
    minutes = [sum(1 / rate for rate in column) for column in zip(*rates, strict=True)]  # one of each
    print(
        f"grading: {min(ratios):.1f} to {max(ratios):.1f} times stock nbgrader's submissions a minute, "
        f"{minutes[0] / minutes[1]:.1f} times for as many submissions to each assignment"
    )


if __name__ == "__main__":
    main()
