"""Damaged notebooks: what a student answered is found, nothing else of the submission counts."""

import base64
import json
import random
from dataclasses import dataclass

import damaged
import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.submissions.matching import resemblance
from autograder.submissions.notebook_file import UnreadableError, plain_cells, read_submission
from autograder.submissions.repair import rebuild
from autograder.submissions.submission import Submission

KEY = damaged.key()
MARKED = sum("nbgrader" in cell.metadata for cell in KEY.source.cells)
ANSWERS = damaged.answers(KEY)
SIZE, MAXIMUM, AVERAGE = "p2-size", "p2-max-pool2d", "p2-avg-pool2d"
ELSEWHERE = "# This answer stands in another cell of the submission."
MERGED = "\n\n".join(ANSWERS[name] for name in (SIZE, MAXIMUM, AVERAGE))
STUBS = {cell.id: cell.source for cell in KEY.release.cells}
VISIBLE_SIZE = STUBS["p2-size-visible"]
FACADE = {"p1-by-hand": ANSWERS["p1-by-hand"] + "  # façade"}


def repaired(damage, folder):
    """Read and rebuild: (notebook, all notes in one text)."""
    path = damaged.saved(damage, damaged.submission(KEY), folder / "handed in.ipynb")
    notebook, notes = read_submission(path)
    nbformat.validate(notebook)
    built = rebuild(notebook, KEY)
    damaged.check_sound(built.notebook, KEY)
    return built.notebook, "\n".join(notes + built.notes)


def encoded(encoding, end="\n"):
    return lambda content: json.dumps(content, indent=1).replace("\n", end).encode(encoding)


KINDS = {
    # name: (damage, answers that differ from what the student wrote, what the notes say, extra cells)
    "nothing": (damaged.as_json, {}, "", 0),
    "no metadata": (damaged.no_metadata, {}, "", 0),
    "no metadata and ids": (damaged.no_labels, {}, f"matched by content: {MARKED} cells", 0),
    "no labels, other text": (damaged.reflowed, {}, f"matched by content: {MARKED} cells", 0),
    "Colab": (damaged.colab, {}, "", 0),
    "VS Code": (damaged.vs_code, {}, "matched by content", 0),
    "nbformat 3": (damaged.version_3, {}, "", 0),
    "nbformat 2": (damaged.version_2, {}, "", 0),
    "all ids alike": (damaged.same_ids, {}, "", 0),
    "odd sources": (damaged.odd_sources, {}, "4 entries of the file are not cells", 0),
    "odd metadata": (damaged.odd_metadata, {}, "", 0),
    "answer twice, one empty": (damaged.emptied_twin, {}, "p2-size occurs 2 times; the only one with", 0),
    "answer twice": (damaged.earlier_twin, {}, "Cell p2-size occurs 2 times; the last one counts.", 1),
    "split": (damaged.split, {}, "Cell p2-size occurs 2 times", 1),
    "tests twice": (damaged.repeated_tests, {}, "", 0),
    "no tests": (damaged.no_tests, {}, "Missing and put back: 25 cells", 0),
    "edited tests": (damaged.edited_tests, {}, "Changed, so the original counts: 25 tests", 0),
    "false claims": (damaged.claims, {}, "", 0),
    "markdown": (damaged.markdown, {}, "counted as code: 1 answer (p3-head)", 0),
    "raw": (damaged.raw, {}, "counted as code: 1 answer (p3-head)", 0),
    "backwards": (damaged.backwards, {}, "another order", 0),
    "merged into the first": (
        damaged.merged_up,
        {SIZE: MERGED, MAXIMUM: ELSEWHERE, AVERAGE: ELSEWHERE},
        "The answer p2-max-pool2d stands in one cell with p2-size and counts there.",
        0,
    ),
    "merged into the last": (
        damaged.merged_down,
        {SIZE: MERGED, MAXIMUM: ELSEWHERE, AVERAGE: ELSEWHERE},
        "The answer p2-avg-pool2d stands in one cell with p2-size and counts there.",
        0,
    ),
    "merged with its test": (
        damaged.merged_with_test,
        {SIZE: f"{ANSWERS[SIZE]}\n{VISIBLE_SIZE}"},
        "put back: 1 cell (p2-size-visible)",
        0,
    ),
    "moved up": (
        damaged.moved_up,
        {"p5-blur-pool2d": ELSEWHERE},
        "The answer p5-blur-pool2d stands in cell number 4 of the notebook and counts there.",
        1,
    ),
    "moved down": (damaged.moved_down, {}, "matched by content: 1 cell (p1-by-hand)", 0),
    "answer deleted": (
        lambda content: damaged.without(content, SIZE),
        {SIZE: STUBS[SIZE]},
        "Missing, so not answered: 1 answer (p2-size)",
        0,
    ),
    "half a character": (
        damaged.surrogates,
        {"p1-by-hand": ANSWERS["p1-by-hand"] + "  \ufffd"},
        "Some characters were damaged",
        0,
    ),
    "byte order mark": (encoded("utf-8-sig"), {}, "", 0),
    "UTF-16": (encoded("utf-16"), {}, "", 0),
    "UTF-16 without mark": (encoded("utf-16-le"), {}, "", 0),
    "UTF-32": (encoded("utf-32"), {}, "", 0),
    "broken lines": (
        lambda content: damaged.as_json(content).replace(rb"\n# my own", b"\n# my own"),
        {},
        "",
        0,
    ),
    "Windows line ends": (encoded("utf-8", "\r\n"), {}, "", 0),
    "nbformat 3, Windows line ends": (
        lambda content: json.dumps(damaged.version_3(content), indent=1).replace("\n", "\r\n").encode(),
        {},
        "",
        0,
    ),
    "Windows-1252": (damaged.windows, FACADE, "read as Windows-1252", 0),
    "conflict": (
        lambda content: damaged.conflict(content, '"nbformat_minor": 5', '"nbformat_minor": 4'),
        {},
        "unresolved git merge; the first",
        0,
    ),
    "conflict, first half broken": (
        lambda content: damaged.conflict(content, '"nbformat_minor": 5, "x', '"nbformat_minor": 4'),
        {},
        "unresolved git merge; the second",
        0,
    ),
    "script": (damaged.script, {}, "is a Python script", 0),
    # Such a script has no Markdown, so the answer in words is gone.
    "executed script": (damaged.executed_script, {"explain": "YOUR ANSWER HERE"}, "is a Python script", 0),
}


