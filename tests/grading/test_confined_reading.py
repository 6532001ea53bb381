"""Reading a submission: whatever is in it costs it alone, and what comes back is checked."""

import copy
import json
import resource
from pathlib import Path

import damaged
import pytest
import tiny_assignment as tiny

from autograder.grade import Options, grade
from autograder.submissions.matching import course_cells
from autograder.submissions.messages import ReadJob
from autograder.submissions.notebook_file import UnreadableError, read_submission
from autograder.submissions.reader import FULL, Confined, Reader, SlowError, public
from autograder.submissions.repair import arrange, assemble, rebuild
from autograder.submissions.submission import Submission

KEY = damaged.key()


def hand_in(folder: Path, content: dict | bytes) -> Submission:
    folder.mkdir(parents=True)
    (folder / "pooling.ipynb").write_bytes(
        content if isinstance(content, bytes) else damaged.as_json(content)
    )
    return Submission(folder.name, "pooling", folder)


def with_cell(source: str) -> dict:
    content = damaged.submission(KEY)
    content["cells"].append(damaged.code(source, id="own"))
    return content


@pytest.fixture(scope="module", params=["isolated", "unsafe"])
def reader(request):
    with Reader(KEY, request.param == "unsafe") as reader:
        yield reader


GRADED = {
    "magic": with_cell("\n".join(f"%time x = {number}" for number in range(400))),
    "attributes": with_cell("x" + ".a" * 4000),
    "nesting": with_cell("(" * 100_000),
    "words": with_cell(" ".join(f"word{number}" for number in range(80_000))),
    "many cells": {"cells": damaged.submission(KEY)["cells"] + [damaged.code("x = 1")] * 4000},
    "spaces": with_cell(" " * 400_000 + "x" + "\t" * 400_000),
    "wide characters": with_cell("# " + "\U0001f600" * 800_000),
}
REFUSED = {
    "text": (with_cell("x = " + "[]+" * 2_000_000 + "0"), "more than 5,000,000 characters"),
    "cells": (b'{"cells": [' + b"{}," * 1_500_000 + b"{}]}", "at most 5000 are read"),
    "lists": (b'{"cells": [], "x": ' + b"[[]," * 400_000 + b"0", "cut off or damaged"),
    "memory": (b'{"cells": [], "x": [' + b'{"":[]},' * 2_400_000 + b"0]}", "reading it takes"),
}


@pytest.mark.parametrize("kind", GRADED)
def test_odd_text_is_read_with_all_answers(reader, tmp_path, kind):
    read = reader.read(hand_in(tmp_path / "eve", GRADED[kind]))
    texts = {cell.id: cell.source for cell in read.notebook.cells}
    assert {name: texts[name] for name in damaged.answers(KEY)} == damaged.answers(KEY)


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_too_much_fails_with_a_sentence_and_the_next_one_is_read(reader, tmp_path, kind):
    content, reason = REFUSED[kind]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableError, match=reason):
        reader.read(hand_in(tmp_path / "eve", content), 2)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert held < 100_000, "kilobytes that the main process took for it"
    good = reader.read(hand_in(tmp_path / "ada", damaged.submission(KEY)))
    assert good.notes == good.to_read == []


def test_a_confined_process_gives_what_this_one_would(reader, tmp_path):
    for number, damage in enumerate((damaged.no_labels, damaged.merged_up, damaged.split, damaged.version_3)):
        submission = hand_in(tmp_path / str(number), damage(damaged.submission(KEY)))
        notebook, notes = submission.read(KEY.release)
        built = rebuild(notebook, KEY)
        read = reader.read(submission)
        assert (read.notebook, read.notes) == (built.notebook, notes + built.notes)


def test_what_takes_long_is_read_again_after_all_others(tmp_path, monkeypatch, capsys):
    source = tiny.write_source(tmp_path / "source")
    right = tiny.answer(tiny.read_release(source, tmp_path / "release"), **tiny.RIGHT)
    for name in ("a-slow", "b", "c"):
        tiny.hand_in(tmp_path / "submitted", name, right)
    original = Reader.read

    def read(self, submission, seconds=FULL):
        if submission.student == "a-slow" and seconds < FULL:
            raise SlowError("reading it takes more than 1 s")
        return original(self, submission, seconds)

    monkeypatch.setattr(Reader, "read", read)
    options = Options(workers=1)
    assert grade(source, tiny.NAME, tmp_path / "submitted", tmp_path / "output", options) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.endswith(": 3 points")]
    assert told == ["b: 3 points", "c: 3 points", "a-slow: 3 points"]


def test_the_process_that_opens_files_has_no_solution_and_no_test():
    text = json.dumps(public(KEY))
    for cell in KEY.source.cells:
        released = next((one.source for one in KEY.release.cells if one.id == cell.id), "")
        if cell.source.strip() and cell.source != released:
            assert json.dumps(cell.source)[1:-1] not in text
    assert "### BEGIN HIDDEN" not in text
    assert "canary-" not in text


