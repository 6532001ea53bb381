"""Where the site and the student branch learn the repository's address from."""

import subprocess
import sys
from pathlib import Path

import pytest

ADDRESS = "https://github.com/some-owner/some-course"


@pytest.mark.parametrize(
    ("environment", "printed"),
    [
        ({}, ""),
        ({"BOOK_REPOSITORY_URL": ADDRESS}, ADDRESS),
        ({"BOOK_REPOSITORY_URL": ADDRESS + ".git"}, ADDRESS),
        ({"BOOK_REPOSITORY_URL": ADDRESS + "/"}, ADDRESS),
        ({"GITHUB_REPOSITORY": "some-owner/some-course"}, ADDRESS),
        ({"BOOK_REPOSITORY_URL": "", "GITHUB_REPOSITORY": "a/b.c"}, "https://github.com/a/b.c"),
        ({"BOOK_REPOSITORY_URL": ADDRESS, "GITHUB_REPOSITORY": "a/b"}, ADDRESS),
    ],
)
def test_the_repository_is_found_in_the_environment(
    repository: Path, environment: dict[str, str], printed: str
) -> None:
    script = repository / "book/_ext/repository.py"
    result = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout.strip(), result.stderr) == (0, printed, "")


@pytest.mark.parametrize(
    "environment",
    [
        {"BOOK_REPOSITORY_URL": "some-owner/some-course"},
        {"BOOK_REPOSITORY_URL": "https://example.org/some-owner/some-course"},
        {"BOOK_REPOSITORY_URL": "https://github.com/some-owner"},
        {"GITHUB_REPOSITORY": "some-course"},
    ],
)
def test_a_malformed_address_is_one_clear_sentence(repository: Path, environment: dict[str, str]) -> None:
    script = repository / "book/_ext/repository.py"
    result = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert next(iter(environment)) in result.stderr
    assert "must look like" in result.stderr
