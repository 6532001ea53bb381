"""`cnnlib` as a package: its wheel alone is enough, and it asks for ranges that Colab's packages satisfy."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import pythons
from packaging.requirements import Requirement

UV = Path(sys.executable).with_name("uv")
USE = """\
import torch, cnnlib
loaders = cnnlib.load("shapes10", batch_size=8)
images, labels = next(iter(loaders.test))
print(images.shape[1:] == (3, 32, 32), cnnlib.arithmetic.conv_output_size(32, 5, stride=2), cnnlib.__file__)
"""


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "build", "--quiet", "--wheel", "--out-dir", output, repository], check=True)
    return next(output.glob("cnnlib-*.whl"))


def test_the_wheel_holds_the_package_its_data_and_its_license(wheel: Path, repository: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "cnnlib"], cwd=repository, capture_output=True, text=True, check=True
    ).stdout.split()
    names = zipfile.ZipFile(wheel).namelist()
    assert listed
    assert set(listed) <= set(names)
    assert [name for name in names if name.endswith("licenses/LICENSE")]
    assert {name.split("/")[0] for name in names} == {
        "cnnlib",
        f"{wheel.name.removesuffix('-py3-none-any.whl')}.dist-info",
    }


def test_the_wheel_asks_for_ranges(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = next(name for name in archive.namelist() if name.endswith("METADATA"))
    text = archive.read(metadata).decode()
    required = [Requirement(line) for line in re.findall(r"^Requires-Dist: (.*)$", text, re.M)]
    assert {"torch", "numpy", "onnx"} <= {each.name for each in required}
    for requirement in required:
        assert {each.operator for each in requirement.specifier} == {">="}, requirement
    assert re.search(r"^Requires-Python: >=3\.11$", text, re.M)


@pytest.mark.parametrize("version", pythons.present())
def test_the_wheel_alone_is_enough(wheel: Path, tmp_path: Path, version: str) -> None:
    environment = tmp_path / "environment"
    subprocess.run([UV, "venv", "--quiet", "--python", pythons.present()[version], environment], check=True)
    python = environment / "bin" / "python"
    subprocess.run([UV, "pip", "install", "--quiet", "--python", python, wheel], check=True)
    done = subprocess.run(
        [python, "-P", "-c", USE], cwd=tmp_path, env={}, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"True 14 {environment}")


def test_what_colab_ships_satisfies_the_package(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    text = (repository / ".ci/colab-packages.txt").read_text()
    shipped = dict(re.findall(r"^([\w-]+)==(\S+)$", text, re.M))
    for requirement in map(Requirement, project["dependencies"]):
        assert requirement.specifier.contains(shipped[requirement.name]), requirement
    version = re.search(r"^# Python (\S+)$", text, re.M)[1]
    assert Requirement(f"python{project['requires-python']}").specifier.contains(version)
