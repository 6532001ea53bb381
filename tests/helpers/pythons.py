"""Finds the Pythons on this machine that the course promises to run with."""

import functools
import shutil
import subprocess
import sys
from pathlib import Path

PROMISED = ("3.11", "3.12", "3.13")


@functools.cache
def present() -> dict[str, Path]:
    """Return the Pythons that are here, by version, the oldest first.

    They are looked for on the path and beside the running one, where version managers keep the others.
    """
    found = {}
    for version in PROMISED:
        beside = Path(sys.base_prefix).parent.glob(f"{version}.*/**/bin/python{version}")
        for candidate in (shutil.which(f"python{version}"), *sorted(beside)):
            if candidate is None:
                continue
            code = "import sys; print('%d.%d' % sys.version_info[:2])"
            told = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
            if told.stdout.strip() == version:  # a version manager's stand-in may only complain
                found[version] = Path(candidate)
                break
    return found