@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_found_and_nothing_else_counts(kind, tmp_path):
    damage, differing, note, extras = KINDS[kind]
    notebook, notes = repaired(damage, tmp_path)
    found = {cell.id: cell.source for cell in notebook.cells if cell.id in ANSWERS}
    expected = {**ANSWERS, **differing}
    assert {name: text.strip() for name, text in found.items()} == {n: t.strip() for n, t in expected.items()}
    assert note in notes
    assert bool(note) == bool(notes), "a note for what matters, none for what does not"
    assert len(notebook.cells) - len(KEY.source.cells) == extras


def test_notes_are_few_and_short(tmp_path):
    def ruin(content):
        content = damaged.merged_up(damaged.no_tests(damaged.no_metadata(content)))
        for name in ANSWERS:
            twin = next((cell for cell in content["cells"] if cell["id"] == name), None)
            if twin:
                twin["metadata"] = {"nbgrader": {"grade_id": name}}
                content["cells"].append({**twin, "id": f"twin-{name}"})
        return damaged.backwards(content)

    notebook, notes = read_submission(damaged.saved(ruin, damaged.submission(KEY), tmp_path / "a.ipynb"))
    notes += rebuild(notebook, KEY).notes
    assert 5 < len(notes) <= 10
    assert max(map(len, notes)) < 200


def test_cut_off_file_counts_as_far_as_it_goes(tmp_path):
    whole = json.dumps(damaged.submission(KEY), indent=1)
    cut = whole.index('"p3-adaptive"')
    notebook, notes = repaired(lambda content: whole[:cut].encode(), tmp_path)
    texts = {cell.id: cell.source for cell in notebook.cells}
    for name, text in ANSWERS.items():
        early = name.startswith(("p1", "p2"))
        assert texts[name] == (text if early else STUBS[name])
    assert "damaged behind its first" in notes
    assert "Missing, so not answered: 9 answers" in notes


