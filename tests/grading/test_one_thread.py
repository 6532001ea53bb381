"""Whatever forks has one thread: a lock that another thread holds would stay locked in the forked process."""

import os
import sys
from pathlib import Path

import board_networks
import commands
import forbidding_assignment as forbidding
import leaderboard_runs
import nbformat
import pytest
import tiny_assignment as tiny

from autograder.releasing.release import release

# Python runs a module of this name at each start.
COUNT = """\
import os, sys

def count():
    with open({log!r}, "a") as log:
        log.write(f"{{sys.orig_argv[2]}} {{len(os.listdir('/proc/self/task'))}}\\n")

os.register_at_fork(before=count)
"""
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at threads in /proc")


def forks_of(folder: Path, *arguments: object) -> dict[str, set[str]]:
    """Run a command; return, for each program that forked, the numbers of threads that it then had."""
    place = folder / "python"
    place.mkdir()
    (place / "sitecustomize.py").write_text(COUNT.format(log=str(folder / "forks")))
    path = os.pathsep.join([str(commands.REPOSITORY), str(place)])
    done = commands.run(*arguments, environment={"PYTHONPATH": path})
    assert done.returncode == 0, done.stderr
    found: dict[str, set[str]] = {}
    for line in (folder / "forks").read_text().splitlines():
        program, threads = line.split()
        found.setdefault(program, set()).add(threads)
    return found


def test_grading_forks_processes_of_one_thread(tmp_path):
    forbidding.write_source(tmp_path / "solutions")
    path = tmp_path / "solutions" / forbidding.NAME / f"{forbidding.NAME}.ipynb"
    notebook = nbformat.read(path, 4)
    imports = next(cell for cell in notebook.cells if cell.source.startswith("import"))
    imports.source += "\nfrom cnnlib import challenge"  # onnxruntime would start a thread
    nbformat.write(notebook, path)
    release(tmp_path / "solutions", forbidding.NAME, tmp_path / "exercises")
    released = nbformat.read(tmp_path / "exercises" / forbidding.NAME / f"{forbidding.NAME}.ipynb", 4)
    handed_in = tmp_path / "submitted/ada" / forbidding.NAME / f"{forbidding.NAME}.ipynb"
    handed_in.parent.mkdir(parents=True)
    nbformat.write(tiny.answer(released, **forbidding.RIGHT), handed_in)
    found = forks_of(
        tmp_path, "grade", forbidding.NAME, "--source", tmp_path / "solutions",
        "--submitted", tmp_path / "submitted", "--output", tmp_path / "graded",
    )  # fmt: skip
    assert found == {"autograder.submissions.confined_reader": {"1"}, "autograder.running.warm": {"1"}}


def test_the_leaderboard_forks_processes_of_one_thread(tmp_path):
    images = board_networks.write_images(tmp_path / "images.npz")
    network = board_networks.network(*board_networks.nearest(board_networks.centers(images)))
    board_networks.save(network, tmp_path / "inbox/ada/submission.onnx")
    arguments = leaderboard_runs.arguments(tmp_path / "inbox", images, tmp_path, "--workers", 1)
    assert forks_of(tmp_path, *arguments) == {"autograder.leaderboard.scorer": {"1"}}
