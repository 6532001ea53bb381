"""The cell that fetches `cnnlib` where it is missing, for notebooks opened from a known repository."""

import re

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.errors import UserError

CELL_ID = "setup-cnnlib"
BRANCH = "student"
# Letters that mean nothing to a shell, to IPython's magics or to pip: no address can smuggle a command in.
SAFE_ADDRESS = re.compile(r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?(?:/[A-Za-z0-9_~.-]+)+")

# --no-deps: Colab's own torch satisfies cnnlib, and pip must not exchange it.
INSTALL = """\
# Where the course's package is missing (Colab), fetch it; torch stays as it is.
import importlib.util

if importlib.util.find_spec("cnnlib") is None:
    %pip install --quiet --no-deps "cnnlib @ git+{repository}@{branch}"
"""


def check_repository(repository: str) -> str:
    """Return the address without a trailing slash; raise `UserError` if it is not a plain https address."""
    address = repository.rstrip("/")
    segments = address.removeprefix("https://").split("/")
    if not SAFE_ADDRESS.fullmatch(address) or {".", ".."} & set(segments):
        raise UserError(
            f"The repository's address must look like https://github.com/OWNER/REPO, without spaces, quotes "
            f"or a password in it; got {repository!r}."
        )
    return address


def install_lines(repository: str) -> str:
    """Return the source that installs `cnnlib` from the student branch of `repository`."""
    return INSTALL.format(repository=check_repository(repository), branch=BRANCH)


def extend_set_up(notebook: NotebookNode, repository: str) -> bool:
    """Put the installation in front of the notebook's set-up cell, in place; return whether it has one."""
    for cell in notebook.cells:
        if cell.get("id") == CELL_ID and cell.cell_type == "code":
            cell.source = install_lines(repository) + "\n" + cell.source
            return True
    return False


def add_to_assignment(notebook: NotebookNode, repository: str) -> None:
    """Add the installation to the notebook's set-up cell, in place; it must have one."""
    if extend_set_up(notebook, repository):
        return
    raise UserError(
        f"The notebook has no code cell with the id {CELL_ID!r}; add one that imports cnnlib, "
        "so that the release knows where to install it."
    )


def add_to_chapter(notebook: NotebookNode, repository: str) -> None:
    """Add the installation to the set-up cell or else before the first code, in place; no code, no cell."""
    if extend_set_up(notebook, repository):
        return
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            notebook.cells.insert(index, new_code_cell(install_lines(repository).rstrip(), id=CELL_ID))
            return