def test_own_cells_stay_where_the_student_had_them():
    content = damaged.submission(KEY)
    for name in ("p4-max-backward", "p2-size-visible", "p2-size", "intro"):
        content["cells"].insert(damaged.place(content, name) + 1, damaged.code(f"own = '{name}'"))
        content["cells"][damaged.place(content, name) + 1]["id"] = f"own-{name}"
    content["cells"].insert(0, damaged.code("first = 1", id="first"))
    notebook = rebuild(content, KEY).notebook
    ids = [cell.id for cell in notebook.cells]
    assert ids[:3] == ["extra-1", "intro", "extra-2"]
    for number, name in ((3, "p2-size"), (4, "p2-size-visible"), (5, "p4-max-backward")):
        assert ids[ids.index(f"extra-{number}") - 1] == name
        extra = notebook.cells[ids.index(f"extra-{number}")]
        assert extra.source == f"own = '{name}'"
        index = extra.metadata.autograder["index"]
        assert content["cells"][index]["source"] == extra.source


def test_helper_in_a_split_cell_runs_before_the_answer(tmp_path):
    notebook, _ = repaired(damaged.split, tmp_path)
    texts = [cell.source for cell in notebook.cells]
    assert texts.index("def helper():\n    return 1") < texts.index(ANSWERS[SIZE])


def test_definition_moved_up_runs_before_what_may_need_it(tmp_path):
    notebook, _ = repaired(damaged.moved_up, tmp_path)
    ids = [cell.id for cell in notebook.cells]
    assert ids[ids.index("setup") + 1] == "extra-1"
    assert notebook.cells[ids.index("extra-1")].source == ANSWERS["p5-blur-pool2d"]


def test_another_notebook_gets_no_marks_but_a_note(tmp_path):
    other = [
        {"cell_type": "code", "source": "print('hello')"},
        {"cell_type": "markdown", "source": "# Diary"},
    ]
    notebook, notes = repaired(lambda content: {"cells": other}, tmp_path)
    assert "it may belong to another one" in notes
    assert {cell.source for cell in notebook.cells if cell.id in ANSWERS} == {STUBS[n] for n in ANSWERS}


@dataclass
class SmallKey:
    """An answer key of a few cells: (id, kind, text, text as handed out or None)."""

    cells: list[tuple[str, str, str, str | None]]

    def _notebook(self, column):
        made = nbformat.v4.new_notebook()
        for name, kind, *texts in self.cells:
            if texts[column] is None:
                continue
            new = nbformat.v4.new_markdown_cell if kind == "written" else nbformat.v4.new_code_cell
            cell = new(texts[column], id=name)
            if kind != "open":
                solution = kind in ("answer", "written")
                cell.metadata.nbgrader = {"grade_id": name, "solution": solution, "locked": not solution}
            made.cells.append(cell)
        return made

    @property
    def source(self):
        return self._notebook(0)

    @property
    def release(self):
        return self._notebook(1)


def small(cells, *submitted):
    """Rebuild plain texts: (id, origin, text) of each cell, and the notes."""
    built = rebuild({"cells": list(submitted)}, SmallKey(cells))
    return [(c.id, c.metadata.autograder["from"], c.source) for c in built.notebook.cells], built.notes


def text(source):
    return {"cell_type": "markdown", "source": source}


STUB = "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
FIRST, SECOND = ("one", "locked", "a = 1", "a = 1"), ("two", "locked", "b = 2", "b = 2")


def test_edited_open_cell_runs_as_the_students():
    cells, _ = small([("play", "open", "x = 1", "x = 1")], damaged.code("x = 2", id="play"))
    assert cells == [("play", "student", "x = 2")]


def test_answer_without_names_is_found_by_its_place():
    cells = [FIRST, ("why", "written", "Because.", "YOUR ANSWER HERE"), SECOND]
    found, notes = small(
        cells, text("hello"), damaged.code("a = 1"), text("As it is."), damaged.code("b = 2")
    )
    assert [cell for cell in found if cell[0] == "why"] == [("why", "student", "As it is.")]
    assert found[0] == ("extra-1", "student", "hello")
    assert "Without nbgrader's marks" in notes[0]


