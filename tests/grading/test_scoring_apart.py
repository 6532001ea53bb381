"""A network handed in as text is read by a process that is neither the judge's nor knows results."""

import json

import challenge_models
import nbformat
import pytest
import tiny_assignment as tiny
from nbformat.v4 import new_notebook

from autograder.grade import Options, grade
from cnnlib.challenge import as_text

TESTS = f"""\
import sys

from cnnlib import challenge


def hidden_network(network):
    parameters, accuracy = challenge.score_drawn(network(), images=20, seed=3, most=1000)
    assert parameters == {challenge_models.PARAMETERS} and 0 <= accuracy <= 1
    assert "onnxruntime" not in sys.modules, "this process has read the network itself"
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("apart")
    answer = "def network():\n    ### BEGIN SOLUTION\n    return ''\n    ### END SOLUTION"
    test = f"### BEGIN HIDDEN TESTS\nfrom solutions.{tiny.NAME}.tests import hidden_network\n\n"
    test += "hidden_network(network)\n### END HIDDEN TESTS"
    cells = [tiny.code("network", answer, solution=True), tiny.code("network-hidden", test, points=1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    source = tiny.write_source(folder / "source", new_notebook(cells=cells, metadata={"kernelspec": kernel}))
    (source / tiny.NAME / "tests.py").write_text(TESTS)
    released = tiny.read_release(source, folder / "release")
    text = as_text(challenge_models.write(challenge_models.model(), folder))
    for student, network in (("ada", text), ("eve", text[: len(text) // 2]), ("joe", 3)):
        notebook = tiny.answer(released, network=f"def network():\n    return {network!r}")
        tiny.hand_in(folder / "submitted", student, notebook)
    assert grade(source, tiny.NAME, folder / "submitted", folder / "output", Options(timeout=60)) == 0
    return folder / "output"


def test_a_network_is_scored_outside_of_the_judge(graded):
    assert tiny.csv_rows(graded)["ada"]["score"] == "1"


@pytest.mark.parametrize("student", ["eve", "joe"])
def test_what_is_no_network_gets_no_points(graded, student):
    assert tiny.csv_rows(graded)[student]["score"] == "0"
    path = graded / "autograded" / student / tiny.NAME / f"{tiny.NAME}.ipynb"
    (cell,) = (cell for cell in nbformat.read(path, 4).cells if cell.id == "network-hidden")
    assert cell.metadata.autograder.fault.kind == "raised", json.dumps(cell)
