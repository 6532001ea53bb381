"""Grading on a dask cluster: a scheduler and two workers on this machine, one of which is killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import commands
import pytest
import tiny_assignment as tiny

from autograder.errors import UserError
from autograder.grade import Options, grade

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).with_name("dask")
SLOW = "import time\ntime.sleep(2)\n"


@pytest.fixture
def cluster(tmp_path):
    """The scheduler's address and the workers' processes."""
    address = tmp_path / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}

    def start(*arguments: object) -> subprocess.Popen:
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=tmp_path, **quiet)
        stack.callback(process.wait)
        stack.callback(process.kill)
        return process

    with contextlib.ExitStack() as stack:
        start("scheduler", "--scheduler-file", address, "--port", 0, "--host", "127.0.0.1", "--no-dashboard")
        deadline = time.monotonic() + 60
        while not address.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        options = ("--scheduler-file", address, "--nthreads", 1, "--no-nanny", "--no-dashboard")
        workers = [start("worker", *options) for _ in range(2)]
        yield json.loads(address.read_text())["address"], workers


def test_a_class_is_graded_on_two_workers_although_one_is_killed(cluster, tmp_path):
    address, workers = cluster
    source = tiny.write_source(tmp_path / "source")
    released = tiny.read_release(source, tmp_path / "release")
    for number in range(8):
        wrong = {"add": tiny.WRONG} if number % 2 else {}
        answers = tiny.RIGHT | wrong
        answers["negate"] = SLOW + answers["negate"]
        tiny.hand_in(tmp_path / "submitted", f"s{number}", tiny.answer(released, **answers))
    tiny.hand_in(tmp_path / "submitted", "torn", '{"cells": [')
    arguments = ["grade", tiny.NAME, "--source", source, "--submitted", tmp_path / "submitted"]
    arguments += ["--output", tmp_path / "far", "--scheduler", address]
    run = commands.start(*arguments)
    for line in run.stdout:
        if " points" in line:
            break
    workers[0].send_signal(signal.SIGKILL)
    output = run.communicate()[0]
    assert run.returncode == 1, output
    assert grade(source, tiny.NAME, tmp_path / "submitted", tmp_path / "near") == 1
    far, near = tiny.csv_rows(tmp_path / "far"), tiny.csv_rows(tmp_path / "near")
    assert far == near
    assert tiny.gradebook_rows(tmp_path / "far") == tiny.gradebook_rows(tmp_path / "near")
    assert {row["status"] for student, row in far.items() if student != "torn"} == {"graded"}


def test_a_scheduler_that_is_not_there_gets_one_sentence(tmp_path):
    source = tiny.write_source(tmp_path / "source")
    tiny.hand_in(tmp_path / "submitted", "ada", tiny.read_release(source, tmp_path / "release"))
    options = Options(scheduler="tcp://127.0.0.1:1")
    with pytest.raises(UserError, match=r"There is no dask scheduler at tcp://127\.0\.0\.1:1"):
        grade(source, tiny.NAME, tmp_path / "submitted", tmp_path / "output", options)
