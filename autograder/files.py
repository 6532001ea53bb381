"""Writing files so that a reader, or a run that is killed, never meets half of one."""

import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write_atomic(path: Path, content: str | bytes, mode: int = 0o666) -> bool:
    """Write `content` to `path` in one step; leave the file alone if it holds that already.

    A new file has the rights in `mode`, less what the user's mask takes. The temporary name is fixed, so what
    a killed run left there is overwritten by the next one.

    Returns
    -------
    bool
        Whether the file changed.

    Raises
    ------
    OSError
        With the name of the file that could not be written; nothing is left of the attempt.
    """
    # Half a character, which a student's code may print, becomes a question mark.
    data = content.encode(errors="replace") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.tmp")
    if path.is_file() and path.read_bytes() == data:
        temporary.unlink(missing_ok=True)
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(temporary, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        # On a full disk half a file takes room that is needed; and the system does not say which file it was.
        temporary.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    return True


def remove(path: Path) -> None:
    """Remove a file, if there is one, and what a killed run left of it; it stays removed without power."""
    present = [each for each in (path, path.with_name(f".{path.name}.tmp")) if each.exists()]
    for each in present:
        each.unlink()
    if present:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last: without this, losing power may undo a rename or a removal."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows cannot
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


def whole_lines(data: bytes) -> bytes:
    """Return a file's lines without a last one that was not written to its end."""
    return data[: data.rfind(b"\n") + 1]


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


def remove_tree(folder: Path) -> None:
    """Remove a folder that a submission could write to, as far as possible, without following links.

    `shutil.rmtree` recurses and can be stopped by folders in folders. Here what lies in a folder is moved up
    before the folder goes, so that no path gets long.
    """
    moved = 0
    with contextlib.suppress(OSError):
        while entries := list(os.scandir(folder)):
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
                    continue
                os.chmod(entry.path, 0o700)
                for child in list(os.scandir(entry.path)):
                    if child.is_dir(follow_symlinks=False):
                        os.chmod(child.path, 0o700)  # one that is closed cannot be moved
                    os.rename(child.path, os.path.join(folder, f".moved-{os.getpid()}-{moved}"))
                    moved += 1
                os.rmdir(entry.path)
        os.rmdir(folder)
