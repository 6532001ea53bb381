"""The two processes that grade a submission: names are found as in a notebook, and a crash costs one cell."""

import copy
import json
from pathlib import Path

import commands
import nbformat
import pytest
import tiny_assignment as tiny

from autograder.grade import Options, grade

VISIBLE = """\
from math import prod

LIMIT = 7


def double(a):
    return 2 * a


assert add(1, 2) == 3, "add(1, 2) is 3"
assert add(1, LIMIT) == 8"""
HIDDEN = """\
# Hidden: other numbers.
### BEGIN HIDDEN TESTS
hidden_number = 40
assert add(hidden_number, two) == 42, "add is wrong for larger numbers"
### END HIDDEN TESTS"""


def write_source(folder: Path) -> Path:
    """The tiny assignment, with a test that defines names and a course cell that a test builds on."""
    notebook = tiny.notebook()
    for cell in notebook.cells:
        cell.source = {"add-test": VISIBLE, "add-hidden": HIDDEN}.get(cell.id, cell.source)
        if cell.id == "setup-cnnlib":
            cell.source = "import math\ntwo = 2"
    return tiny.write_source(folder, notebook)


RIGHT_ADD, RIGHT_NEGATE = tiny.RIGHT["add"], tiny.RIGHT["negate"]
STUBBORN = "while True:\n    try:\n        while True:\n            pass\n    except:\n        pass"
ANSWERS = {
    "right": {},
    # What a visible test imports can be used behind it; what tests define cannot.
    "uses-test": {"negate": "def negate(a):\n    return prod([-1, a])"},
    "uses-hidden": {"negate": "def negate(a):\n    return -a + 0 * hidden_number"},
    # Answers of the same names as what tests and course define.
    "double": {"add": f"def double(a):\n    return 3\n\n\n{RIGHT_ADD}", "negate": RIGHT_NEGATE},
    "two": {"add": f"two = 3\n{RIGHT_ADD}"},
    "check": {"negate": "class negate:\n    def __new__(cls, a):\n        return -a"},
    "lambda": {"negate": "negate = lambda a: -a"},
    "exit": {"negate": f"{RIGHT_NEGATE}\nimport os\nos._exit(1)"},
    "exit-in-test": {"add": "import os\ndef add(a, b):\n    os._exit(0)"},
    "killed": {"add": f"import os, signal\n{RIGHT_ADD}\nos.kill(os.getpid(), signal.SIGKILL)"},
    # Stopped as in Jupyter: what the cell defined before stays.
    "endless": {"negate": f"{RIGHT_NEGATE}\nwhile True:\n    pass"},
    "stubborn": {"negate": f"{RIGHT_NEGATE}\n{STUBBORN}"},
    "endless-in-test": {"add": "def add(a, b):\n    while True:\n        pass"},
    "memory": {"negate": f"{RIGHT_NEGATE}\nimport torch\nheld = torch.ones(10**9)"},
    "syntax": {"negate": "def negate(a: return -a"},
    "undefined": {"negate": "x = 1"},
    "not-a-function": {"negate": "negate = 3"},
}
SCORES = {
    "uses-hidden": (1, 1, 0),
    "exit": (1, 1, 0),
    "exit-in-test": (0, 0, 1),
    "killed": (0, 0, 1),
    "stubborn": (1, 1, 0),
    "endless-in-test": (0, 0, 1),
    "syntax": (1, 1, 0),
    "undefined": (1, 1, 0),
    "not-a-function": (1, 1, 0),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return write_source(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def released(source, tmp_path_factory):
    return tiny.read_release(source, tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def submitted(released, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("submitted")
    for student, answers in ANSWERS.items():
        tiny.hand_in(folder, student, tiny.answer(released, **tiny.RIGHT | answers))
    return folder


@pytest.fixture(scope="module")
def judged(source, submitted, tmp_path_factory):
    """All of them, graded as an instructor does."""
    output = tmp_path_factory.mktemp("judged")
    assert grade(source, tiny.NAME, submitted, output, Options(timeout=3)) == 0
    return tiny.csv_rows(output), output


def points(row: dict[str, str]) -> tuple[int, ...]:
    return tuple(int(row[cell]) for cell in tiny.CELLS)


@pytest.mark.parametrize("student", ANSWERS)
def test_each_submission_gets_the_points_it_deserves(judged, student):
    assert points(judged[0][student]) == SCORES.get(student, (1, 1, 1))


def test_every_record_says_which_isolation_there_was(judged):
    isolations = {row["isolation"] for row in judged[0].values()}
    assert len(isolations) == 1
    assert "Landlock" in isolations.pop()


@pytest.mark.parametrize(
    ("student", "words"),
    {
        "exit": "Python ended while",
        "exit-in-test": "Python ended while",
        "endless-in-test": "time limit",
        "undefined": "There is no `negate`",
        "not-a-function": "raised TypeError for inputs that are not shown",
    }.items(),
)
def test_feedback_says_how_a_cell_ended(judged, student, words):
    page = judged[1] / "feedback" / student / tiny.NAME / f"{tiny.NAME}.html"
    assert words in page.read_text().replace("&#39;", "'")


def test_in_one_process_the_same_points_are_given(source, submitted, judged, tmp_path):
    tame = ("right", "double", "check", "lambda", "syntax", "undefined", "not-a-function")
    assert (
        grade(source, tiny.NAME, submitted, tmp_path, Options(students=tame, timeout=5, in_process=True)) == 0
    )
    rows = tiny.csv_rows(tmp_path)
    assert {student: points(rows[student]) for student in tame} == {
        student: points(judged[0][student]) for student in tame
    }


def test_graded_notebooks_are_whole_and_valid(judged, released):
    path = judged[1] / "autograded" / "endless" / tiny.NAME / f"{tiny.NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == [cell.id for cell in released.cells]
    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    assert outputs["negate"][0].ename == "CellTimeoutError"
    assert outputs["negate-test"] == []


def test_what_a_students_copy_of_a_locked_cell_imports_is_imported_at_its_place(source, released, tmp_path):
    """The copy itself is replaced by the original, which imports something else."""
    early = {
        "add": f"{RIGHT_ADD}\n\n\nfactorial(1)",
        "negate": "def negate(a):\n    return -a * factorial(1)",
    }
    notebook = tiny.answer(released, **tiny.RIGHT | early)
    for cell in notebook.cells:
        if cell.id == "add-test":
            cell.source = f"from no_such_package import x\nfrom math import factorial\n{cell.source}"
    tiny.hand_in(tmp_path / "submitted", "ada", notebook)
    assert grade(source, tiny.NAME, tmp_path / "submitted", tmp_path / "output", Options(timeout=5)) == 0
    assert points(tiny.csv_rows(tmp_path / "output")["ada"]) == (1, 1, 1)
    executed = tmp_path / "output" / "autograded" / "ada" / tiny.NAME / f"{tiny.NAME}.ipynb"
    outputs = {cell.id: cell.get("outputs") for cell in nbformat.read(executed, 4).cells}
    assert [output.ename for output in outputs["add"]] == ["NameError"], "before that place, it is not there"


def without_landlock() -> None:
    """Let this process be one in which Landlock is forbidden, as in some containers."""
    import errno

    import pyseccomp

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), 444)
    rules.load()


def test_without_isolation_nothing_is_graded_unless_that_is_asked_for(source, released, tmp_path):
    tiny.hand_in(tmp_path / "submitted", "ada", tiny.answer(released, **tiny.RIGHT))
    folders = ("--source", source, "--submitted", tmp_path / "submitted", "--output", tmp_path / "output")
    refused = commands.run("grade", tiny.NAME, *folders, preexec_fn=without_landlock)
    assert refused.returncode == 2
    assert "Submissions cannot be isolated here" in refused.stderr
    assert "--unsafe" in refused.stderr
    assert "Traceback" not in refused.stderr
    unsafe = commands.run("grade", tiny.NAME, *folders, "--unsafe", preexec_fn=without_landlock)
    assert unsafe.returncode == 0, unsafe.stderr
    row = tiny.csv_rows(tmp_path / "output")["ada"]
    assert (row["score"], row["isolation"]) == ("3", "none")


def test_each_shard_grades_its_part_and_all_together_the_class(source, released, tmp_path):
    for number in range(7):
        tiny.hand_in(tmp_path / "submitted", f"s{number}", tiny.answer(released, **tiny.RIGHT))
    folders = ("--source", source, "--submitted", tmp_path / "submitted", "--output", tmp_path / "output")
    runs = [commands.start("grade", tiny.NAME, *folders, "--shard", f"{i}/3") for i in (1, 2, 3)]
    outputs = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert sorted(int(output.split()[1]) for output in outputs) == [2, 2, 3]
    rows = tiny.csv_rows(tmp_path / "output")
    assert {student: row["score"] for student, row in rows.items()} == {f"s{i}": "3" for i in range(7)}


def test_a_course_cell_that_a_student_changed_does_not_run_beside_the_tests(tmp_path):
    """A cell that is neither locked nor an answer: the student's text runs, but not in the judge."""
    notebook = tiny.notebook()
    free = nbformat.v4.new_code_cell("two = 2", id="free")
    notebook.cells.insert(2, free)
    for cell in notebook.cells:
        if cell.id == "add-test":
            cell.source = "assert add(1, two) == 3"
    source = tiny.write_source(tmp_path / "source", notebook)
    released = tiny.read_release(source, tmp_path / "release")
    changed = copy.deepcopy(released)
    for cell in changed.cells:
        if cell.id == "free":
            cell.source = "import builtins\nbuiltins.AssertionError = None\ntwo = 5"
    tiny.hand_in(tmp_path / "submitted", "eve", tiny.answer(changed, add=tiny.WRONG, negate="negate = abs"))
    assert grade(source, tiny.NAME, tmp_path / "submitted", tmp_path / "output", Options(timeout=5)) == 0
    row = tiny.csv_rows(tmp_path / "output")["eve"]
    assert points(row) == (1, 0, 0), json.dumps(row)
