"""Every command block of the README and of the page for instructors, typed in order into a fresh clone.

Weekly the clone is set up for real, with the newest Python that the course promises, so this also shows that
the site builds with that one from nothing. On each change it finds the checkout's own environment there. Two
more things are cheaper than a newcomer has them: uv finds in its cache what the checkout's own set-up has
downloaded, and the students' block finds torch installed already, or pip would download 3 GB. `make test` is
left out: it is what runs this.
"""

import contextlib
import csv
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import textwrap
import zipfile
from collections.abc import Iterator
from pathlib import Path

import board_networks
import onnx
import pytest
import pythons
from weekly import EVERYTHING

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,convolution (7)
    Points Possible,,,,,100.00
"Lovelace, Ada",1,1,ada,one,
"Hopper, Grace",2,2,grace,one,
"""
CLASS = "student,name,canvas_id,team\nada,Ada Lovelace,1,red\ngrace,Grace Hopper,2,blue\n"
# What make has set up in the checkout; the clone's files are newer.
STAMPS = [*(f".venv/{name}.stamp" for name in ("uv", "book", "all")), "node_modules/.package-lock.json"]
# A line that does not end by itself is started, asked for a page, and stopped.
PROBE = """\
set -e -m
probe() {
  bash -c "$2" >"$HOME/server.log" 2>&1 &
  for attempt in $(seq 300); do
    sleep 0.4
    if python3 -c "from urllib.request import urlopen; urlopen('$1')" 2>"$HOME/probe.log"; then
      kill -- -$!
      wait $! || true
      return
    fi
    kill -0 $! || break
  done
  cat "$HOME/server.log" "$HOME/probe.log"
  kill -- -$! || true
  return 1
}
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def blocks(page: Path) -> list[str]:
    """The blocks that readers type into a shell, in order."""
    text = page.read_text(encoding="utf-8")
    return [textwrap.dedent(found) for _, found in re.findall(r"^( *)```sh\n(.*?)^\1```$", text, re.M | re.S)]


