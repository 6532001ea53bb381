"""What a platform calls a student's work: noted when it is collected, for giving feedback back."""

import json
from pathlib import Path

from autograder.files import remove, write_atomic

NAME = "platform.json"  # beside the notebook
LONGEST = 1000  # characters


def write_platform_name(folder: Path, platform: str, name: str) -> bool:
    """Note the name, or remove an earlier note if the platform gives none; return whether that changed.

    Parameters
    ----------
    folder : Path
        The student's submission.
    platform : str
    name : str
        Canvas: how the file's name begins, with the numbers of student and upload. Moodle: the folder's.
    """
    path = folder / NAME
    if not name:
        changed = path.exists()
        remove(path)
        return changed
    return write_atomic(path, json.dumps({"platform": platform, "name": name}, ensure_ascii=False) + "\n")


def read_platform_name(folder: Path, platform: str) -> str:
    """Return the name that a platform gave; nothing if another one did, or none."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
        name = content["name"] if content["platform"] == platform else ""
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    # It becomes a path in an archive.
    fit = isinstance(name, str) and len(name) <= LONGEST and not set("/\\\0") & set(name)
    return name if fit and name.strip(".") else ""
