"""Setting up on any machine: which Pythons `make` takes, and how grading finds its environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Says of itself what the test wants, and does not get further than the check.
OTHER_PYTHON = """\
#!/bin/sh
test "$1" = -c || exit 7
exec {python} -c 'import sys; sys.version_info = {version}; exec(sys.argv[1])' "$2"
"""


def set_up(repository: Path, folder: Path, python: object) -> subprocess.CompletedProcess[str]:
    """Start to set up in an empty folder with the given Python."""
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(repository / name, folder)
    command = ["make", "--no-print-directory", "book", f"PYTHON={python}"]
    # As a person types it, not as part of the `make test` that runs this.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def other_python(folder: Path, version: tuple[int, int, int]) -> Path:
    path = folder / "python"
    path.write_text(OTHER_PYTHON.format(python=sys.executable, version=version))
    path.chmod(0o755)
    return path


def sentences(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What was said, without make's own notice that a command failed."""
    return [line for line in (done.stdout + done.stderr).splitlines() if not line.startswith("make: ***")]


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13)])
def test_an_older_python_is_refused_in_one_sentence(repository, tmp_path, version):
    done = set_up(repository, tmp_path, other_python(tmp_path, version))
    assert done.returncode != 0
    (said,) = sentences(done)
    assert "Python 3.11, 3.12 or 3.13 is needed" in said
    assert f"{version[0]}.{version[1]}" in said
    assert "make book PYTHON=" in said
    assert not (tmp_path / ".venv").exists()


def test_a_newer_python_is_tried_with_a_warning(repository, tmp_path):
    done = set_up(repository, tmp_path, other_python(tmp_path, (3, 14, 1)))
    (said,) = sentences(done)
    assert said.startswith("Python 3.14 is newer than the ones tried (3.11 to 3.13)")


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 9)])
def test_a_promised_python_is_taken_silently(repository, tmp_path, version):
    assert sentences(set_up(repository, tmp_path, other_python(tmp_path, version))) == []


def test_a_python_that_does_not_exist_is_one_sentence(repository, tmp_path):
    (said,) = sentences(set_up(repository, tmp_path, "python3.99"))
    assert said.startswith("There is no python3.99 here; install Python 3.11, 3.12 or 3.13")


def test_another_python_than_the_one_set_up_is_not_taken_silently(repository, tmp_path):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/uv.stamp").touch()
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    done = set_up(repository, tmp_path, other_python(tmp_path, (3, 99, 0)))
    assert done.returncode != 0
    assert "remove it to use" in done.stderr
    assert "The folder .venv has Python 3." in done.stderr


def bare(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the autograder in a copy of the repository with a Python that has no packages."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-S", "-m", "autograder", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip


@pytest.fixture
def copied(repository: Path, tmp_path: Path) -> Path:
    for name in ("autograder", "cnnlib"):
        shutil.copytree(
            repository / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.db")
        )
    return tmp_path


def test_a_bare_python_says_in_one_sentence_what_to_do(copied):
    done = bare(copied, "doctor")
    assert done.returncode == 2
    assert done.stdout == ""
    (said,) = done.stderr.splitlines()
    assert f"run `make setup` in {copied} once" in said


def test_a_bare_python_goes_on_in_the_environment_that_is_set_up(copied):
    environment = copied / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin/python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (environment / "bin/python").chmod(0o755)
    assert bare(copied, "student-tag").returncode == 2, "an environment that is not complete is not used"
    (environment / "all.stamp").touch()
    done = bare(copied, "leaks", "no such folder", "--source", "here")
    assert done.returncode == 2
    assert "There is no marker under here" in done.stderr