class Newcomer:
    """A person with a fresh clone, a home folder and what a learning platform gave out."""

    def __init__(self, repository: Path, folder: Path) -> None:
        self.clone, self.home, self.bin = folder / "course", folder / "home", folder / "bin"
        for made in (self.clone, self.home / "Downloads", self.bin, folder / "data"):
            made.mkdir(parents=True)
        self.ports = {"serve": free_port(), "jupyter": free_port()}
        self._copy_repository(repository)
        self.set_up_before = not EVERYTHING and (repository / ".venv/all.stamp").is_file()
        if self.set_up_before:
            for name in (".venv", "node_modules"):
                (self.clone / name).symlink_to(repository / name)
        self._write_programs()
        self._write_class(repository, folder / "data")
        config = os.environ.get("XDG_CONFIG_HOME", str(Path.home() / ".config"))
        uv = Path(sys.executable).with_name("uv")
        cache = subprocess.run(
            [uv, "cache", "dir"], capture_output=True, text=True, check=True
        ).stdout.strip()
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("BOOK_", "GITHUB_", "VIRTUAL_ENV", "PYTHON", "CNNLIB_", "MAKE", "PYTEST"))
        }
        self.environment = kept | {
            "HOME": str(self.home),
            "PATH": f"{self.bin}:{os.environ['PATH'].replace(str(uv.parent), '/nowhere')}",
            "XDG_CONFIG_HOME": config,  # which index pip and uv use
            "NPM_CONFIG_USERCONFIG": str(Path.home() / ".npmrc"),
            "UV_CACHE_DIR": cache,
            "CNNLIB_DATA": str(folder / "data"),
            "CNNLIB_OFFLINE": "1",
            "PORT": str(self.ports["serve"]),
            "JUPYTER_CONFIG_DIR": str(self.home / "jupyter"),
        }

    def _copy_repository(self, repository: Path) -> None:
        git = ["git", "-c", "user.name=n", "-c", "user.email=n@localhost", "-C"]
        listed = subprocess.run(
            [*git, repository, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        for name in listed.rstrip("\0").split("\0"):
            if (repository / name).is_file():
                (self.clone / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(repository / name, self.clone / name)
        for arguments in (
            ["init", "--quiet"],
            ["add", "--all"],
            ["commit", "--quiet", "--message", "Course"],
            ["tag", "term/2026-fall"],
        ):
            subprocess.run([*git, self.clone, *arguments], check=True)

    def _write_programs(self) -> None:
        newest = list(pythons.present().values())[-1]
        programs = {"python3": f'exec "${{NEWCOMERS_PYTHON:-{newest}}}" "$@"'}
        if self.set_up_before:
            programs["make"] = " ".join(["exec", shutil.which("make"), *(f"-o {s}" for s in STAMPS), '"$@"'])
        for compiler in ("cc", "gcc", "c++", "g++", "clang", "node", "npm"):
            programs[compiler] = f'echo {compiler} >>"$HOME/compilers"; exit 1'
        for name, line in programs.items():
            (self.bin / name).write_text(f"#!/bin/sh\n{line}\n")
            (self.bin / name).chmod(0o755)
        settings = self.home / "jupyter" / "jupyter_server_config.py"
        settings.parent.mkdir()
        # What a person at a screen has otherwise: a browser, and no root.
        settings.write_text(
            "c.ServerApp.open_browser = False\nc.ServerApp.allow_root = True\nc.IdentityProvider.token = ''\n"
            f"c.ServerApp.port = {self.ports['jupyter']}\n"
        )

    def _write_class(self, repository: Path, data: Path) -> None:
        released = repository / "exercises/convolution/convolution.ipynb"
        solved = repository / "solutions/convolution/convolution.ipynb"
        images = board_networks.write_images(data / "cifar10.npz")
        network = board_networks.network(*board_networks.nearest(board_networks.centers(images)))
        handed_in = {
            "submissions.zip": {
                "ada/convolution/convolution.ipynb": released.read_bytes(),
                "grace/convolution/convolution.ipynb": solved.read_bytes(),
            },
            "networks.zip": {"red/network.onnx": onnx.ModelProto.SerializeToString(network)},
        }
        for name, files in handed_in.items():
            with zipfile.ZipFile(self.home / "Downloads" / name, "w") as archive:
                for path, content in files.items():
                    archive.writestr(path, content)
            shutil.copy(self.home / "Downloads" / name, self.clone / name)
        (self.clone / "class.csv").write_text(CLASS)
        (self.clone / "canvas-export.csv").write_text(CANVAS)

    def type(self, block: str) -> str:
        """Type a block of commands; return what was printed."""
        lines = []
        for line in block.splitlines():
            if line.startswith("make serve"):
                lines.append(f"probe http://127.0.0.1:{self.ports['serve']}/book/intro.html '{line}'")
            elif line.startswith("jupyter lab "):
                notebook = line.rpartition("/")[2]  # JupyterLab serves the folder of the file
                address = f"http://127.0.0.1:{self.ports['jupyter']}/api/contents/{notebook}"
                lines.append(f"probe {address} '{line}'")
            elif line.startswith("python3 -m autograder formgrader "):
                name = line.split()[-1]
                address = f"http://127.0.0.1:{self.ports['jupyter']}/formgrader/gradebook/{name}/{name}"
                lines.append(f"probe {address} '{line}'")
            elif not line.startswith("make test"):
                lines.append(line)
        environment = self.environment
        if "venv cnn" in block:
            scripts = Path(sys.executable).parent
            environment = environment | {
                "NEWCOMERS_PYTHON": f"{sys.base_prefix}/bin/python3",
                "PYTHONPATH": sysconfig.get_path("purelib"),
                "PATH": f"{environment['PATH']}:{scripts}",
            }
        done = subprocess.run(
            ["bash", "-c", PROBE + "\n".join(lines)],
            cwd=self.clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout}"
        return done.stdout


@pytest.fixture(scope="module")
def newcomer(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    folder = tmp_path_factory.mktemp("newcomer")
    yield Newcomer(repository, folder)
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)  # pytest would keep the 6 GB


def test_the_commands_of_the_readme_work_in_order(newcomer: Newcomer, repository: Path) -> None:
    first, *others = blocks(repository / "README.md")
    assert first.splitlines()[1].startswith("make test"), "it is left out here, so it must be there"
    newcomer.type(first)
    if not newcomer.set_up_before:
        (packages,) = (newcomer.clone / ".venv/lib").glob("python3.*/site-packages")
        assert not list(packages.glob("torch*")), "the site needs no torch"
        assert packages.parent.name == f"python{list(pythons.present())[-1]}"
    assert not (newcomer.home / "compilers").exists(), (
        "the site needs neither a compiler nor the machine's Node"
    )
    assert "is current" in newcomer.type("make book"), "a second build has nothing to do"
    assert len(others) >= 4
    for block in others:
        newcomer.type(block)
    published = newcomer.clone / "_build/publish"
    for page in ("site/index.html", "site/2026-fall/index.html"):
        assert (published / page).is_file()
    tags = subprocess.run(
        ["git", "-C", published / "student", "tag", "--points-at", "student"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert set(tags) == {"student-2026-fall", newcomer.type("python3 -m autograder student-tag").strip()}
    assert "ada,0,0\ngrace,100,100\n" in (newcomer.clone / "grades.csv").read_text().replace(".0", "")


def test_the_commands_for_instructors_work_in_order(newcomer: Newcomer, repository: Path) -> None:
    typed = blocks(repository / "book/instructors.md")
    assert len(typed) >= 3
    for block in typed:
        newcomer.type(block)
    grades = (newcomer.clone / "grades.csv").read_text()
    assert re.search(r'"Hopper, Grace".*,100', grades), grades
    assert "red" in (newcomer.clone / "book/leaderboard.md").read_text()


def test_the_worked_example_of_a_term_works_in_order(newcomer: Newcomer, repository: Path) -> None:
    """From a download to returned pages; then the term is backed up, restored, and one student erased."""
    typed = blocks(repository / "book/teaching.md")
    if not (newcomer.clone / "autograder/gradebook.db").is_file():  # this test is run alone
        newcomer.type("python3 -m autograder collect convolution submissions.zip --roster class.csv")
        newcomer.type("python3 -m autograder grade convolution")
    term = newcomer.clone / "autograder"
    for block in typed:
        if block.startswith("tar -xzf"):
            for name in ("submitted", "autograded", "feedback"):
                shutil.rmtree(term / name)
            (term / "gradebook.db").unlink()
        printed = newcomer.type(block)
        if block.startswith("tar -xzf"):
            assert "2 handed in, 0 to grade" in printed
    example = newcomer.clone / "_build/example"
    with open(example / "results/grades.csv", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert len(rows) == 11
    assert rows["ada"]["corrected"] == "p2"
    assert rows["hypatia"]["status"] == "graded", "it had lost its labels"
    with open(example / "results/reports/convolution-similar.csv", newline="") as file:
        first = next(csv.DictReader(file))
    assert {first["first"], first["second"]} == {"emmy", "tom"}, "the copy with other names"
    report = (example / "results/reports/convolution.html").read_text()
    assert "<bdi>joseph</bdi>" in report, "who handed in nothing"
    with zipfile.ZipFile(example / "pages.zip") as archive:
        assert "hoppergrace_LATE_1006_5006_convolution.html" in archive.namelist()
        assert len(archive.namelist()) == 11
    assert len((example / "scores.csv").read_text().splitlines()) == 13
    assert not (term / "submitted/ada").exists()
    assert (term / "submitted/grace").exists()
    assert "ada" not in (term / "grades.csv").read_text()
