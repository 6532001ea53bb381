"""`python -m autograder formgrader`: nbgrader's pages for grading by hand, on this course's results."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from autograder.errors import UserError
from autograder.files import ROOT
from autograder.options import add_output, add_source, add_submitted

# nbgrader looks for its settings in the folder that the server starts in. The results are the course's root,
# so it does not matter where they lie, nor where the command was typed.
SETTINGS = """\
__file__ = {course!r}
exec(compile(open(__file__, encoding="utf-8").read(), __file__, "exec"))
c.CourseDirectory.root = {output!r}
c.CourseDirectory.source_directory = {source!r}
c.CourseDirectory.submitted_directory = {submitted!r}
c.CourseDirectory.autograded_directory = "autograded"
c.CourseDirectory.feedback_directory = "feedback"
c.CourseDirectory.db_url = "sqlite:///" + {gradebook!r}
c.Exchange.root = {unused!r}
"""

# Installed beside it, and of no use here.
OTHERS = (
    "jupyterlab",
    "jupyter_lsp",
    "jupyter_server_terminals",
    "notebook",
    "notebook_shim",
    "nbgrader.server_extensions.assignment_list",
    "nbgrader.server_extensions.course_list",
    "nbgrader.server_extensions.validate_assignment",
)


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    command.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="whose submissions to open")
    command.add_argument("--port", type=int, metavar="N", help="(8888, or the next that is free)")
    command.add_argument("--no-browser", action="store_true", help="only print the address")
    add_source(command)
    add_submitted(command)
    add_output(command)


def run(arguments: argparse.Namespace) -> int:
    """Serve formgrader on this machine until Ctrl-C."""
    from autograder.results.folder import Results

    output = arguments.output.resolve()
    name = arguments.assignment
    with Results(output) as results:
        graded = sorted({record.assignment for record in results.records()})
    if name not in (None, *graded) or not graded:
        there = f"there are grades of: {', '.join(graded)}" if graded else "nothing was graded yet"
        raise UserError(
            f"{output} holds no grades of {name or 'any assignment'}; {there}. First run: "
            f"python -m autograder grade {name or 'ASSIGNMENT'}"
        )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        settings = SETTINGS.format(
            course=str(ROOT / "autograder" / "nbgrader_config.py"),
            output=str(output),
            source=str(arguments.source.resolve()),
            submitted=str(arguments.submitted.resolve()),
            gradebook=str(output / "gradebook.db"),
            unused=folder,
        )
        Path(folder, "nbgrader_config.py").write_text(settings, encoding="utf-8")
        page = f"/formgrader/gradebook/{quote(name)}/{quote(name)}" if name else "/formgrader/gradebook"
        print(
            f"Formgrader: open the address that the server prints; end it with Ctrl-C. Afterwards "
            f"`python -m autograder feedback {name or 'ASSIGNMENT'}` writes pages and grades.csv again.",
            flush=True,
        )
        server = subprocess.Popen(command(output, page, arguments), cwd=folder)
        try:
            return server.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            if server.poll() is None:
                server.terminate()
                server.wait()


def command(output: Path, page: str, arguments: argparse.Namespace) -> list[str]:
    """Return the command that starts a Jupyter server with nothing but formgrader, for this machine alone."""
    extensions = {"nbgrader.server_extensions.formgrader": True} | dict.fromkeys(OTHERS, False)
    root = getattr(os, "geteuid", lambda: 1)() == 0
    return [
        sys.executable,
        "-m",
        "jupyter_server",
        f"--ServerApp.root_dir={output}",
        f"--ServerApp.default_url={page}",
        *([] if arguments.port is None else [f"--ServerApp.port={arguments.port}"]),
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.answer_yes=True",  # Ctrl-C ends it, without a question
        f"--ServerApp.jpserver_extensions={extensions}",
        # Formgrader's own would hold for its first page only.
        "--IdentityProvider.cookie_options={'path': '/'}",
        "--Application.log_level=WARN",
        *(["--no-browser"] if arguments.no_browser else []),
        *(["--allow-root"] if root else []),
    ]
