"""Runs cells as Jupyter does, but in this process, and keeps what they show within bounds."""

import base64
import io
import sys
from collections.abc import Callable
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList
from traitlets import Type

from autograder.magic import Transformer
from autograder.running.code import file_name

OUTPUT_LIMIT = 64 * 1024  # characters a cell
PICTURE_LIMIT = 1024 * 1024  # characters of base64 a cell
MOST_OUTPUTS = 200  # a cell
CUT = "\n[output cut here: the cell printed more than 64 KB]\n"


class Outputs:
    """What one cell has shown, in nbformat's words."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self._room, self._pictures = OUTPUT_LIMIT, PICTURE_LIMIT

    def write(self, name: str, text: str) -> None:
        """Add text to a stream; what exceeds the limit is dropped as it comes."""
        if self._room < 0 or not text:
            return
        kept = text[: self._room]
        self._room -= len(text)
        if self._room < 0:
            kept += CUT
        last = self.items[-1] if self.items else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["parts"].append(kept)
        elif len(self.items) < MOST_OUTPUTS:
            self.items.append({"output_type": "stream", "name": name, "parts": [kept]})

    def display(self, data: dict[str, Any], kind: str = "display_data") -> None:
        """Add something displayed: its text and, if there is one, a picture."""
        shown = {"text/plain": str(data.get("text/plain", ""))[: max(0, self._room)]}
        self._room -= len(shown["text/plain"]) + 1
        picture = data.get("image/png")
        if isinstance(picture, bytes):
            picture = base64.b64encode(picture).decode()
        if isinstance(picture, str) and len(picture) <= self._pictures:
            self._pictures -= len(picture)
            shown["image/png"] = picture
        if (self._room < 0 and "image/png" not in shown) or len(self.items) >= MOST_OUTPUTS:
            return
        counted = {"execution_count": None} if kind == "execute_result" else {}
        self.items.append({"output_type": kind, "data": shown, "metadata": {}, **counted})

    def error(self, name: str, message: str, traceback: list[str]) -> None:
        """Add the error that ended the cell; never dropped, for without it a failed test looks passed."""
        lines, room = [], OUTPUT_LIMIT
        for line in reversed(traceback[-100:]):
            lines.insert(0, line[: max(0, room)])
            room -= len(line)
        del self.items[MOST_OUTPUTS:]  # an error more than there may be takes the place of the one before
        self.items.append(
            {"output_type": "error", "ename": name, "evalue": message[:OUTPUT_LIMIT], "traceback": lines}
        )

    def finished(self) -> list[dict[str, Any]]:
        """Return the outputs as JSON."""
        for item in self.items:
            if "parts" in item:
                item["text"] = "".join(item.pop("parts"))
        return self.items

    @contextmanager
    def capturing(self):
        """Take what is printed inside the block."""
        with redirect_stdout(Stream(self, "stdout")), redirect_stderr(Stream(self, "stderr")):
            yield


class Stream(io.TextIOBase):
    """A text stream that ends up in `Outputs`."""

    encoding = "utf-8"

    def __init__(self, outputs: Outputs, name: str) -> None:
        self._outputs, self.name = outputs, name

    def writable(self) -> bool:
        """Tell that one can write here."""
        return True

    def write(self, text: str) -> int:
        """Add text."""
        self._outputs.write(self.name, text)
        return len(text)


class _Compiler(CachingCompiler):
    """Calls the code of a cell by the cell's name in tracebacks."""

    cell_name = ""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return file_name(self.cell_name)


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, **options) -> None:
        self.shell.shown.display(data)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.shown.items.clear()


class _Hook(DisplayHook):
    """Takes the value of a cell's last line; keeps no history of values."""

    def __call__(self, result: Any = None) -> None:
        if result is not None and not self.quiet():
            data, _ = self.compute_format_data(result)
            self.shell.shown.display(data, "execute_result")


