"""Points an instructor to answers that name what no answer has a use for, such as the checks' own machinery.

Whether an answer uses a function that the task forbids is found out in the student's process, and there code
written to hide that can. So a person is told where to look. It is a remark, and costs nothing.
"""

import re

from nbformat import NotebookNode

NAMES = (
    "cnnlib.forbidden", "forbidden_names", "__torch_dispatch__", "__torch_function__", "TorchDispatchMode",
    "TorchFunctionMode", "DisableTorchFunction", "torch.overrides", "torch._C", "torch.ops", "torch.library",
    "sys.modules", "sys._getframe", "sys.settrace", "inspect.stack", "gc.", "ctypes", "builtins", "importlib",
    "__globals__", "__subclasses__", "exec(", "eval(", "/proc",
)  # fmt: skip


def remarks(notebook: NotebookNode) -> list[str]:
    """Return a sentence if a student's cell names something of `NAMES`, else nothing.

    Parameters
    ----------
    notebook : NotebookNode
        From `autograder.handin.repair.rebuild`.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    text = "\n".join(cell.source for cell in cells if cell.metadata.autograder["from"] == "student")
    # Not inside a longer name: `model.eval()` is no `eval(`.
    found = [name for name in NAMES if re.search(rf"(?<![\w.]){re.escape(name)}", text)]
    return [f"A person should read it, for it names {', '.join(found)}."] if found else []
