"""What a test forbids does not run: attacks earn nothing, and honest notebooks beside them lose nothing."""

import json
import re

import forbidding_assignment as forbidding
import nbformat
import pytest
import tiny_assignment as tiny

from autograder.grade import Options, grade
from autograder.releasing.release import release

# Hidden inputs of `double`; a student's code sees them and tries to bring them out.
SECRETS = re.compile("4711|8151|9342")
TELLING = {
    "remembers": ("seen = []\n\n\ndef double(x):\n    seen.append(x)\n    return 2 * x", "print(seen)"),
    "prints": ("def double(x):\n    print('I was given', x)\n    return 2 * x", "double(3)"),
    "names_error": ("def double(x):\n    raise type(f'Given{x}', (ValueError,), {})(f'I was given {x}')", ""),
    "names_function": (
        "import linecache\n\n\ndef double(x):\n"
        "    source = f'def f():\\n    raise ValueError  # given {x}'\n"
        "    linecache.cache['<cell double>'] = (1, None, source.splitlines(True), '<cell double>')\n"
        "    names = {}\n    exec(compile(source, '<cell double>', 'exec'), names)\n    names['f']()",
        "",
    ),
    "names_cell": (
        "def double(x):\n    exec(compile('raise ValueError', f'<cell given {x}>', 'exec'))",
        "",
    ),
    "writes": (
        "from pathlib import Path\n\n\ndef double(x):\n    Path('seen').write_text(str(x))\n    return 2 * x",
        "print(Path('seen').read_text() if Path('seen').exists() else 'nothing')",
    ),
}
STUDENTS = [*forbidding.HONEST, *forbidding.CONVOLUTIONS, *forbidding.SIZES, *TELLING]


