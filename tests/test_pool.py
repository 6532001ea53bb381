"""The pool of warm parents loses no answer, however fast they come."""

from autograder.running.pool import Pool


def test_answers_that_come_at_the_same_time_are_all_read(tmp_path):
    # No process may be started for these jobs, so the answers come as fast as they can be written.
    job = {"scratch": str(tmp_path), "total": 60, "pairs": 0}
    pool = Pool(1, memory=2**28, unsafe=True)
    try:
        pool.prepare(())
        answers = dict(pool.run((number, job) for number in range(300)))
    finally:
        pool.close()
    assert answers == {number: {"status": "pairs", "pairs": 0} for number in range(300)}