def test_renamed_answer_is_found_by_its_words_and_a_trial_is_not():
    cells = [FIRST, ("f", "answer", STUB, STUB), SECOND]
    renamed = STUB.replace("f(x)", "g(x)").replace("raise NotImplementedError()", "return x")
    found, _ = small(cells, damaged.code("a = 1"), damaged.code(renamed), damaged.code("b = 2"))
    assert found[1] == ("f", "student", renamed)
    found, notes = small(cells, damaged.code("a = 1"), damaged.code("print(a)"), damaged.code("b = 2"))
    assert found[1:3] == [("extra-1", "student", "print(a)"), ("f", "handed out", STUB)]
    assert notes[0] == "Missing, so not answered: 1 answer (f)."


def test_course_cell_that_defines_the_same_name_is_no_answer():
    locked = "def f(x):\n    return 'the course'"
    cells = [("one", "locked", locked, locked), ("f", "answer", STUB, STUB)]
    found, _ = small(cells, damaged.code(locked))
    assert found == [("one", "course", locked), ("f", "handed out", STUB)]


def test_of_two_definitions_the_one_in_place_is_the_answer():
    cells = [FIRST, ("f", "answer", STUB, STUB), SECOND]
    right, scratch = "def f(x):\n    return 1", "def f(x):\n    return 'tried later'"
    found, _ = small(
        cells, damaged.code("a = 1"), damaged.code(right), damaged.code("b = 2"), damaged.code(scratch)
    )
    assert found[1] == ("f", "student", right)
    assert found[3] == ("extra-1", "student", scratch)


def test_solution_never_takes_the_place_of_a_missing_stub():
    found, _ = small([("f", "answer", "def f(x):\n    return 'the solution'", None)], text("Hi"))
    assert ("f", "handed out", "") in found


def test_own_cells_get_ids_that_no_course_cell_has():
    found, _ = small([("extra-1", "locked", "a = 1", "a = 1")], damaged.code("a = 1"), damaged.code("z = 1"))
    assert [name for name, _, _ in found] == ["extra-1", "extra-2"]


def test_edited_copy_of_a_test_does_not_run():
    content = damaged.submission(KEY)
    test = content["cells"][damaged.place(content, "p2-size-visible")]
    content["cells"].append({**test, "id": "again", "source": "assert True"})
    notebook = rebuild(content, KEY).notebook
    assert not any(cell.source == "assert True" for cell in notebook.cells)


