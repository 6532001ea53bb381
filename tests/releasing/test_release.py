"""The student release: the same bytes everywhere, whole or not at all, an address only when it is known."""

import importlib.metadata
import importlib.util
import json
import sys
import tomllib
from pathlib import Path

import commands
import nbformat
import pytest
import tiny_assignment as tiny

from autograder.errors import UserError
from autograder.releasing import setup_cell
from autograder.releasing.release import release
from autograder.releasing.student_branch import assemble
from autograder.releasing.student_tag import student_tag

ADDRESS = "https://github.com/owner/repo"
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return tiny.write_source(tmp_path_factory.mktemp("source"))


def released_bytes(folder: Path) -> bytes:
    return (folder / tiny.NAME / f"{tiny.NAME}.ipynb").read_bytes()


def test_release_has_the_same_bytes_wherever_and_however_often_it_is_made(source, tmp_path):
    release(source, tiny.NAME, tmp_path / "here")
    first = released_bytes(tmp_path / "here")
    assert release(source, tiny.NAME, tmp_path / "here") is False, "a second release reports no change"
    elsewhere = tmp_path / "another folder"
    elsewhere.mkdir()
    # What nbgrader would read here if it read settings or a gradebook at all.
    (elsewhere / "nbgrader_config.py").write_text("c.ClearSolutions.code_stub = {'python': 'changed'}\n")
    (elsewhere / "gradebook.db").write_text("not a database")
    environment = {
        "GITHUB_REPOSITORY": "owner/repo",
        "BOOK_REPOSITORY_URL": ADDRESS,
        "LC_ALL": "C",
        "TZ": "Asia/Tokyo",
    }
    done = commands.run(
        "release", tiny.NAME, "--source", source, "--output", "there",
        cwd=elsewhere, environment=environment | {"JUPYTER_CONFIG_DIR": str(elsewhere), "PATH": "/nowhere"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert released_bytes(elsewhere / "there") == first
    assert b"github" not in first


def test_release_has_no_solution_no_hidden_test_and_no_trace_of_the_editor(tmp_path):
    notebook = tiny.notebook()
    notebook.metadata.update(
        colab={"provenance": []}, widgets={}, language_info={"name": "python", "version": "3.9"}
    )
    for cell in notebook.cells:
        cell.metadata.update(
            execution={"iopub.status.busy": "now"}, collapsed=True, id="abc", colab={"base_uri": "x"}
        )
    release(tiny.write_source(tmp_path / "noisy", notebook), tiny.NAME, tmp_path / "noisy-release")
    notebook = tiny.notebook()
    notebook.metadata["language_info"] = {"name": "python"}
    release(tiny.write_source(tmp_path / "clean", notebook), tiny.NAME, tmp_path / "clean-release")
    text = released_bytes(tmp_path / "noisy-release")
    assert text == released_bytes(tmp_path / "clean-release")
    assert b"canary" not in text
    assert b"HIDDEN TESTS" not in text
    assert b"YOUR CODE HERE" in text


@pytest.mark.parametrize(
    ("cell", "text", "reason"),
    [
        ("add", "### BEGIN SOLUTION\nreturn 1", "solution"),
        ("add-hidden", "### BEGIN HIDDEN TESTS\nassert True", "hidden tests"),
        ("add-test", "add(1, 2) == 3", "ends in an expression"),
    ],
)
def test_failed_release_leaves_the_old_one_untouched(source, tmp_path, cell, text, reason):
    release(source, tiny.NAME, tmp_path)
    before = released_bytes(tmp_path)
    broken = tiny.write_source(tmp_path / "broken", tiny.answer(tiny.notebook(), **{cell: text}))
    with pytest.raises(UserError, match=reason):
        release(broken, tiny.NAME, tmp_path)
    assert released_bytes(tmp_path) == before


def test_release_removes_files_that_the_assignment_no_longer_has(tmp_path):
    source = tiny.write_source(tmp_path / "source")
    extra = source / tiny.NAME / "data" / "table.csv"
    extra.parent.mkdir()
    extra.write_text("1,2\n")
    release(source, tiny.NAME, tmp_path / "out")
    assert (tmp_path / "out" / tiny.NAME / "data" / "table.csv").read_text() == "1,2\n"
    extra.unlink()
    release(source, tiny.NAME, tmp_path / "out")
    assert not (tmp_path / "out" / tiny.NAME / "data" / "table.csv").exists()


@pytest.mark.parametrize("cell_id", ["add", None])
def test_repeated_and_missing_cell_ids_are_refused(tmp_path, cell_id):
    notebook = tiny.notebook()
    del notebook.cells[0]["id"]
    if cell_id:
        notebook.cells[0]["id"] = cell_id
    (tiny.write_source(tmp_path) / tiny.NAME / f"{tiny.NAME}.ipynb").write_text(json.dumps(notebook))
    with pytest.raises(UserError, match="ids"):
        release(tmp_path, tiny.NAME, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_address_goes_into_the_set_up_cell_and_nowhere_else(source, tmp_path):
    release(source, tiny.NAME, tmp_path / "with", ADDRESS)
    release(source, tiny.NAME, tmp_path / "without")
    cells = {
        name: {cell.id: cell for cell in nbformat.reads(released_bytes(tmp_path / name).decode(), 4).cells}
        for name in ("with", "without")
    }
    added, base = cells["with"][setup_cell.CELL_ID].source, cells["without"][setup_cell.CELL_ID].source
    assert added.endswith(base)
    assert f'"cnnlib @ git+{ADDRESS}@{student_tag()}"' in added
    assert "--no-deps" in added
    others = [name for name in cells["with"] if cells["with"][name].source != cells["without"][name].source]
    assert others == [setup_cell.CELL_ID]


@pytest.mark.parametrize(
    ("present", "from_tag", "colab", "installs"),
    [
        (False, None, False, True),
        (False, None, True, True),
        (True, None, False, False),  # a checkout, or whatever its owner has installed
        (True, "student-000000000000", False, False),
        (True, "student-000000000000", True, True),
        (True, None, True, True),
        (True, "the right one", True, False),
    ],
)
def test_set_up_cell_installs_what_is_missing_and_in_colab_another_version(
    present, from_tag, colab, installs, monkeypatch, capsys
):
    from IPython.core.interactiveshell import InteractiveShell

    class Installed:
        def read_text(self, name):
            tag = student_tag() if from_tag == "the right one" else from_tag
            return tag and json.dumps({"url": ADDRESS, "vcs_info": {"requested_revision": tag}})

    monkeypatch.setattr(importlib.metadata, "distributions", lambda name: [Installed()] if present else [])
    shell, asked = InteractiveShell(), []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if present else None)
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    if colab:
        monkeypatch.setitem(sys.modules, "google.colab", object())
    shell.register_magic_function(asked.append, magic_name="pip")
    assert shell.run_cell(setup_cell.install_lines(ADDRESS)).success
    wanted = f'install --quiet --no-deps --force-reinstall "cnnlib @ git+{ADDRESS}@{student_tag()}"'
    assert asked == ([wanted] if installs else [])
    said = capsys.readouterr().out
    assert said.count("\n") == len(asked)
    assert ("torch stays as it is" in said) == installs


@pytest.mark.parametrize(
    "address",
    [
        "http://github.com/owner/repo",
        "git@github.com:owner/repo.git",
        "https://github.com",
        "https://github.com/owner/repo name",
        'https://github.com/owner/repo"; rm -rf ~; "',
        "https://github.com/owner/$(id)",
        "https://github.com/owner/{repo}",
        "https://user:password@github.com/owner/repo",
        "https://github.com/../repo",
        "https://github.com/owner/repo\n%pip install evil",
        "",
    ],
)
def test_odd_addresses_are_refused_with_a_sentence(address):
    with pytest.raises(UserError, match="must look like https://"):
        setup_cell.check_repository(address)


def test_addresses_of_other_hosts_are_accepted():
    assert setup_cell.check_repository("https://gitlab.example.org:8443/group/sub-group/repo.name/") == (
        "https://gitlab.example.org:8443/group/sub-group/repo.name"
    )


def test_student_branch_holds_what_students_need_and_nothing_else(source, tmp_path):
    root = tmp_path / "course"
    (root / "book" / "_static").mkdir(parents=True)
    cells = [nbformat.v4.new_markdown_cell("# The chapter"), nbformat.v4.new_code_cell("import cnnlib")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), root / "book" / "chapter.ipynb")
    for name in (
        "cnnlib/__init__.py",
        "cnnlib/__pycache__/x.pyc",
        "pyproject.toml",
        "LICENSE",
        "tests/x",
        "autograder/x",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    (root / "_toc.yml").write_text("parts:\n  - chapters:\n      - file: book/chapter\n")
    (root / "book/references.bib").write_text("@misc{one, author = {One, A.}, year = {2020}}\n")
    (root / "book/glossary.md").write_text("# Glossary\n\n:::{glossary}\nterm\n  Its meaning.\n:::\n")
    output = tmp_path / "branch"
    output.mkdir()
    assemble(source, output, ADDRESS, root)
    assert sorted(path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file()) == [
        "LICENSE",
        "README.md",
        "book/chapter.ipynb",
        "book/glossary.md",
        "cnnlib/__init__.py",
        "exercises/tiny/tiny.ipynb",
        "pyproject.toml",
    ]
    chapter = nbformat.read(output / "book" / "chapter.ipynb", 4)
    assert [cell.cell_type for cell in chapter.cells] == ["markdown", "code", "code"]
    assert ADDRESS in chapter.cells[1].source
    assert ADDRESS in released_bytes(output / "exercises").decode()
    assert "[The chapter](book/chapter.ipynb)" in (output / "README.md").read_text()


def test_chapter_with_a_set_up_cell_of_its_own_gets_the_address_there():
    cell = nbformat.v4.new_code_cell("import cnnlib", id=setup_cell.CELL_ID)
    chapter = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title"), cell])
    setup_cell.add_to_chapter(chapter, ADDRESS)
    assert len(chapter.cells) == 2
    assert chapter.cells[1].source == setup_cell.install_lines(ADDRESS) + "\nimport cnnlib"


@pytest.mark.parametrize(
    ("code", "uses"),
    [
        ("from cnnlib import challenge, load", True),
        ("import torch\nfrom cnnlib.challenge import export", True),
        ("import cnnlib.challenge", True),
        ("import cnnlib  # not the challenge", False),
        ("from cnnlib import load\nchallenge = 1", False),
    ],
)
def test_a_notebook_on_the_challenge_also_installs_what_that_needs(code, uses):
    from IPython.core.interactiveshell import InteractiveShell

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    setup_cell.add_to_chapter(notebook, ADDRESS)
    shell, asked = InteractiveShell(), []
    shell.register_magic_function(asked.append, magic_name="pip")
    assert shell.run_cell(
        notebook.cells[0].source.replace('"onnxscript"', '"no_such_package_anywhere"')
    ).success
    extra = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    wanted = " ".join(f'"{requirement}"' for requirement in extra["challenge"])
    assert asked == ([f"install --quiet {wanted}"] if uses else [])


def test_student_branch_is_not_written_over_anything(source, tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(UserError, match="not an empty folder"):
        assemble(source, tmp_path, ADDRESS)
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_student_branch_that_fails_leaves_nothing(tmp_path):
    broken = tiny.write_source(tmp_path / "broken", tiny.answer(tiny.notebook(), add="### BEGIN SOLUTION"))
    with pytest.raises(UserError):
        assemble(broken, tmp_path / "branch", ADDRESS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken"]


def test_mistyped_commands_get_one_sentence(source, tmp_path):
    for arguments, sentence in [
        (["release", "nothing", "--source", source], "There is no assignment 'nothing'"),
        (["release", "--source", source], "Say which assignments"),
        (["release", "--all", "--source", source, "--repository", "ftp://x"], "must look like"),
        (["student-branch", tmp_path, "--repository", "x y"], "must look like"),
    ]:
        done = commands.run(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert sentence in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