def answers(student: str) -> dict[str, str]:
    if student in TELLING:
        return forbidding.RIGHT | {"double": TELLING[student][0], "last": TELLING[student][1]}
    if student in forbidding.HONEST:
        return forbidding.RIGHT | forbidding.HONEST[student]
    part, of_part = ("conv", forbidding.CONVOLUTIONS)
    if student in forbidding.SIZES:
        part, of_part = ("size", forbidding.SIZES)
    return forbidding.RIGHT | {part: of_part[student]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forbidding")
    forbidding.write_source(folder / "solutions")
    release(folder / "solutions", forbidding.NAME, folder / "exercises")
    return folder


@pytest.fixture(scope="module")
def released(folder):
    return nbformat.read(folder / "exercises" / forbidding.NAME / f"{forbidding.NAME}.ipynb", 4)


def hand_in(folder, released, student: str) -> None:
    path = folder / student / forbidding.NAME / f"{forbidding.NAME}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(tiny.answer(released, **answers(student))))


@pytest.fixture(scope="module")
def graded(folder, released):
    """All of them, graded: their rows of the table, and the folder."""
    for student in STUDENTS:
        hand_in(folder / "submitted", released, student)
    output = folder / "output"
    options = Options(timeout=20)
    assert grade(folder / "solutions", forbidding.NAME, folder / "submitted", output, options) == 0
    return tiny.csv_rows(output), output


def points(row: dict[str, str]) -> dict[str, float]:
    return {name: float(row[name]) for name in forbidding.POINTS}


def executed(output, student: str) -> dict:
    path = output / "autograded" / student / forbidding.NAME / f"{forbidding.NAME}.ipynb"
    return {cell.id: cell for cell in nbformat.read(path, 4).cells}


@pytest.mark.parametrize("student", [name for name in forbidding.HONEST if name != "two_of_three"])
def test_an_honest_notebook_loses_nothing(graded, student):
    assert points(graded[0][student]) == forbidding.POINTS


def test_what_is_right_in_part_gets_a_part(graded):
    row = points(graded[0]["two_of_three"])
    assert row.pop("double-hidden") == pytest.approx(8 / 3)
    assert row == {name: most for name, most in forbidding.POINTS.items() if name != "double-hidden"}


@pytest.mark.parametrize("student", [*forbidding.CONVOLUTIONS, *forbidding.SIZES])
def test_a_forbidden_call_earns_nothing_and_costs_only_its_part(graded, student):
    part = "size-" if student in forbidding.SIZES else "conv-"
    deserved = {name: 0 if name.startswith(part) else most for name, most in forbidding.POINTS.items()}
    assert points(graded[0][student]) == deserved


def test_the_same_answers_are_right_where_nothing_is_forbidden(released, tmp_path):
    forbidding.write_source(tmp_path / "solutions", forbid=False)
    for student in (*forbidding.CONVOLUTIONS, *forbidding.SIZES):
        hand_in(tmp_path / "submitted", released, student)
    folders = tmp_path / "solutions", forbidding.NAME, tmp_path / "submitted", tmp_path / "output"
    assert grade(*folders, Options(timeout=20)) == 0
    wrong = {name for name, row in tiny.csv_rows(tmp_path / "output").items() if row["score"] != "10"}
    assert wrong <= {"size_compiled"}, "which reads a file that Python may not have written"


@pytest.mark.parametrize("student", TELLING)
def test_nothing_that_a_hidden_test_passes_comes_out(graded, student):
    rows, output = graded
    page = output / "feedback" / student / forbidding.NAME / f"{forbidding.NAME}.html"
    assert not SECRETS.search(page.read_text())
    cells = executed(output, student)
    shown = [cells[name].get("outputs") for name in ("conv", "double", "last")]
    assert not SECRETS.search(json.dumps(shown))
    told = cells["double-hidden"].metadata.autograder.get("fault", {})
    assert not SECRETS.search(json.dumps([told, [o.get("evalue") for o in cells["double-hidden"].outputs]]))
    right = {**forbidding.POINTS} if "names" not in student else {**forbidding.POINTS, "double-hidden": 0}
    assert points(rows[student]) == right


def test_what_a_hidden_test_found_is_told_in_fixed_words(graded):
    cells = executed(graded[1], "names_error")
    assert cells["double-hidden"].metadata.autograder.fault == {
        "kind": "raised",
        "type": "ValueError",
        "cell": "double",
        "line": 2,
        "text": "raise type(f'Given{x}', (ValueError,), {})(f'I was given {x}')",
    }
    assert cells["double-hidden"].outputs[-1].ename == "ValueError"
    cells = executed(graded[1], "thread")
    assert cells["conv-hidden"].metadata.autograder.fault == {"kind": "forbidden"}
    assert (
        "(conv2d, numpy.convolve, scipy.signal.correlate2d, unfold)"
        in cells["conv-visible"].outputs[-1].evalue
    )


def test_an_honest_mistake_is_told_by_the_function_that_is_called(graded):
    (error,) = executed(graded[1], "layer")["conv-visible"].outputs
    assert error.evalue.startswith("In conv, the library's conv2d is called")


def test_lines_to_read_are_quoted_and_cost_nothing_unless_that_is_asked_for(folder, released, tmp_path):
    text = "import ctypes\n" + forbidding.RIGHT["size"]
    for student, right in (("ada", {}), ("bob", {"size": text})):
        path = tmp_path / "submitted" / student / forbidding.NAME / f"{forbidding.NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(tiny.answer(released, **forbidding.RIGHT | right)))
    for strict in (False, True):
        options = Options(timeout=20, strict=strict, regrade=True)
        output = tmp_path / "output"
        grade(folder / "solutions", forbidding.NAME, tmp_path / "submitted", output, options)
        rows = tiny.csv_rows(output)
        assert points(rows["ada"]) == forbidding.POINTS
        assert rows["bob"]["message"] == "To read: `import ctypes`"
        lost = [name for name, most in forbidding.POINTS.items() if points(rows["bob"])[name] != most]
        assert lost == (["conv-visible", "conv-hidden", "size-visible", "size-hidden"] if strict else [])