@pytest.mark.parametrize(
    ("content", "reason"),
    {
        b"": "is empty",
        b" \n ": "is empty",
        b"%PDF-1.7\n%": "is a PDF",
        b"PK\x03\x04abc": "is a zip archive",
        b"\x89PNG\r\n\x1a\n": "is an image",
        b"<!DOCTYPE html><html></html>": "is a web page",
        b"\n<html><body>": "is a web page",
        b"def f():\n    return 1\n": "it holds other text",
        b"\x00\x01\x02\x03\xff": "it holds other text",
        b"[]": "JSON, but not a notebook",
        b"3": "JSON, but not a notebook",
        b'{"nbformat": 4}': "JSON, but not a notebook",
        b'{"cells": 3}': "no list of cells",
        b'{"worksheets": [1]}': "no list of cells",
        b'{"cells": [': "cut off or damaged",
        b'{"cells": [{"cell_type": "co': "cut off or damaged",
        b'{"cells": ' + b"[" * 100_000: "cut off or damaged",
        b'{"cells": [], "a": ' + b"1" * 5000 + b"}": "cut off or damaged",
        b'{"cells": [' + b"{}," * 100_000 + b"{}]}": "has 100001 cells",
        b'{"cells": []}' + b" " * 20_000_001: "is larger than 20 MB",
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_notebook_gets_one_sentence(content, reason, tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    with pytest.raises(UnreadableError) as error:
        read_submission(path)
    assert reason in str(error.value)
    assert str(error.value).startswith("x.ipynb ")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 250


def test_folder_with_a_notebooks_name_gets_one_sentence(tmp_path):
    with pytest.raises(UnreadableError, match="is a folder"):
        read_submission(tmp_path)


@pytest.mark.parametrize("content", [None, 3, [], {}, {"cells": None}, {"cells": {"a": 1}}])
def test_rebuild_refuses_what_has_no_cells(content):
    with pytest.raises(UnreadableError):
        rebuild(content, KEY)


def test_rebuild_refuses_endless_text():
    cell = {"cell_type": "code", "source": "x" * 10_000_001}
    with pytest.raises(UnreadableError, match="5,000,000 characters"):
        rebuild({"cells": [cell] * 5}, KEY)


# Damage at random: each step changes the list of cells in place.
def swap_metadata(cells, i, j):
    cells[i]["metadata"], cells[j]["metadata"] = cells[j].get("metadata"), cells[i].get("metadata")


def swap_ids(cells, i, j):
    cells[i]["id"], cells[j]["id"] = cells[j].get("id"), cells[i].get("id")


def join(cells, i, j):
    if i != j:
        cells[i]["source"] = f"{cells[i]['source']}\n{cells[j]['source']}"
        del cells[j]


def cut(cells, i, j):
    lines = str(cells[i]["source"]).split("\n")
    second = {**cells[i], "source": "\n".join(lines[len(lines) // 2 :])}
    cells[i]["source"] = "\n".join(lines[: len(lines) // 2])
    cells.insert(i + 1, second)


STEPS = {
    "delete": lambda cells, i, j: cells.pop(i),
    "repeat": lambda cells, i, j: cells.insert(j, dict(cells[i])),
    "move": lambda cells, i, j: cells.insert(j, cells.pop(i)),
    "no metadata": lambda cells, i, j: cells[i].pop("metadata", None),
    "no id": lambda cells, i, j: cells[i].pop("id", None),
    "odd metadata": lambda cells, i, j: cells[i].update(
        metadata=[None, {"nbgrader": {"grade_id": 5}}][j % 2]
    ),
    "odd id": lambda cells, i, j: cells[i].update(id=[None, "", "a b", 7, "extra-1"][j % 5]),
    "retype": lambda cells, i, j: cells[i].update(cell_type=["code", "markdown", "raw", None][j % 4]),
    "edit": lambda cells, i, j: cells[i].update(source=f"{cells[i]['source']}\nSTUDENT = {j}"),
    "replace": lambda cells, i, j: cells[i].update(source=f"STUDENT = {j}"),
    "empty": lambda cells, i, j: cells[i].update(source=["", None, 3, []][j % 4]),
    "all metadata gone": lambda cells, i, j: [cell.pop("metadata", None) for cell in cells],
    "all ids gone": lambda cells, i, j: [cell.pop("id", None) for cell in cells],
    "swap metadata": swap_metadata,
    "swap ids": swap_ids,
    "join": join,
    "cut": cut,
}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 99), st.integers(0, 99)), max_size=25)
)
def test_no_damage_breaks_the_rebuilding_or_reaches_a_cell_of_the_course(steps):
    content = damaged.submission(KEY)
    cells = content["cells"]
    for name, i, j in steps:
        if cells:
            STEPS[name](cells, i % len(cells), j % len(cells))
    built = rebuild(content, KEY)
    damaged.check_sound(built.notebook, KEY)
    assert len(built.notes) <= 10
    assert not any("STUDENT" in cell.source for cell in damaged.course_cells(built.notebook))


@settings(max_examples=40, deadline=None)
@given(st.integers(0), st.binary(max_size=8), st.integers(0))
def test_no_bytes_break_the_reading(tmp_path_factory, start, junk, length):
    data = damaged.as_json(damaged.submission(KEY))
    start %= len(data)
    path = tmp_path_factory.getbasetemp() / "bytes.ipynb"
    path.write_bytes(data[:start] + junk + data[start + length % 2000 :])
    try:
        notebook, _ = read_submission(path)
    except UnreadableError:
        return
    damaged.check_sound(rebuild(notebook, KEY).notebook, KEY)


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["cells", "worksheets", "cell_type", "source", "metadata", "id", "nbgrader"]),
                inner,
            )
        ),
        max_leaves=30,
    )
)
def test_no_json_breaks_the_rebuilding(value):
    for content in (
        value,
        {"cells": value},
        {"cells": [value]},
        {"cells": [{"metadata": value, "source": value}]},
    ):
        try:
            built = rebuild(content, KEY)
        except UnreadableError:
            continue
        damaged.check_sound(built.notebook, KEY)


