"""kill -9 in the middle of grading a class of 50: a rerun ends where an undisturbed run ends."""

import random
import subprocess
import time
from pathlib import Path

import commands
import psutil
import tiny_assignment as tiny

CLASS = 50


def start(source: Path, submitted: Path, output: Path) -> subprocess.Popen:
    arguments = ["grade", tiny.NAME, "--source", source, "--submitted", submitted, "--output", output]
    return commands.start(*arguments)


def files(folder: Path) -> dict[str, bytes]:
    """What lies in an output folder, but the gradebook, whose rows are compared."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "gradebook.db"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_class_graded_with_kills_equals_one_graded_without(tmp_path):
    source = tiny.write_source(tmp_path / "source")
    released = tiny.read_release(source, tmp_path / "release")
    submitted = tmp_path / "submitted"
    for number in range(CLASS):
        kinds = ({}, {"add": tiny.WRONG}, {"negate": "import os\nos._exit(1)"}, {"negate": "def negate(a: 1"})
        tiny.hand_in(submitted, f"s{number:02d}", tiny.answer(released, **tiny.RIGHT | kinds[number % 4]))
    tiny.hand_in(submitted, "torn", '{"cells": [')
    draw = random.Random(5)
    kills = 0
    while True:
        run = start(source, submitted, tmp_path / "killed")
        left = draw.randrange(14)  # results until the kill; 0 kills while everything is loaded
        moment = draw.random()
        children: list[psutil.Process] = []
        for line in run.stdout:
            if " points" in line or left == 0:
                left -= 1
            if left <= 0:
                time.sleep(0.2 * moment)
                children = psutil.Process(run.pid).children(recursive=True)
                run.kill()
                break
        run.communicate()
        if run.returncode != -9:
            break
        kills += 1
        _, alive = psutil.wait_procs(children, timeout=60)
        assert not alive, "what was started for submissions outlives the run"
    assert run.returncode == 1  # the torn one
    assert kills >= 4
    undisturbed = start(source, submitted, tmp_path / "undisturbed")
    undisturbed.communicate()
    assert tiny.gradebook_rows(tmp_path / "killed") == tiny.gradebook_rows(tmp_path / "undisturbed")
    assert files(tmp_path / "killed") == files(tmp_path / "undisturbed")
