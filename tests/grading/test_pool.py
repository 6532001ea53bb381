"""The pool of warm parents loses no answer: however fast they come, and whichever of its processes dies."""

import contextlib

import psutil
import pytest

from autograder.running.pool import Pool

# No process is started for these jobs, so their answers come as fast as they can be written.
ANSWER = {"status": "finished", "runs": {}}


@pytest.fixture
def job(tmp_path):
    return {"scratch": str(tmp_path), "runs": {}}


def processes() -> tuple[psutil.Process, list[psutil.Process]]:
    """The one that loads, and the warm parents that it has forked."""
    (loaded,) = psutil.Process().children()
    return loaded, loaded.children()


def test_answers_that_come_at_the_same_time_are_all_read(job):
    with contextlib.closing(Pool(1, memory=2**28, unsafe=True)) as pool:
        pool.prepare(())
        answers = dict(pool.run((number, job) for number in range(300)))
    assert answers == dict.fromkeys(range(300), ANSWER)


def test_jobs_are_made_while_the_warm_parents_load(job):
    found = []

    def jobs():
        for number in range(3):
            found.append(len(processes()[1]))
            yield number, job

    with contextlib.closing(Pool(1, memory=2**28, unsafe=True)) as pool:
        pool.prepare(())
        answers = dict(pool.run(jobs()))
    assert found[0] == 0, "the first job was made only when there was a warm parent"
    assert answers == dict.fromkeys(range(3), ANSWER)


@pytest.mark.parametrize("dies", ["a warm parent", "the process that forked them", "all"])
def test_a_process_that_dies_costs_no_answer(job, dies):
    with contextlib.closing(Pool(2, memory=2**28, unsafe=True)) as pool:
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
    assert not psutil.wait_procs([loaded, *warm], timeout=20)[1], "what the pool has started outlives it"


def test_a_pool_that_gets_no_jobs_ends(job):
    with contextlib.closing(Pool(2, memory=2**28, unsafe=True)):
        (loaded,) = psutil.Process().children()
    assert not loaded.is_running()
