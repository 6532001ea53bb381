"""A real exercise with all its answers, and ways in which notebooks come back damaged."""

import json
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.answer_key import Key, make_key

REPOSITORY = Path(__file__).resolve().parents[2]
NAME = "pooling"
FENCE = "```"


WORK = tempfile.TemporaryDirectory()  # as long as the tests run


@cache
def key() -> Key:
    """The answer key, made as for grading."""
    return make_key(REPOSITORY / "solutions", NAME, Path(WORK.name))


def answers(key: Key) -> dict[str, str]:
    """An answer for each solution cell, which differs from the reference's text."""
    return {
        cell.id: re.sub(r" *### (BEGIN|END) SOLUTION\n?|canary-", "", cell.source).rstrip() + "\n# my own"
        for cell in key.source.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def submission(key: Key) -> dict:
    """The release with all answers, as plain JSON."""
    content = json.loads(json.dumps(key.release))
    for cell in content["cells"]:
        cell["source"] = answers(key).get(cell["id"], cell["source"])
    return content


def place(content: dict, name: str) -> int:
    return [cell.get("id") for cell in content["cells"]].index(name)


def without(content: dict, *names: str) -> dict:
    content["cells"] = [cell for cell in content["cells"] if cell["id"] not in names]
    return content


def code(source: str, **fields) -> dict:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], **fields}


def no_metadata(content: dict) -> dict:
    for cell in content["cells"]:
        cell["metadata"] = {}
    return content


def no_labels(content: dict) -> dict:
    content["nbformat_minor"] = 2
    for cell in no_metadata(content)["cells"]:
        del cell["id"]
    return content


def reflowed(content: dict) -> dict:
    """Without labels, with other white space and some other words."""
    for cell in no_labels(content)["cells"]:
        if "# my own" not in cell["source"]:
            cell["source"] = cell["source"].replace("\n", "\n\n").replace("window", "pane")
    return content


def colab(content: dict) -> dict:
    content["nbformat_minor"] = 0
    content["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
    for cell in content["cells"]:
        cell["metadata"] = {"id": cell.pop("id"), "colab": {"base_uri": "https://example.org"}}
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "display_data", "data": {"application/x-odd": {}}, "metadata": 3}
            ]
            cell["execution_count"] = "twelve"
    return content


def vs_code(content: dict) -> dict:
    for cell in no_labels(content)["cells"]:
        cell["metadata"] = {"vscode": {"languageId": "python"}}
    return content


def version_3(content: dict) -> dict:
    cells = []
    for cell in content["cells"]:
        text = {"input" if cell["cell_type"] == "code" else "source": cell["source"].splitlines(True)}
        cells.append({"cell_type": cell["cell_type"], "metadata": cell["metadata"], **text})
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


def version_2(content: dict) -> dict:
    return {**version_3(content), "nbformat": 2}


def same_ids(content: dict) -> dict:
    for cell in content["cells"]:
        cell["id"] = "cell"
    return content


def odd_sources(content: dict) -> dict:
    for cell in content["cells"]:
        cell["source"] = [*cell["source"].splitlines(True), None, 3]
    content["cells"] += [None, 7, "text", [], code(None), code(5), {"cell_type": {}, "source": {"a": 1}}, {}]
    return content


def odd_metadata(content: dict) -> dict:
    content["metadata"] = "none"
    for index, cell in enumerate(content["cells"]):
        cell["metadata"] = [None, 3, [], "x", {"nbgrader": 1}, {"nbgrader": {"grade_id": [1]}}][index % 6]
    return content


def emptied_twin(content: dict) -> dict:
    """The answer occurs again behind itself, as handed out."""
    index = place(content, "p2-size")
    released = next(cell for cell in key().release.cells if cell.id == "p2-size")
    content["cells"].insert(index + 1, {**content["cells"][index], "id": "twin", "source": released.source})
    return content


def earlier_twin(content: dict) -> dict:
    """The answer occurs before itself with another text."""
    index = place(content, "p2-size")
    twin = {**content["cells"][index], "id": "twin", "source": "def pool_output_size(*args):\n    return 1"}
    content["cells"].insert(index, twin)
    return content


def split(content: dict) -> dict:
    """A cell split in two, both with its metadata: a helper, then the answer."""
    index = place(content, "p2-size")
    half = {**content["cells"][index], "id": "half", "source": "def helper():\n    return 1"}
    content["cells"].insert(index, half)
    return content


def repeated_tests(content: dict) -> dict:
    tests = [cell for cell in content["cells"] if "-visible" in cell["id"]]
    content["cells"] += [{**cell, "id": f"again-{cell['id']}"} for cell in tests]
    content["cells"] += [{**cell, "id": f"bare-{cell['id']}", "metadata": {}} for cell in tests]
    return content


def no_tests(content: dict) -> dict:
    return without(content, *[c["id"] for c in content["cells"] if c["id"].endswith(("-visible", "-hidden"))])


def edited_tests(content: dict) -> dict:
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("locked") and cell["cell_type"] == "code":
            cell["source"] = "assert True  # student's text"
    return content


def claims(content: dict) -> dict:
    """All metadata says something else than it did."""
    for cell in content["cells"]:
        info = cell["metadata"].get("nbgrader", {})
        info.update(solution=not info.get("solution"), grade=not info.get("grade"), locked=False, points=1000)
        cell["metadata"]["tags"] = ["skip-execution", "remove-cell"]
    return content


