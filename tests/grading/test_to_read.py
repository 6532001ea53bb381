"""Lines that reach for the grader are quoted; ordinary ones, and what the course handed out, are not."""

import assignments
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.submissions.to_read import lines_to_read

REACHING = (
    "from cnnlib.check import forbidden; forbidden.forbid = print",
    "import ctypes",
    "from torch import _C",
    "x = torch._C._nn.thnn_conv2d(x, w, 3)",
    "sys.settrace(print)",
    "found = gc.get_objects()",
    "open('/proc/self/maps')",
    "from solutions.pooling.tests import hidden_p2_max",
)
ORDINARY = """\
%matplotlib inline
!pip install torch
F.pad?
import gc, inspect, sys, threading, importlib
gc.collect()
print(inspect.signature(F.pad), layer.__dict__, sys.modules["torch"])
torch.backends.cudnn.benchmark = True
from torch.nn.modules.utils import _pair
layer = getattr(nn, f"Conv{2}d")(1, 1, 3)
setattr(self, f"conv{1}", layer)
@torch.compile
# import ctypes
"""


def found(source: str, by: str = "student", release: str = "") -> list[str]:
    notebook = new_notebook(cells=[new_code_cell(source, metadata={"autograder": {"from": by}})])
    return lines_to_read(notebook, new_notebook(cells=[new_code_cell(release)]))


@pytest.mark.parametrize("line", REACHING)
def test_a_line_that_reaches_for_the_grader_is_quoted(line):
    assert found(f"x = 1\n    {line}\ny = 2") == [line]


def test_ordinary_lines_are_not_worth_a_look():
    assert found(ORDINARY) == []


def test_the_courses_own_cells_and_lines_are_not_looked_at():
    assert found("import ctypes", by="course") == []
    assert found("import ctypes", release="import ctypes") == []
    assert found("import ctypes  # mine", release="import ctypes") == ["import ctypes  # mine"]


@pytest.mark.parametrize("slug", assignments.SLUGS)
def test_no_answer_of_the_tests_is_worth_a_look(slug):
    texts = {name: cell.source for name, cell in assignments.cells(slug, "solution").items()}
    for path in (assignments.REPOSITORY / "tests" / "variants" / slug).rglob("*.py"):
        texts[str(path)] = path.read_text()
    assert {name: found(text) for name, text in texts.items() if found(text)} == {}
