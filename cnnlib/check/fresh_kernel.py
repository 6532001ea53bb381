"""Runs a notebook in a fresh kernel: ``python fresh_kernel.py NOTEBOOK FOLDER SECONDS RESULT``.

A program of its own that loads no torch: ended, it takes the kernel with it. RESULT is JSON: what the run
`stopped` at (null, or what went wrong), the cells that were `started`, the `errors` by cell, the cells
that show `values`, and the kernel's `memory` in bytes (null where the system does not tell).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

LONGEST = 200  # characters of an error's message


class _ThisPython(AsyncKernelManager):
    """Start the kernel with this Python, whatever is installed as `python3`."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The command that starts the kernel."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


class _Runner(NotebookClient):
    """Runs all cells and keeps no output but errors and values: an endless `print` would fill the memory."""

    def output(self, outs: list[NotebookNode], msg: dict, display_id: str, cell_index: int) -> Any:
        """Store one message of a cell's output."""
        if msg["msg_type"] in ("error", "execute_result"):
            return super().output(outs, msg, display_id, cell_index)
        return None


def run(notebook: NotebookNode, folder: str, seconds: int) -> dict[str, Any]:
    """Run a notebook's cells as if its file lay in `folder`, each for at most so many seconds."""
    started, stopped = [], None
    client = _Runner(
        notebook,
        kernel_manager_class=_ThisPython,
        resources={"metadata": {"path": folder}},
        allow_errors=True,
        timeout=seconds,
        startup_timeout=120,
        iopub_timeout=60,
        store_widget_state=False,
        on_cell_start=lambda cell, cell_index: started.append(cell_index),
    )
    try:
        client.execute()
    except CellTimeoutError:
        stopped = f"takes longer than the {seconds} s that the grader gives a cell"
    except DeadKernelError:
        stopped = "ended Python: it called exit(), needed too much memory, or crashed"
    errors, values = {}, []
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                first = output.evalue.strip().splitlines()[:1]
                errors[index] = ": ".join([output.ename, *first])[:LONGEST]
            else:
                values.append(index)
    return {
        "stopped": stopped,
        "started": started,
        "errors": errors,
        "values": values,
        "memory": most_memory(),
    }


def most_memory() -> int | None:
    """Return the most bytes that a process of this one, which has ended, held at a time."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return held if sys.platform == "darwin" else held * 1024


if __name__ == "__main__":
    source, working_folder, limit, result = sys.argv[1:]
    ran = run(nbformat.read(source, as_version=4), working_folder, int(limit))
    Path(result).write_text(json.dumps(ran), encoding="utf-8")
