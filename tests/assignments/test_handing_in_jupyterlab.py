"""An exercise as a student meets it: opened, run, broken, checked and repaired in a real JupyterLab."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import tiny_assignment as tiny

from autograder.releasing.release import ship_cells
from cnnlib.check.handing_in import UNATTENDED

NOTEBOOK = f"{tiny.NAME}.ipynb"


@pytest.fixture
def folder(tmp_path: Path, repository: Path) -> Path:
    """A student's folder with the answered notebook, beside a `cnnlib` that knows the assignment."""
    released = tiny.read_release(tiny.write_source(tmp_path / "source"), tmp_path / "release")
    shutil.copytree(repository / "cnnlib", tmp_path / "library" / "cnnlib")
    ship_cells(
        tmp_path / "release" / tiny.NAME / NOTEBOOK, tmp_path / "library" / "cnnlib" / "check" / "released"
    )
    (tmp_path / "student" / "week 1").mkdir(parents=True)
    path = tmp_path / "student" / "week 1" / NOTEBOOK
    path.write_text(json.dumps(tiny.answer(released, **tiny.RIGHT)))
    return path.parent


@pytest.fixture
def address(folder: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab that shows the student's folder."""
    variables = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "RUNTIME", "DATA")}
    variables |= {"HOME": str(tmp_path / "home"), "PYTHONPATH": str(tmp_path / "library")}
    (tmp_path / "home").mkdir()
    inherited = {name: value for name, value in os.environ.items() if name != UNATTENDED}
    log = tmp_path / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0",
                "--IdentityProvider.token=", f"--ServerApp.root_dir={folder.parent}",
                "--ServerApp.ip=127.0.0.1", "--LabApp.news_url=None", "--LabApp.extension_manager=readonly",
            ],
            cwd=folder.parent, stdout=output, stderr=subprocess.STDOUT, env=inherited | variables,
        )  # fmt: skip
    try:
        for _ in range(600):
            found = re.search(r"http://127\.0\.0\.1:\d+/", log.read_text())
            if found or server.poll() is not None:
                break
            time.sleep(0.2)
        if not found:
            pytest.fail(f"JupyterLab does not start:\n{log.read_text()}")
        yield found[0]
    finally:
        server.terminate()
        server.wait()


def test_a_notebook_is_run_broken_checked_and_repaired(address, folder, browser):
    from playwright.sync_api import expect

    context = browser.new_context(viewport={"width": 1200, "height": 3000})
    context.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    page = context.new_page()
    page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
    page.goto(f"{address}lab/tree/week%201/{NOTEBOOK}")
    cells = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell")
    given = nbformat.read(folder / NOTEBOOK, 4).cells
    expect(cells).to_have_count(len(given))
    expect(page.get_by_text("Python 3 (ipykernel) | Idle").first).to_be_visible()

    # Run as it should be, nothing is wrong.
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    said = cells.last.locator(".jp-OutputArea-output")
    expect(said).to_contain_text("✓ No line is marked")
    expect(said).to_contain_text(f"{NOTEBOOK} as saved at")
    expect(said).to_contain_text("✓ The visible tests pass.")
    expect(said).not_to_contain_text("✗")
    assert not list(folder.glob("*repaired*"))

    # Break it as it happens: the answer's cell is copied and pasted, and an answer is spoiled.
    answer = cells.filter(has_text="return b + a").first
    answer.locator(".jp-InputPrompt").click()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.press("v")
    expect(cells).to_have_count(len(given) + 1)
    cells.filter(has_text="return 0 - a").first.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+Home")
    page.keyboard.type("nobody\n")
    page.keyboard.press("ControlOrMeta+s")
    saved = given
    for _ in range(300):
        saved = nbformat.read(folder / NOTEBOOK, 4).cells
        if any("nobody" in cell.source for cell in saved):
            break
        time.sleep(0.1)
    assert len(saved) == len(given) + 1

    cells.last.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+Enter")
    expect(said).to_contain_text("→ A repaired copy is in")
    expect(said).to_contain_text("✗ There more than once, of which the last written one counts: add.")
    expect(said).to_contain_text("the cell negate raises an error (NameError: name 'nobody' is not defined)")

    # The repaired copy opens, has each cell once, and runs.
    page.goto(f"{address}lab/tree/week%201/{tiny.NAME}-repaired.ipynb")
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(cells.filter(has_text="return b + a").first).to_be_visible()
    repaired = nbformat.read(folder / f"{tiny.NAME}-repaired.ipynb", 4)
    nbformat.validate(repaired)
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in repaired.cells]
    assert sorted(filter(None, ids)) == sorted(
        cell.metadata["nbgrader"]["grade_id"] for cell in given if "nbgrader" in cell.metadata
    )
    context.close()
