"""Hostile notebooks, graded with the real command: they gain nothing, learn nothing, and stop nobody."""

import ctypes
import errno
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import hostile_assignment as hostile
import nbformat
import psutil
import pytest
import tiny_assignment as tiny
from hostile_notebooks import NOTEBOOKS, make

from autograder.releasing.release import release

TIMEOUT = 4  # seconds a cell
SECRET = "canary-e0e0e0e1"  # in the grader's environment
AT_HOME = "canary-e0e0e0e2"  # in a file of the grader
OF_STUDENT = "canary-e0e0e0e3"  # in another student's answer
CANARY = re.compile(r"canary-[0-9a-f]{8}")
SUBREAPER = 36  # prctl: processes that lose their parent become children of this one
ATTACKS = hostile.attacks()
HONEST = ("ada", "zoe")  # graded first and last
# Submissions with a link in the place of the notebook.
LINKED = {
    "links_to_solution": f"solutions/{hostile.NAME}/{hostile.NAME}.ipynb",
    "links_to_student": f"submitted/ada/{hostile.NAME}/{hostile.NAME}.ipynb",
}
# What no grader can take away. A visible test shows what it expects. And how an answer comes to its results
# is known to its own process alone, so rules about that bind honest code: the results are right here.
ALLOWED = {
    "first_call_right": {"add-test": 1},
    "hides_parameters": {"Net-test": 1, "Net-hidden": 1},
}
# They ruin their own process for all cells that follow, each time it is started again.
COSTLY = {
    "answers_right_to_everything", "dies_later", "interrupts_everything", "lies_about_outputs", "odd_errors",
    "pickled_answer", "reads_descriptors", "replaces_modules",
}  # fmt: skip


class Listeners:
    """What a hostile notebook might reach: nobody else connects to these."""

    def __init__(self, folder: Path, mark: str) -> None:
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(folder / "socket"))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0{mark}")
        self.datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.datagrams.bind(str(folder / "datagrams"))
        for listener in (self.unix, self.abstract):
            listener.listen()
        for listener in vars(self).values():
            listener.setblocking(False)

    def heard(self) -> list[str]:
        """The names of those that somebody reached."""
        found = []
        for name, listener in vars(self).items():
            try:
                listener.accept() if listener.type == socket.SOCK_STREAM else listener.recv(1)
                found.append(name)
            except BlockingIOError:
                pass
        return found

    def close(self) -> None:
        for listener in vars(self).values():
            listener.close()