def markdown(content: dict) -> dict:
    cell = content["cells"][place(content, "p3-head")]
    cell.update(cell_type="markdown", source=f"{FENCE}python\n{cell['source']}\n{FENCE}")
    return content


def raw(content: dict) -> dict:
    content["cells"][place(content, "p3-head")].update(cell_type="raw")
    return content


def backwards(content: dict) -> dict:
    content["cells"].reverse()
    return content


def merged_up(content: dict) -> dict:
    """Three answers in the cell of the first; the other cells are gone."""
    names = ("p2-size", "p2-max-pool2d", "p2-avg-pool2d")
    texts = [content["cells"][place(content, name)]["source"] for name in names]
    content["cells"][place(content, names[0])]["source"] = "\n\n".join(texts)
    return without(content, *names[1:])


def merged_down(content: dict) -> dict:
    """The same in the cell of the last."""
    names = ("p2-size", "p2-max-pool2d", "p2-avg-pool2d")
    texts = [content["cells"][place(content, name)]["source"] for name in names]
    content["cells"][place(content, names[2])]["source"] = "\n\n".join(texts)
    return without(content, *names[:2])


def merged_with_test(content: dict) -> dict:
    """An answer pasted in front of its test; its own cell is gone."""
    answer = content["cells"][place(content, "p2-size")]["source"]
    test = content["cells"][place(content, "p2-size-visible")]
    test["source"] = f"{answer}\n{test['source']}"
    return without(content, "p2-size")


def moved_up(content: dict) -> dict:
    """A late answer moved to the set-up; its own cell is gone."""
    answer = content["cells"][place(content, "p5-blur-pool2d")]["source"]
    content["cells"].insert(place(content, "setup") + 1, code(answer))
    return {**content, "cells": [c for c in content["cells"] if c.get("id") != "p5-blur-pool2d"]}


def moved_down(content: dict) -> dict:
    """An early answer written again at the end; its own cell is gone."""
    answer = content["cells"][place(content, "p1-by-hand")]["source"]
    content["cells"].append(code(answer))
    return {**content, "cells": [c for c in content["cells"] if c.get("id") != "p1-by-hand"]}


def surrogates(content: dict) -> dict:
    content["cells"][place(content, "p1-by-hand")]["source"] += "  \ud800"
    return content


def as_json(content: dict) -> bytes:
    return json.dumps(content, indent=1).encode()


def conflict(content: dict, ours: str, theirs: str) -> bytes:
    """The file with git's markers around one line, whose two versions are given."""
    lines = json.dumps(content, indent=1).split("\n")
    index = next(i for i, line in enumerate(lines) if line.strip().startswith('"nbformat_minor"'))
    lines[index : index + 1] = ["<<<<<<< HEAD", ours, "=======", theirs, ">>>>>>> main"]
    return "\n".join(lines).encode()


def script(content: dict) -> bytes:
    parts = []
    for cell in content["cells"]:
        text = cell["source"]
        if cell["cell_type"] == "markdown":
            parts.append("# %% [markdown]\n" + "\n".join(f"# {line}" for line in text.split("\n")))
        else:
            parts.append(f"# %%\n{text}")
    return ("# Exported.\n\n" + "\n\n".join(parts) + "\n").encode()


def executed_script(content: dict) -> bytes:
    sources = [cell["source"] for cell in content["cells"] if cell["cell_type"] == "code"]
    return "\n\n".join(f"# In[{n}]:\n\n{text}" for n, text in enumerate(sources)).encode()


def windows(content: dict) -> bytes:
    content["cells"][place(content, "p1-by-hand")]["source"] += "  # façade"
    return json.dumps(content, ensure_ascii=False).encode("cp1252", "replace")


def saved(damage: Callable[[dict], dict | bytes], content: dict, path: Path) -> Path:
    """Write the damaged content to `path`."""
    made = damage(content)
    path.write_bytes(made if isinstance(made, bytes) else as_json(made))
    return path


def course_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.metadata.autograder["from"] == "course"]


def check_sound(notebook: NotebookNode, key: Key) -> None:
    """The key's cells are all there, in order, with its text and metadata, and the notebook is valid."""
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    course = key.source.cells
    stubs = {cell.id: cell.source for cell in key.release.cells}
    kept = [cell for cell in notebook.cells if cell.id in {c.id for c in course}]
    assert [cell.id for cell in kept] == [cell.id for cell in course]
    for cell, original in zip(kept, course, strict=True):
        assert cell.cell_type == original.cell_type
        assert {**cell.metadata, "autograder": 0} == {**original.metadata, "autograder": 0}
        if original.metadata.get("nbgrader", {}).get("solution"):
            origin = cell.metadata.autograder
            assert origin["from"] == "student" or (origin["from"], cell.source) == (
                "handed out",
                stubs[cell.id],
            )
        else:
            imports = cell.metadata.autograder.get("imports", [])
            assert {**cell.metadata.autograder, "imports": []} == {"from": "course", "imports": []}
            assert all(re.match(r"(import|from) [^\n;]+$", line) for line in imports)
            assert cell.source == original.source
    for cell in notebook.cells:
        if cell not in kept:
            assert set(cell.metadata) == {"autograder"}
            assert cell.metadata.autograder["from"] == "student"
        if cell.cell_type == "code":
            assert cell.outputs == []
        if cell.metadata.autograder["from"] != "course":
            assert "### BEGIN" not in cell.source
            assert "canary-" not in cell.source
