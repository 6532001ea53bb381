"""The assignment that hostile notebooks attack: plain assertions, `cnnlib.check`, a module and a callback."""

from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tiny_assignment import code

NAME = "hostile"
TESTS_MODULE = 'FORBIDDEN = dict.fromkeys(("rectify-test", "rectify-hidden"), ("relu",))\n'  # tests.py
CANARIES = [f"canary-0b0b0b{number:02x}" for number in range(1, 16)]


def solution(text: str, canary: str) -> str:
    """The part of an answer that students do not get."""
    return f"### BEGIN SOLUTION\n{text}  # {canary}\n### END SOLUTION"


def hidden(text: str, marker: str) -> str:
    """A test that students do not see; its marker is also a constant in its code."""
    return f"# Hidden.\n### BEGIN HIDDEN TESTS\nmarker = {marker!r}\n{text}  # {marker}\n### END HIDDEN TESTS"


def function_check(seed: int) -> str:
    return f"""\
report = check.function(
    rectify,
    like=torch.relu,
    cases=lambda generator, _: ((torch.randn(2, 3, generator=generator),), {{}}),
    forbid=["relu"],
    trials=5,
    seed={seed},
)
print(report)
assert report, report.message"""


def answers_check(**right: int) -> str:
    return f"""\
report = check.answers(sizes(), {right}, review={dict.fromkeys(right, "Count again.")})
assert report, report.message"""


def module_check(parameters: int) -> str:
    return f"""\
report = check.module(Net(), input_shape=(2, 3), output_shape=(2, 4), max_parameters={parameters})
assert report, report.message"""


# Each part: the answer's name, the reference, the visible test, the hidden test. Each test gives a point.
PARTS = {
    "add": (
        "def add(a, b):\n    return a + b",
        'pair = (1, 2)\nassert add(*pair) == 3, "add(1, 2) is 3"',
        'secret_number = 40\nassert add(secret_number, 2) == 42, "add is wrong for larger numbers"',
    ),
    "rectify": ("def rectify(x):\n    return x.clamp(min=0)", function_check(0), function_check(100)),
    "sizes": (
        'def sizes():\n    return {"height": 5, "width": 7, "depth": 11}',
        answers_check(height=5, width=7),
        answers_check(depth=11),
    ),
    "Net": (
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.layer = nn.Linear(3, 4, bias=False)\n\n"
        "    def forward(self, x):\n"
        "        return self.layer(x)",
        module_check(20),
        module_check(12),
    ),
    "apply": (
        "def apply(f, x):\n    return f(f(x))",
        "assert apply(lambda x: x + LIMIT, 1) == 1 + 2 * LIMIT",
        "secret_step = 17\nassert apply(lambda x: secret_step - 3 * x, 2) == 17 - 3 * (17 - 6)",
    ),
}
TESTS = {name: (f"{name}-test", f"{name}-hidden") for name in PARTS}
RIGHT = {
    "add": "def add(a, b):\n    return b + a",
    "rectify": "def rectify(x):\n    return torch.where(x > 0, x, torch.zeros_like(x))",
    "sizes": 'def sizes():\n    return {"depth": 11, "height": 5, "width": 7}',
    "Net": "class Net(nn.Linear):\n    def __init__(self):\n        super().__init__(3, 4, bias=False)",
    "apply": "def apply(f, x):\n    y = f(x)\n    return f(y)",
}
WRONG = {
    "add": "def add(a, b):\n    return -1",
    "rectify": "def rectify(x):\n    return x",
    "sizes": "def sizes():\n    return {}",
    "Net": "class Net(nn.Linear):\n    def __init__(self):\n        super().__init__(3, 5)",
    "apply": "def apply(f, x):\n    return -1",
}


def notebook():
    """The notebook with solutions and hidden tests."""
    cells = [
        new_markdown_cell("# Hostile", id="title"),
        code("setup-cnnlib", "import torch\nfrom torch import nn\n\nfrom cnnlib import check"),
        new_code_cell("LIMIT = 3", id="free"),
    ]
    canaries = iter(CANARIES)
    for name, (reference, visible, secret) in PARTS.items():
        cells += [
            new_markdown_cell(f"## {name}", id=f"part-{name}"),
            code(name, solution(reference, next(canaries)), solution=True),
            code(f"{name}-test", visible, points=1),
            code(f"{name}-hidden", hidden(secret, next(canaries)), points=1),
        ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def attacks() -> dict[str, tuple[str, str]]:
    """The answers in `tests/hostile`: by student, the part that is attacked and the text of the cell.

    The folder says which part. The other parts are answered right, the attacked one wrong unless it works.
    """
    files = sorted((Path(__file__).parents[1] / "hostile").glob("*/*.py"))
    return {path.stem: (path.parent.name, path.read_text()) for path in files}