def test_rebuilding_is_deterministic():
    content = damaged.no_labels(damaged.submission(KEY))
    random.Random(0).shuffle(content["cells"])
    assert rebuild(content, KEY) == rebuild(content, KEY)


def test_all_code_in_one_long_cell_answers_everything():
    """However long the cell is, and whatever stands before the answers in it."""
    content = damaged.submission(KEY)
    code = [c["source"] for c in content["cells"] if c["cell_type"] == "code"]
    filler = "\n".join(f"value_{number} = {number}  # {'x' * 50}" for number in range(1000))
    words = content["cells"][damaged.place(content, "explain")]
    content["cells"] = [damaged.code("\n\n".join([filler, *code]), id="all"), words]
    assert len(content["cells"][0]["source"]) > 60_000
    built = rebuild(content, KEY)
    answers = [cell for cell in built.notebook.cells if cell.id in ANSWERS and cell.cell_type == "code"]
    assert {cell.metadata.autograder["from"] for cell in answers} == {"student"}
    assert sum(cell.source != ELSEWHERE for cell in answers) == 1
    assert "not answered" not in "\n".join(built.notes)


TEST = ("t", "locked", "import math\nassert f(1)", "import math\nassert f(1)")


class GradedKey(SmallKey):
    """A small key whose cell `t` is a test."""

    def _notebook(self, column):
        made = super()._notebook(column)
        for cell in made.cells:
            if cell.id == "t":
                cell.metadata.nbgrader["grade"] = True
        return made


IMPORTS = {
    "import numpy as np\na = 1": ["import numpy as np"],
    "a = 1\nfrom math import prod, sqrt as root\nimport os.path": [
        "from math import prod, sqrt as root",
        "import os.path",
    ],
    "try:\n    import cupy\nexcept ImportError:\n    cupy = None\na = 1": ["import cupy"],
    "%matplotlib inline\n!pip install x\nimport x\na = 1": ["import x"],
    "import x; print(x)\na = 1 +": [],
    "import x\na = 1 +": ["import x"],
    "def f():\n    import os\nclass C:\n    import sys\na = 1": [],
    "from . import z\nfrom __future__ import annotations\na = 1": [],
    "a = 1": [],
    'a = """\nimport os\n"""': [],
}


@pytest.mark.parametrize("text", IMPORTS)
def test_of_a_changed_course_cell_its_imports_are_kept_and_nothing_else(text):
    cells = [FIRST, ("f", "answer", STUB, STUB)]
    content = {"cells": [damaged.code(text, id="one"), damaged.code("def f(x): 1", id="f")]}
    built = rebuild(content, SmallKey(cells))
    cell = built.notebook.cells[0]
    assert (cell.source, cell.metadata.autograder.get("imports", [])) == ("a = 1", IMPORTS[text])
    assert any("Changed and put back: 1 cell (one)" in note for note in built.notes) == (text != "a = 1")


def test_imports_of_the_course_itself_are_not_kept_twice_but_those_of_a_test_are():
    locked = ("one", "locked", "import torch\na = 1", "import torch\na = 1")
    content = {"cells": [
        damaged.code("import torch\nimport numpy\na = 2", id="one"),
        damaged.code("def f(x): 1", id="f"), damaged.code("import math\nfrom math import prod", id="t"),
    ]}  # fmt: skip
    built = rebuild(content, GradedKey([locked, ("f", "answer", STUB, STUB), TEST]))
    found = {cell.id: cell.metadata.autograder.get("imports") for cell in built.notebook.cells}
    assert found == {"one": ["import numpy"], "f": None, "t": ["import math", "from math import prod"]}


def hand_in(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name.replace('__', ' ')}.ipynb").write_text(json.dumps(content))
    return Submission("ada", "pooling", folder)