class Course:
    """A course's folder, a run of the command over hostile notebooks, and what became of it."""

    def __init__(
        self,
        folder: Path,
        attacks: dict,
        notebooks: dict,
        linked: dict,
        seconds: int = TIMEOUT,
        **options: Any,
    ) -> None:
        self.folder, self.seconds = folder, seconds
        self.attacks, self.notebooks, self.linked, self.options = attacks, notebooks, linked, options
        self.source = self.write_source()
        release(self.source, hostile.NAME, folder / "exercises")
        self.released = nbformat.read(folder / "exercises" / hostile.NAME / f"{hostile.NAME}.ipynb", 4)
        for name in ("home", "tmp", "output"):
            (folder / name).mkdir()
        (folder / "home" / "secret.txt").write_text(AT_HOME)
        self.mark = f"pwned-{uuid.uuid4().hex}"  # what a hostile notebook writes where it can
        self.listeners = Listeners(folder, self.mark)
        self.hand_in()
        self.before = self.contents()
        self.run = self.grade()
        self.rows = tiny.csv_rows(folder / "output")

    def write_source(self) -> Path:
        path = self.folder / "solutions" / hostile.NAME / f"{hostile.NAME}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(hostile.notebook(), path)
        path.with_name("tests.py").write_text(hostile.TESTS_MODULE)
        return self.folder / "solutions"

    def hand_in(self) -> None:
        for student in HONEST:
            own = hostile.RIGHT | {"add": f"{hostile.RIGHT['add']}  # {OF_STUDENT}"}
            self.write(student, tiny.answer(self.released, **own))
        for student, (part, text) in self.attacks.items():
            places = {"COURSE": self.folder, "MARK": self.mark, "TCP": port(self.listeners.tcp)}
            for word, value in (places | {"UDP": port(self.listeners.udp)}).items():
                text = text.replace(f"__{word}__", str(value))
            self.write(student, tiny.answer(self.released, **hostile.RIGHT | {part: text}))
        for student, change in self.notebooks.items():
            self.write(student, make(self.released, change))
        for student, target in self.linked.items():
            self.write(student, tiny.answer(self.released, **hostile.WRONG), "own.ipynb")
            folder = self.folder / "submitted" / student / hostile.NAME
            (folder / f"{hostile.NAME}.ipynb").symlink_to(self.folder / target)

    def write(self, student: str, notebook, name: str = f"{hostile.NAME}.ipynb") -> None:
        path = self.folder / "submitted" / student / hostile.NAME / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook))  # also what nbformat would refuse to write

    def contents(self) -> dict[str, bytes]:
        """All files that a run must not touch."""
        places = [self.folder / name for name in ("solutions", "submitted", "exercises")]
        files = [path for place in places for path in place.rglob("*") if path.is_file()]
        return {str(path): path.read_bytes() for path in [*files, self.folder / "home" / "secret.txt"]}

    def grade(self) -> subprocess.CompletedProcess:
        environment = os.environ | {
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            **{f"COURSE_SECRET_{length}": "x" * length + SECRET for length in range(0, 500, 7)},
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
        }
        folders = [f"--{name}={self.folder / place}" for name, place in
                   (("source", "solutions"), ("submitted", "submitted"), ("output", "output"))]  # fmt: skip
        options = [f"--timeout={self.seconds}", "--memory=512", *folders]
        return subprocess.run(
            [sys.executable, "-m", "autograder", "grade", hostile.NAME, *options],
            env=environment, capture_output=True, text=True, timeout=1500, **self.options,
        )  # fmt: skip

    def shown(self, student: str) -> str:
        """All that a submission's cells have shown, its feedback, and its line in the table.

        Only the instructor sees a hidden test's traceback, which Python makes of the test's own text.
        """
        path = self.folder / "output" / "autograded" / student / hostile.NAME / f"{hostile.NAME}.ipynb"
        outputs = [output for cell in json_cells(path) for output in cell.get("outputs", [])]
        for output in outputs:
            output.pop("traceback", None)
        return json.dumps(outputs, ensure_ascii=False) + self.page(student) + json.dumps(self.rows[student])

    def printed(self, student: str) -> str:
        """What its cells have printed."""
        path = self.folder / "output" / "autograded" / student / hostile.NAME / f"{hostile.NAME}.ipynb"
        outputs = [output for cell in json_cells(path) for output in cell.get("outputs", [])]
        return "".join(output.get("text", "") for output in outputs)

    def page(self, student: str) -> str:
        folder = self.folder / "output" / "feedback" / student / hostile.NAME
        return (folder / f"{hostile.NAME}.html").read_text()

    def lost(self, student: str) -> set[str]:
        """The tests of the attacked part."""
        return set(hostile.TESTS[self.attacks[student][0]])

    def points(self, student: str) -> dict[str, float]:
        row = self.rows[student]
        return {name: float(row[name] or 0) for names in hostile.TESTS.values() for name in names}


def json_cells(path: Path) -> list:
    return nbformat.from_dict(json.loads(path.read_text())).cells if path.exists() else []


def port(listener: socket.socket) -> int:
    return listener.getsockname()[1]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    libc = ctypes.CDLL(None)
    assert libc.prctl(SUBREAPER, 1, 0, 0, 0) == 0
    folder = tmp_path_factory.mktemp("course")
    course = Course(folder, ATTACKS, NOTEBOOKS, LINKED)
    yield course
    libc.prctl(SUBREAPER, 0, 0, 0, 0)
    course.listeners.close()
    shutil.rmtree(folder, ignore_errors=True)


def test_the_run_ends_and_grades_everybody(course):
    assert course.run.returncode == 0, course.run.stdout[-3000:] + course.run.stderr[-3000:]
    assert set(course.rows) == {*ATTACKS, *NOTEBOOKS, *LINKED, *HONEST}
    assert "Traceback" not in course.run.stderr
    assert {row["status"] for row in course.rows.values()} == {"graded"}
    assert all("Landlock" in row["isolation"] for row in course.rows.values())


@pytest.mark.parametrize("student", HONEST)
def test_an_honest_student_among_them_gets_full_marks(course, student):
    assert set(course.points(student).values()) == {1}


@pytest.mark.parametrize("student", ATTACKS)
def test_an_attack_gains_nothing_and_costs_only_its_own_part(course, student):
    attacked = course.lost(student)
    points = course.points(student)
    deserved = {name: float(name not in attacked) for name in points} | ALLOWED.get(student, {})
    if student in COSTLY:
        assert {name: points[name] for name in attacked} == {name: deserved[name] for name in attacked}
    else:
        assert points == deserved


