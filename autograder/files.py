"""Writing files so that a reader, or a run that is killed, never meets half of one."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write_atomic(path: Path, content: str | bytes) -> bool:
    """Write `content` to `path` in one step; leave the file alone if it holds that already.

    The temporary name is fixed, so what a killed run left there is overwritten by the next one.

    Returns
    -------
    bool
        Whether the file changed.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    return True


def files_under(folder: Path) -> list[Path]:
    """List the regular files below `folder`, sorted, without caches, hidden files and links."""
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") or part == "__pycache__" for part in parts):
            continue
        if path.is_file() and not path.is_symlink():
            found.append(path)
    return found


def content_hash(paths: Iterable[Path], folder: Path) -> str:
    """Hash names, relative to `folder`, and contents of files (SHA-256, hexadecimal)."""
    digest = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def mirror(source: Path, target: Path) -> bool:
    """Make `target` hold exactly the files of `source`: each is replaced in one step, the surplus goes last.

    Returns
    -------
    bool
        Whether anything changed.
    """
    names = {path.relative_to(source) for path in files_under(source)}
    changed = [write_atomic(target / name, (source / name).read_bytes()) for name in sorted(names)]
    surplus = [path for path in files_under(target) if path.relative_to(target) not in names]
    for path in surplus:
        path.unlink()
    return any(changed) or bool(surplus)
