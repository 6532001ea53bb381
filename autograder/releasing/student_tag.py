"""Names the tag of the student branch from which notebooks install `cnnlib`."""

from pathlib import Path

from autograder.files import ROOT, content_hash, files_under


def student_tag(root: Path = ROOT) -> str:
    """Return the tag, such as ``student-3f9a0c1d2e4b``, that keeps the `cnnlib` of this checkout.

    It is a hash of what pip installs, so a release knows it before anything is published, and it stays the
    same until the package changes. Publishing sets a tag once and never moves or deletes it.
    """
    files = [*files_under(root / "cnnlib"), root / "pyproject.toml", root / "LICENSE"]
    return f"student-{content_hash(files, root)[:12]}"
