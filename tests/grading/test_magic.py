"""Cells become the Python that IPython makes of them."""

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograder.magic import as_python

CELLS = {
    "plain": "x = 1\nprint(x)",
    "nothing": "",
    "a comment": "# %time",
    "a line of magic": "x = 1\n%time x + 1\n",
    "magic that is assigned": "found = %pip list\n",
    "a command": "!pip install torch\nx = !ls",
    "magic for the whole cell": "%%time\nx = 1\nx ? 1",
    "help": "print?\n",
    "help at the end": "x = 1\n??x",
    "prompts of Python": ">>> x = 1\n>>> for i in x:\n...     i\n",
    "prompts of IPython": "In [1]: x = 1\n   ...: y = 2",
    "prompts that are Python, too": "In [1]: x\n   ...: y",
    "an indented cell": "    x = 1\n    y = 2",
    "empty lines first": "\n\n  \nx = 1",
    "magic in a string": "x = '''\n%time\n'''",
    "a percent sign in brackets": "x = (5\n% 3)",
    "no Python at all": "x = = 1",
    "brackets that stay open": "x = (1",
    "a null character": "x = '\\0'\n\0",
}


@pytest.mark.parametrize("source", CELLS.values(), ids=CELLS)
def test_as_ipython_does(source):
    assert as_python(source) == TransformerManager().transform_cell(source)
