"""The pool of warm parents loses no answer: however fast they come, and whichever of its processes dies."""

import contextlib
import subprocess
import sys

import psutil
import pytest
from commands import REPOSITORY

from autograder.running.jobs import PROGRAM
from autograder.running.messages import Job
from autograder.workers import pool as pools
from autograder.workers.pool import Pool

# No process is started for these jobs, so their answers come as fast as they can be written.
ANSWER = {"status": "finished", "runs": {}}


@pytest.fixture
def job(tmp_path):
    return Job("", "", str(tmp_path), None, timeout=1, total=1, patience=60, pairs=1, runs={}, apart=False)


def processes() -> tuple[psutil.Process, list[psutil.Process]]:
    """The one that loads, and the warm parents that it has forked."""
    (loaded,) = psutil.Process().children()
    return loaded, loaded.children()


def test_answers_that_come_at_the_same_time_are_all_read(job):
    with contextlib.closing(Pool(1, memory=2**28, unsafe=True, program=PROGRAM)) as pool:
        pool.prepare(())
        answers = dict(pool.run((number, job) for number in range(300)))
    assert answers == dict.fromkeys(range(300), ANSWER)


def test_jobs_are_made_while_the_warm_parents_load(job):
    found = []

    def jobs():
        for number in range(3):
            found.append(len(processes()[1]))
            yield number, job

    with contextlib.closing(Pool(1, memory=2**28, unsafe=True, program=PROGRAM)) as pool:
        pool.prepare(())
        answers = dict(pool.run(jobs()))
    assert found[0] == 0, "the first job was made only when there was a warm parent"
    assert answers == dict.fromkeys(range(3), ANSWER)


@pytest.mark.parametrize("dies", ["a warm parent", "the process that forked them", "all"])
def test_a_process_that_dies_costs_no_answer(job, dies):
    with contextlib.closing(Pool(2, memory=2**28, unsafe=True, program=PROGRAM)) as pool:
        pool.prepare(())
        answers = {}
        for tag, answer in pool.run((number, job) for number in range(100)):
            assert tag not in answers
            answers[tag] = answer
            if len(answers) == 10:
                loaded, warm = processes()
                assert len(warm) == 2
                victims = {
                    "a warm parent": warm[:1],
                    "the process that forked them": [loaded],
                    "all": [loaded, *warm],
                }
                for victim in victims[dies]:
                    victim.kill()
    assert answers == dict.fromkeys(range(100), ANSWER)
    assert not psutil.wait_procs([loaded, *warm], timeout=60)[1], "what the pool has started outlives it"


def test_a_warm_parent_that_hangs_costs_no_answer(job, monkeypatch):
    monkeypatch.setattr(pools, "MARGIN", -55)  # seconds that leave 5 of the job's 60
    with contextlib.closing(Pool(2, memory=2**28, unsafe=True, program=PROGRAM)) as pool:
        pool.prepare(())
        answers = {}
        for tag, answer in pool.run((number, job) for number in range(100)):
            answers[tag] = answer
            if len(answers) == 10:
                _, (hung, _) = processes()
                hung.suspend()  # as if it waited for a lock that nobody will open
    assert answers == dict.fromkeys(range(100), ANSWER)
    assert not hung.is_running()


def test_a_warm_parent_that_hangs_does_not_outlive_a_killed_command():
    code = """
import time
from autograder.running.jobs import PROGRAM
from autograder.workers.pool import Pool
pool = Pool(2, memory=2**28, unsafe=True, program=PROGRAM)
pool.prepare(())
list(pool.run([]))
print("ready", flush=True)
time.sleep(600)"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout.readline() == "ready\n"
        started = psutil.Process(command.pid).children(recursive=True)
        assert len(started) == 3
        for process in started[1:]:
            process.suspend()
        command.kill()
    assert not psutil.wait_procs(started, timeout=60)[1], "what the pool has started outlives it"


def test_a_pool_that_gets_no_jobs_ends(job):
    with contextlib.closing(Pool(2, memory=2**28, unsafe=True, program=PROGRAM)):
        (loaded,) = psutil.Process().children()
    assert not loaded.is_running()