def test_a_process_that_is_gone_is_started_again(tmp_path):
    submission = hand_in(tmp_path / "ada", damaged.submission(KEY))
    confined = Confined("rebuild", public(KEY), "no")
    job = ReadJob(str(submission.folder), FULL, "pooling")
    assert "entries" in confined.ask(job)[0]
    confined._process.kill()
    confined._process.wait()
    assert "entries" in confined.ask(job)[0]
    confined.close()


def entries() -> list[dict]:
    cells, _ = arrange(damaged.submission(KEY), course_cells(KEY))
    return cells


def last_of_course(found: list[dict]) -> dict:
    return [entry for entry in found if "place" in entry][-1]


FORGED = {
    "a test as the student's": lambda e: next(
        x for x, c in zip(e, course_cells(KEY), strict=True) if c.test
    ).update({"from": "student", "index": 1, "text": "assert True"}),
    "a solution as the course's": lambda e: next(
        x for x, c in zip(e, course_cells(KEY), strict=True) if c.solution
    ).update({"from": "course"}),
    "a cell twice": lambda e: e.append(last_of_course(e)),
    "a cell missing": lambda e: e.remove(last_of_course(e)),
    "another order": lambda e: e.reverse(),
    "no text": lambda e: e.append({"type": "code", "from": "student", "index": 1, "text": 3}),
    "an unknown kind": lambda e: e.append({"type": "heading", "from": "student", "index": 1, "text": ""}),
    "a place outside": lambda e: last_of_course(e).update(place=10_000),
    "no mapping": lambda e: e.append("cell"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_an_answer_of_another_form_is_refused(kind):
    cells = entries()
    assemble(copy.deepcopy(cells), KEY)
    FORGED[kind](cells)
    with pytest.raises(ValueError, match=r"cell"):
        assemble(cells, KEY)


def test_only_plain_import_statements_and_pictures_are_taken_from_an_answer():
    cells = entries()
    test = next(x for x, c in zip(cells, course_cells(KEY), strict=True) if c.test)
    test["imports"] = [
        "import math",
        "import os; os.abort()",
        "from x import (y)",
        "print(1)",
        3,
        "from . import z",
    ]
    cells.append({
        "type": "markdown", "from": "student", "index": 1, "text": "x",
        "attachments": {"a.svg": {"image/svg+xml": "<svg/>"}},
    })  # fmt: skip
    notebook = assemble(cells, KEY)
    found = next(cell for cell in notebook.cells if "imports" in cell.metadata.autograder)
    assert found.metadata.autograder.imports == ["import math"]
    assert "attachments" not in notebook.cells[-1]


@pytest.mark.parametrize("unsafe", [False, True])
def test_attacks_cost_their_authors_and_nobody_else(tmp_path, unsafe):
    source = tiny.write_source(tmp_path / "source")
    released = tiny.read_release(source, tmp_path / "release")
    right = tiny.answer(released, **tiny.RIGHT)
    submitted = tmp_path / "submitted"
    magic = copy.deepcopy(right)
    magic.cells[-2].source += "\n" + "\n".join("!true" for _ in range(150))
    for number in range(3):
        tiny.hand_in(submitted, f"honest{number}", right)
    tiny.hand_in(submitted, "a-magic", magic)
    tiny.hand_in(submitted, "b-cells", '{"cells": [' + "{}," * 1_000_000 + "{}]}")
    tiny.hand_in(submitted, "c-memory", '{"cells": [], "x": [' + "{},[]," * 3_300_000 + "0]}")
    tiny.hand_in(submitted, "d-text", "no notebook")
    code = grade(source, tiny.NAME, submitted, tmp_path / "output", Options(unsafe=unsafe, workers=2))
    rows = tiny.csv_rows(tmp_path / "output")
    assert code == 1
    assert {name: row["score"] for name, row in rows.items() if name.startswith("honest")} == {
        f"honest{number}": "3" for number in range(3)
    }
    assert rows["a-magic"]["status"] == "graded"
    failed = {name for name, row in rows.items() if row["status"] == "failed"}
    assert failed | {"c-memory"} == {"b-cells", "c-memory", "d-text"}
    assert rows["c-memory"]["score"] in ("", "0"), "without isolation there may be memory enough to read it"


def test_a_submission_cannot_be_a_link_to_another_file(tmp_path):
    hand_in(tmp_path / "ada", damaged.submission(KEY))
    (tmp_path / "eve").mkdir()
    (tmp_path / "eve" / "pooling.ipynb").symlink_to(tmp_path / "ada" / "pooling.ipynb")
    with Reader(KEY, unsafe=False) as reader, pytest.raises(UnreadableError, match="holds no notebook"):
        reader.read(Submission("eve", "pooling", tmp_path / "eve"))
    with pytest.raises(UnreadableError):
        read_submission(tmp_path / "eve")