def test_notebook_among_several_is_chosen_by_name_then_by_its_cells(tmp_path):
    right = damaged.submission(KEY)
    diary = {"cells": [{"cell_type": "markdown", "source": "# Diary"}]}
    named = hand_in(tmp_path / "a", pooling=right, old=diary).read(KEY.release)
    assert resemblance(KEY.release, named[0].cells) == 1
    assert named[1] == ["Graded pooling.ipynb; not graded: old.ipynb."]
    found = hand_in(tmp_path / "b", final=damaged.no_labels(damaged.submission(KEY)), diary=diary)
    assert found.read(KEY.release)[1][0] == "Graded final.ipynb; not graded: diary.ipynb."
    with pytest.raises(UnreadableError, match=r"several notebooks.*final\.ipynb, other\.ipynb"):
        hand_in(tmp_path / "c", final=right, other=right).read(KEY.release)


def test_later_copy_of_a_notebook_counts(tmp_path):
    right = damaged.submission(KEY)
    submission = hand_in(tmp_path / "a", homework=right, **{"homework__(1)": right, "homework__(10)": right})
    assert submission.read(KEY.release)[1][0].startswith("Graded homework (10).ipynb; not graded: ")
    submission = hand_in(tmp_path / "b", **{"hw": right, "hw-Copy1": right})
    assert submission.read()[1] == ["Graded hw-Copy1.ipynb; not graded: hw.ipynb."]


def test_what_is_answered_counts_whatever_it_is_called(tmp_path):
    right, untouched = damaged.submission(KEY), json.loads(json.dumps(KEY.release))
    for number, name in enumerate(("pooling (1)", "pooling-Copy2", "final version", "Kopie von pooling")):
        submission = hand_in(tmp_path / f"a{number}", pooling=untouched, **{name: right})
        assert submission.read(KEY.release)[1] == [f"Graded {name}.ipynb; not graded: pooling.ipynb."]
        submission = hand_in(tmp_path / f"b{number}", pooling=right, **{name: untouched})
        assert submission.read(KEY.release)[1] == [f"Graded pooling.ipynb; not graded: {name}.ipynb."]


def test_of_copies_with_answers_the_fullest_counts_and_a_damaged_file_gives_way_to_none(tmp_path):
    right, part = damaged.submission(KEY), damaged.without(damaged.submission(KEY), SIZE, MAXIMUM)
    submission = hand_in(tmp_path / "a", pooling=right, **{"pooling (1)": part})
    assert submission.read(KEY.release)[1][0].startswith("Graded pooling.ipynb")
    submission = hand_in(tmp_path / "b", old=right)
    (tmp_path / "b" / "pooling.ipynb").write_text("damaged")
    with pytest.raises(UnreadableError, match=r"pooling\.ipynb is not a notebook"):
        submission.read(KEY.release)


def test_the_same_name_in_two_folders_is_not_chosen_by_chance(tmp_path):
    right, part = damaged.submission(KEY), damaged.without(damaged.submission(KEY), SIZE)
    hand_in(tmp_path / "one", pooling=right)
    hand_in(tmp_path / "two", pooling=part)
    with pytest.raises(UnreadableError, match=r"one/pooling\.ipynb, two/pooling\.ipynb"):
        Submission("ada", "pooling", tmp_path).read(KEY.release)
    hand_in(tmp_path / "two", pooling=right)
    assert (
        Submission("ada", "pooling", tmp_path).read(KEY.release)[1][0].startswith("Graded one/pooling.ipynb")
    )


def test_notebook_saved_as_text_or_in_a_folder_is_found(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "pooling.ipynb.txt").write_bytes(damaged.as_json(damaged.submission(KEY)))
    notebook, notes = Submission("ada", "pooling", tmp_path).read()
    assert (len(notebook.cells), notes) == (len(KEY.source.cells), [])


def test_plain_cells_keep_pictures_of_a_written_answer():
    png = base64.b64encode(b"\x89PNG...").decode()
    given = {
        "a.png": {"image/png": png, "text/html": "<script>", "image/svg+xml": "<svg/>"},
        "b.png": 3,
        "c.png": {"image/png": base64.b64encode(b"<script>").decode()},
    }
    cells, _ = plain_cells({"cells": [{"cell_type": "markdown", "source": "x", "attachments": given}]})
    assert cells[0].attachments == {"a.png": {"image/png": png}}
