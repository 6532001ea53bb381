"""Code that could hide what an answer calls is found in its text, and nothing is found in honest answers."""

import assignments
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.running.remarks import remarks

HIDING = {
    "from cnnlib.check import forbidden": "cnnlib.check.forbidden",
    "import cnnlib as c\nf = [c][0].forbidden": "[c][0].forbidden",
    "import cnnlib\ngetattr(cnnlib, 'forbidden')": "getattr(…, 'forbidden')",
    "import cnnlib\ngetattr(cnnlib, 'forb' + 'idden')": "getattr",
    "from operator import attrgetter": "operator.attrgetter",
    "from cnnlib import check as c\nc.forbid = print": "c.forbid =",
    "import torch.nn.functional as F\nF.relu, x = print, 1": "F.relu =",
    "from torch import _C": "torch._C",
    "import torch as t\nt._C._len_torch_function_stack()": "t._C",
    "(lambda: 0).__globals__": "(lambda: 0).__globals__",
    "%time exec('1')": "exec",
    "%%timeit\nimport gc": "gc",
    "get_ipython().ex('1')": "get_ipython",
    "import sys\nsys.modules['cnnlib']": "sys.modules",
    "import threading": "threading",
    "class Mine:\n    def __torch_function__(self):\n        pass": "__torch_function__",
}
HONEST = """\
%matplotlib inline
import sys
import torch
from torch import nn
from cnnlib import check

print(sys.version, torch.__version__)  # gc, exec(, builtins and cnnlib.check.forbidden in a comment
print("sys.modules")


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self._layer = nn.Conv2d(3, 3, 3)
        self.name = self.__class__.__name__

    def forward(self, x):
        return self._layer(x)


block = Block().eval()
block.bias = None
getattr(block, "name")
"""


def found(source: str, by: str = "student", release: str = "") -> list[str]:
    notebook = new_notebook(cells=[new_code_cell(source, metadata={"autograder": {"from": by}})])
    return remarks(notebook, new_notebook(cells=[new_code_cell(release)]))


@pytest.mark.parametrize("source", HIDING)
def test_code_that_could_hide_a_call_is_found(source):
    assert HIDING[source] in found(source)


def test_honest_code_and_what_does_not_run_is_not_remarkable():
    assert found(HONEST) == []
    assert found("def broken(:") == []


def test_the_courses_own_cells_are_not_looked_at():
    assert found("import gc", by="course") == []
    assert found("import gc", release="import gc") == []
    assert found("import gc  # mine", release="import gc") == ["gc"]


def test_what_the_courses_own_cells_import_must_not_be_changed():
    assert found("F.relu = print", release="import torch.nn.functional as F") == ["F.relu ="]


@pytest.mark.parametrize("slug", assignments.SLUGS)
def test_no_answer_of_the_tests_is_remarkable(slug):
    texts = {name: cell.source for name, cell in assignments.cells(slug, "solution").items()}
    for folder in ("mutants", "variants"):
        for path in (assignments.REPOSITORY / "tests" / folder / slug).rglob("*.py"):
            texts[str(path)] = path.read_text()
    assert {name: found(text) for name, text in texts.items() if found(text)} == {}