class CellShell(InteractiveShell):
    """IPython without terminal, history and kernel."""

    compiler_class = _Compiler
    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)

    def __init__(self, **options) -> None:
        self.shown = Outputs()
        self.each_statement = False  # whether a statement that fails costs only itself
        self.unseen = False  # whether nobody sees what cells show
        super().__init__(**options)
        self.db = {}  # what magic remembers, such as %cd: there is no file for it
        self.input_transformer_manager = Transformer()
        # Nothing changes here that could be loaded again, and the looking costs time in each cell.
        self.extension_manager.loaded.add("autoreload")
        self.register_magic_function(lambda line: None, "line", "autoreload")

    def init_history(self) -> None:
        """Keep no history: its database needs a thread and a file."""
        from IPython.core.history import HistoryManager
        from traitlets.config import Config

        self.history_manager = HistoryManager(
            shell=self, parent=self, config=Config({"HistoryManager": {"enabled": False}}), enabled=False
        )
        self.configurables.append(self.history_manager)

    def init_virtualenv(self) -> None:
        """Leave the path of modules as it is."""

    def system(self, cmd: str) -> None:
        """Say that a shell line does not run here: a submission may not start programs."""
        print(f"[shell lines do not run while grading: {cmd}]")
        self.user_ns["_exit_code"] = 0

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> SList | str:
        """Return what a shell line prints: nothing."""
        self.system(cmd)
        return SList([]) if split else ""

    def enable_gui(self, gui=None) -> None:
        """Ignore `%matplotlib qt` and the like: there is no screen."""

    def showtraceback(self, *arguments, **options) -> None:
        """Show an error with its traceback, which takes time to make."""
        if not self.unseen:
            super().showtraceback(*arguments, **options)

    def _showtraceback(self, etype, evalue, stb) -> None:
        self.shown.error(etype.__name__, message_of(evalue), list(stb))

    async def run_ast_nodes(
        self, nodelist, cell_name, interactivity="last_expr", compiler=compile, result=None
    ):
        """Run the statements of a cell; return whether one failed that ends it."""
        if not self.each_statement:
            return await super().run_ast_nodes(nodelist, cell_name, interactivity, compiler, result)
        for node in nodelist:
            await super().run_ast_nodes([node], cell_name, "none", compiler, result)
            if result is not None and isinstance(result.error_in_exec, KeyboardInterrupt):
                return True
        return False

    def run(
        self, source: str, name: str, pictures: bool, each: bool = False, unseen: bool = False
    ) -> list[dict[str, Any]]:
        """Run a cell and return its outputs.

        Parameters
        ----------
        source : str
            The cell as the student sees it, with IPython's magic lines.
        name : str
            What tracebacks call the cell.
        pictures : bool
            Whether open matplotlib figures are drawn; they are closed in any case.
        each : bool
            Whether to go on behind a statement that fails.
        unseen : bool
            Whether nobody will see what the cell shows.
        """
        self.shown, self.each_statement, self.unseen = Outputs(), each, unseen
        self.compile.cell_name = name
        with self.shown.capturing():
            self.run_cell(source, store_history=False)
            close_figures(self.shown.display if pictures else None)
        return self.shown.finished()


def close_figures(show: Callable[[dict[str, bytes]], None] | None) -> None:
    """Close the open matplotlib figures, after drawing them if `show` is given."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in pyplot.get_fignums()[:8] if show else []:
        try:
            picture = io.BytesIO()
            pyplot.figure(number).savefig(picture, format="png", dpi=72)
            show({"image/png": picture.getvalue(), "text/plain": "<Figure>"})
        except Exception as error:
            print(f"The figure could not be drawn: {error}")
    pyplot.close("all")


def message_of(error: BaseException) -> str:
    """Return an error's message, whatever its `__str__` does."""
    try:
        return str(error)
    except Exception:
        return "(the error's message cannot be shown)"
