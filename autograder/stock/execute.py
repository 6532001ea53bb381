"""Runs a submission's cells with this Python, and keeps what they print within bounds."""

import subprocess
import sys

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade

from autograder.running.shell import CUT, OUTPUT_LIMIT


class ThisPython(AsyncKernelManager):
    """Start the kernel in this environment, whatever kernel the user has installed as `python3`."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The command that starts the kernel."""
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            # Without it the debugger writes a warning about frozen modules for every kernel.
            env={"PYDEVD_DISABLE_FILE_VALIDATION": "1"},
        )


class ExecuteSubmission(Execute):
    """nbgrader's execution, with two differences.

    Output beyond `OUTPUT_LIMIT` is dropped while it arrives (an endless `print` otherwise fills the memory).
    What a test cell writes to stderr becomes plain output: nbgrader takes any text there, such as a library's
    warning, for a failed test, although a test that fails raises an error.
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(kernel_manager_class=ThisPython, **kwargs)

    async def async_start_new_kernel(self, **kwargs) -> None:
        """Start the kernel away from the terminal, where it could write past the outputs."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        await super().async_start_new_kernel(**quiet, **kwargs)

    start_new_kernel = run_sync(async_start_new_kernel)

    def reset_execution_trackers(self) -> None:
        """Start a notebook with no output counted."""
        super().reset_execution_trackers()
        self._room = {}

    def output(self, outs, msg, display_id, cell_index):
        """Store one message of a cell's output."""
        room = self._room.get(cell_index, OUTPUT_LIMIT)
        kind, content = msg["msg_type"], msg["content"]
        if kind == "stream":
            if room < 0:
                return None
            self._room[cell_index] = room - len(content["text"])
            if self._room[cell_index] < 0:
                content["text"] = content["text"][:room] + CUT
            if content["name"] == "stderr" and is_grade(self.nb.cells[cell_index]):
                content["name"] = "stdout"
        elif kind == "error":
            # Never dropped: without its error a failed test would look like a passed one.
            content["evalue"] = content["evalue"][:OUTPUT_LIMIT]
            content["traceback"] = [line[:OUTPUT_LIMIT] for line in content["traceback"][-100:]]
        elif kind == "display_data":
            if room < 0:
                return None
            texts = {name: str(value) for name, value in content["data"].items()}
            # A picture is larger than text: it counts a 64th.
            cost = sum(len(text) if name == "text/plain" else len(text) // 64 for name, text in texts.items())
            self._room[cell_index] = room - cost - 1
            if self._room[cell_index] < 0:
                content["data"] = {"text/plain": CUT}
        elif kind == "execute_result":
            # Never dropped either: nbgrader reads partial credit from it.
            content["data"] = {"text/plain": str(content["data"].get("text/plain", ""))[:OUTPUT_LIMIT]}
        return super().output(outs, msg, display_id, cell_index)