def test_an_instructor_is_pointed_to_answers_that_tamper_with_the_checks(course):
    said = course.rows["patches_forbid"]["message"]
    assert said.startswith("To read: `import cnnlib.check.forbidden as forbidden`; ")
    assert all("To read" not in course.rows[student]["message"] for student in HONEST)


@pytest.mark.parametrize("student", [*NOTEBOOKS, *LINKED])
def test_a_hostile_file_gains_nothing(course, student):
    assert set(course.points(student).values()) == {0}
    assert float(course.rows[student]["score"]) == 0
    assert float(course.rows[student]["max_score"]) == 2 * len(hostile.PARTS)


@pytest.mark.parametrize("student", [*ATTACKS, *NOTEBOOKS, *LINKED])
def test_a_hostile_notebook_learns_and_reaches_nothing(course, student):
    shown = course.shown(student)
    assert set(CANARY.findall(shown)) == set()
    assert re.findall(r"BREACH.{0,200}", course.printed(student)) == []


@pytest.mark.parametrize("student", [*ATTACKS, *NOTEBOOKS, *LINKED])
def test_what_it_shows_is_bounded_and_harmless(course, student):
    page = course.page(student)
    assert len(page) < 2_000_000
    assert "<script>pwned" not in page
    assert not re.search(r"<[^>&]*\bpwned\(\)", page)
    path = course.folder / "output" / "autograded" / student / hostile.NAME / f"{hostile.NAME}.ipynb"
    assert path.stat().st_size < (1_000_000 if student in ATTACKS else 12_000_000)
    nbformat.validate(nbformat.read(path, as_version=4))
    assert '"><script>' not in json.dumps([cell.get("outputs") for cell in json_cells(path)])


def test_a_process_that_claims_to_be_stopped_is_not_started_again_and_again(course):
    assert "too often" not in course.page("interrupts_everything")


def test_nothing_was_written_outside(course):
    assert course.contents() == course.before
    for place in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/mnt", Path.home(), course.folder):
        assert course.mark not in os.listdir(place)
    assert not [path for path in course.folder.rglob("*") if course.mark in path.name]
    assert list((course.folder / "tmp").iterdir()) == []


def test_nobody_was_reached_over_a_socket(course):
    assert course.listeners.heard() == []
    socket.create_connection(course.listeners.tcp.getsockname()).close()  # whoever had called would be heard
    assert course.listeners.heard() == ["tcp"]


def test_a_search_of_memory_finds_what_is_there_and_nothing_of_the_grader(tmp_path):
    # It reads several hundred MB, which on a busy machine takes longer than the others get.
    course = Course(tmp_path, {"scans_memory": ATTACKS["scans_memory"]}, {}, {}, seconds=120)
    found = "FOUND [b'control'] in"
    assert found in course.printed("scans_memory")
    assert found in course.page("scans_memory").replace("&#39;", "'")  # of the search during a hidden test
    assert not CANARY.search(course.shown("scans_memory"))
    course.listeners.close()


def test_no_process_survives(course):
    assert [child.cmdline() for child in psutil.Process().children(recursive=True)] == []


def test_the_gradebook_holds_what_the_table_says(course):
    rows = tiny.gradebook_rows(course.folder / "output")
    scores = {tuple(row[:2]): row[2] for row in rows if row[1].endswith(("-test", "-hidden"))}
    for student in course.rows:
        for name, points in course.points(student).items():
            assert scores[student, name] == points


def without_namespaces() -> None:
    """Let this process be one that may not make namespaces, as ordinary users of some systems."""
    import pyseccomp

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "unshare")
    rules.load()


def test_without_namespaces_the_rest_of_the_sandbox_holds(tmp_path):
    names = ("deep_folders", "gains_rights", "leftovers", "links", "many_processes", "network", "reads_files",
             "signals_others", "writes_outside")  # fmt: skip
    attacks = {name: ATTACKS[name] for name in names}
    # None of these hangs; on a busy machine a cell must not run out of time.
    course = Course(tmp_path, attacks, {}, {}, seconds=30, preexec_fn=without_namespaces)
    assert course.run.returncode == 0, course.run.stdout[-3000:] + course.run.stderr[-3000:]
    assert "Traceback" not in course.run.stderr
    for student in names:
        lost = course.lost(student)
        assert course.points(student) == {name: float(name not in lost) for name in course.points(student)}
        assert "namespaces" not in course.rows[student]["isolation"]
        assert "BREACH" not in course.printed(student)
        assert not CANARY.search(course.shown(student))
    assert set(course.points("ada").values()) == {1}
    assert "made" in course.printed("deep_folders")
    assert course.listeners.heard() == []
    assert course.contents() == course.before
    assert list((tmp_path / "tmp").iterdir()) == []
    course.listeners.close()
