"""Run the chapters again and store their outputs: ``make execute``.

Every chapter runs from top to bottom in a fresh kernel of this Python, with one thread and without the
user's settings. What is stored holds no time, no counter of the session and no version of the machine, so a
second run with the same sources and environment leaves the files byte for byte as they are.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import executed
import matplotlib
import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

BOOK = Path(__file__).resolve().parents[1]
CELL_TIMEOUT = 1800  # seconds; the longest cell trains on CIFAR-10
KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
KEPT = (
    "description",
    "question",
)  # what an author says of the chapter: for search engines, for the lists of lessons
# Libraries choose their code by the processor; this keeps to what any x86-64 of the last decade has.
SAME_ARITHMETIC = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
}


class ChapterError(Exception):
    """A chapter did not run; the message is one sentence for the author."""


def kernel_environment(settings: str) -> dict[str, str]:
    """The environment variables of the kernel; `settings` is an empty folder in place of the user's."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("IPYTHON", "JUPYTER"))
    }
    for name in ("PYTHONSTARTUP", "PYTHONWARNINGS", "MPLBACKEND"):
        environment.pop(name, None)
    return (
        environment
        | SAME_ARITHMETIC
        | {
            "PYTHONHASHSEED": "0",
            "TQDM_DISABLE": "1",  # progress would become output
            "IPYTHONDIR": settings,
            "JUPYTER_CONFIG_DIR": settings,
            "MATPLOTLIBRC": str(Path(matplotlib.get_data_path()) / "matplotlibrc"),
        }
    )


def run(notebook: NotebookNode, name: str, folder: Path) -> None:
    """Run all cells of `notebook` in place, in `folder`; raise `ChapterError` if one fails."""
    code = sum(cell.cell_type == "code" for cell in notebook.cells)
    with (
        tempfile.TemporaryDirectory() as settings,
        tqdm(total=code, desc=name, leave=False, disable=None) as bar,
    ):
        client = NotebookClient(
            notebook,
            # With no folder to look in, jupyter_client offers the running Python itself as "python3".
            km=AsyncKernelManager(
                kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[])
            ),
            timeout=CELL_TIMEOUT,
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            coalesce_streams=True,
            on_cell_executed=lambda **_: bar.update(),
        )
        try:
            # A cell's own stderr arrives as its output; the process's has only notices about the kernel.
            client.execute(env=kernel_environment(settings), stderr=subprocess.DEVNULL)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise ChapterError(
                f"{name}: {explain(notebook, error)}; the stored file is unchanged."
            ) from error


def explain(notebook: NotebookNode, error: Exception) -> str:
    """Name the cell that failed and say why, on one line."""
    if isinstance(error, CellExecutionError):
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    reason = " ".join(f"{output.ename}: {output.evalue}".split()).rstrip(":")
                    line = re.search(
                        r"^-+> \d+ (.*)$", re.sub(r"\x1b\[[\d;]*m", "", "\n".join(output.traceback)), re.M
                    )
                    return f'cell "{cell.id}" failed with {reason}' + (
                        f" at `{line[1].strip()}`" if line else ""
                    )
    done = [cell.id for cell in notebook.cells if cell.cell_type == "code" and cell.execution_count]
    where = f'after cell "{done[-1]}"' if done else "in the first cell"
    return f"the kernel stopped or took over {CELL_TIMEOUT} s {where}"


def normalize(notebook: NotebookNode) -> None:
    """Drop in place what differs between two runs of the same sources."""
    kept = {key: notebook.metadata[key] for key in KEPT if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict(kept | {"kernelspec": KERNELSPEC, "language_info": LANGUAGE})
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        count += 1
        cell.metadata.pop("execution", None)
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count


def write(text: str, path: Path) -> None:
    """Replace `path` in one step, so that an interruption leaves either the old file or the new one."""
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(part, path.stat().st_mode)
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def execute(path: Path, *, check: bool = False) -> bool:
    """Run one chapter and store it unless `check`; return whether the stored file was current."""
    name = os.path.relpath(path)
    try:
        stored = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(stored, as_version=4)
        nbformat.validate(notebook)
    except (OSError, UnicodeDecodeError, nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise ChapterError(f"{name} is not a readable notebook: {str(error).splitlines()[0]}") from error
    start = time.monotonic()
    run(notebook, name, path.parent)
    normalize(notebook)
    text = nbformat.writes(notebook) + "\n"
    current = text == stored
    if not current and not check:
        write(text, path)
    if not check and path.resolve().parent == BOOK:
        executed.keep(path.resolve(), time.monotonic() - start)
    state = "current" if current else "not current" if check else "stored anew"
    print(f"{name}: {state}, {time.monotonic() - start:.0f} s")
    return current


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the chapters again and store their outputs.")
    parser.add_argument("notebooks", nargs="*", type=Path, help="the chapters to run (default: every one)")
    parser.add_argument("--check", action="store_true", help="store nothing; fail if an output would change")
    arguments = parser.parse_args()
    paths = arguments.notebooks or sorted(BOOK.glob("*.ipynb"))
    try:
        current = [execute(path, check=arguments.check) for path in paths]
    except ChapterError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the chapter that was running is unchanged.", file=sys.stderr)
        return 130
    if arguments.check and not all(current):
        print("Stored outputs are not current; run: make execute", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
