"""Runs submissions on the workers of a dask cluster; each worker keeps warm parents of its own."""

import queue
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.errors import UserError
from autograder.files import files_under
from autograder.workers.pool import Pool

RETRIES = 2  # how often a submission is run again whose worker died


class Cluster:
    """The workers of a dask scheduler.

    Parameters
    ----------
    scheduler : str
        Such as `tcp://node1:8786`.
    memory : int
        Bytes that a submission may take.
    unsafe : bool
        Work without isolation.
    program : str
        The module that warm parents run.

    Raises
    ------
    UserError
        If dask is not installed or the scheduler does not answer.
    """

    def __init__(self, scheduler: str, memory: int, unsafe: bool, program: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise UserError(
                "--scheduler needs dask.distributed; install it with `pip install distributed`."
            ) from None
        try:
            self._client = Client(scheduler, timeout="10s")
        except (OSError, ValueError) as error:
            raise UserError(f"There is no dask scheduler at {scheduler}: {error}") from error
        self._arguments = (memory, unsafe, program)
        self._modules: tuple[str, ...] = ()

    def prepare(self, modules: Iterable[str]) -> None:
        """Get ready for submissions to a notebook that imports `modules`."""
        self._modules = tuple(modules)

    def run(self, jobs: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Yield each job's tag and how it went, as they finish.

        Files travel with the jobs: workers need the course's repository, but no common folder.
        """
        from distributed import as_completed

        running = as_completed()
        paths = {}
        waiting = iter(jobs)
        room = 2 * max(1, sum(self._client.nthreads().values()))

        def submit() -> None:
            tag, job = next(waiting, (None, None))
            if job is None:
                return
            files = read_folder(Path(job.files)) if job.files else {}
            future = self._client.submit(
                work,
                job,
                Path(job.plan).read_bytes(),
                files,
                self._modules,
                self._arguments,
                retries=RETRIES,
                pure=False,
            )
            paths[future.key] = tag, Path(job.results)
            running.add(future)

        for _ in range(room):
            submit()
        for future in running:
            tag, path = paths.pop(future.key)
            if future.status == "finished":
                answer, results = future.result()
                path.write_bytes(results)
            else:
                answer = {"status": "broken"}
            submit()
            yield tag, answer

    def close(self) -> None:
        """Leave the cluster as it is."""
        self._client.close()


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by their relative names."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files_under(folder)}


def work(
    job: Any, plan: bytes, files: dict[str, bytes], modules: tuple[str, ...], arguments: tuple
) -> tuple[dict, bytes]:
    """Run one submission on a worker; return how it went and the judge's results."""
    from distributed import get_worker

    worker = get_worker()
    # A worker may work on several submissions at a time: each takes a warm parent that is free.
    every = worker.__dict__.setdefault("autograder_idle", {})
    idle = every.setdefault((modules, arguments), queue.SimpleQueue())
    try:
        pool = idle.get_nowait()
    except queue.Empty:
        pool = Pool(1, *arguments)
        pool.prepare(modules)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "plan.json").write_bytes(plan)
        for name, content in files.items():
            path = place / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        job = replace(
            job,
            plan=str(place / "plan.json"),
            results=str(place / "results.jsonl"),
            scratch=folder,
            files=str(place / "files") if files else None,
        )
        try:
            ((_, answer),) = pool.run([(0, job)])
        except BaseException:
            pool.close()
            raise
        idle.put(pool)
        results = place / "results.jsonl"
        return answer, results.read_bytes() if results.exists() else b""
