"""The cell that fetches `cnnlib` where it is missing, for notebooks opened from a known repository."""

import re
import tomllib

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.errors import UserError
from autograder.files import ROOT
from autograder.releasing.student_tag import student_tag

CELL_ID = "setup-cnnlib"
# Letters that mean nothing to a shell, to IPython's magics or to pip: no address can smuggle a command in.
SAFE_ADDRESS = re.compile(r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?(?:/[A-Za-z0-9_~.-]+)+")

# --no-deps: Colab's own torch satisfies cnnlib, and pip must not exchange it. pip notes where it got a
# package from; of two packages with the same version it keeps the present one unless it is forced.
INSTALL = """\
# Where the course's package is missing, or in Colab not the one that this notebook was made with, fetch it.
import importlib.metadata
import importlib.util
import sys

installed = importlib.metadata.distributions(name="cnnlib")
right = any("{tag}" in (found.read_text("direct_url.json") or "") for found in installed)
if importlib.util.find_spec("cnnlib") is None or ("google.colab" in sys.modules and not right):
    loaded = " After that, restart the session." if "cnnlib" in sys.modules else ""
    print(f"Installing cnnlib, version {tag}; torch stays as it is.{{loaded}}")
    %pip install --quiet --no-deps --force-reinstall "cnnlib @ git+{repository}@{tag}"
"""
# What --no-deps leaves out and Colab may lack; none of these packages needs torch.
INSTALL_CHALLENGE = """
if not all(map(importlib.util.find_spec, {modules})):
    %pip install --quiet {requirements}
"""
IMPORTS_CHALLENGE = re.compile(r"^[ \t]*(?:from|import) cnnlib\b[^#\n]*\bchallenge\b", re.M)


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


def install_lines(repository: str, *, challenge: bool = False) -> str:
    """Return the source that installs the `cnnlib` of this checkout from the student branch of `repository`.

    With `challenge` it also installs what `cnnlib.challenge` needs, the extra of that name in pyproject.toml.
    """
    lines = INSTALL.format(repository=check_repository(repository), tag=student_tag())
    if challenge:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        requirements = project["optional-dependencies"]["challenge"]
        modules = tuple(re.match(r"[\w-]+", requirement)[0] for requirement in requirements)
        quoted = " ".join(f'"{requirement}"' for requirement in requirements)
        lines += INSTALL_CHALLENGE.format(modules=modules, requirements=quoted).replace("'", '"')
    return lines


def uses_challenge(notebook: NotebookNode) -> bool:
    """Return whether a code cell imports `cnnlib.challenge`."""
    code = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    return any(IMPORTS_CHALLENGE.search(source) for source in code)


def extend_set_up(notebook: NotebookNode, repository: str) -> bool:
    """Put the installation in front of the notebook's set-up cell, in place; return whether it has one."""
    lines = install_lines(repository, challenge=uses_challenge(notebook))
    for cell in notebook.cells:
        if cell.get("id") == CELL_ID and cell.cell_type == "code":
            cell.source = lines + "\n" + cell.source
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
            lines = install_lines(repository, challenge=uses_challenge(notebook))
            notebook.cells.insert(index, new_code_cell(lines.rstrip(), id=CELL_ID))
            return
