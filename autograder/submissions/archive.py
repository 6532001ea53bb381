"""Lists the files of a folder or a zip archive without trusting what is in it.

Files from an archive are unpacked under numbers, so no name in it can reach a place of its choice. What is
refused is listed, never dropped in silence.
"""

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

from autograder.errors import UserError
from autograder.files import files_under
from autograder.submissions.notebook_file import LARGEST, SUFFIXES

MOST_FILES = 50_000
MOST_IN_ONE = 2_000  # files in a student's zip
LARGEST_SUM = 4_000_000_000  # bytes that one source may unpack to
METADATA = "submission_metadata.yml"  # Gradescope's; with every attempt's results it becomes large
WANTED = (*SUFFIXES, ".zip", METADATA, "timestamp.txt")
MOST_PACKED = 200  # times smaller: no notebook with its outputs is packed as tightly
UTF_8 = 0x800  # the flag of a name that is UTF-8
UNICODE_PATH = 0x7075  # the field with the name in UTF-8
# Of Windows in Europe, in the East of Asia, then elsewhere; of two that fit, the first one is taken.
CODE_PAGES = (
    "cp437", "cp850", "cp1252", "cp852", "cp1250", "cp866", "cp1251", "cp932", "gbk", "cp949", "big5",
    "cp737", "cp1253", "cp857", "cp1254", "cp862", "cp1255", "cp1256", "cp874", "cp1258",
)  # fmt: skip
NOISE = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints")


class TooMuchError(Exception):
    """An archive that unpacks to more than it should; the message continues a sentence about it."""


@dataclass(frozen=True)
class Found:
    """A file that was handed in."""

    parts: tuple[str, ...]  # its name, folder by folder; a zip within counts as a folder
    path: Path  # where its content is

    @property
    def name(self) -> str:
        return self.parts[-1]

    def __str__(self) -> str:
        return printable("/".join(self.parts))


class Archives:
    """Unpacks into the folder `work` the files whose names end in one of `wanted`.

    `problems` lists what was refused, one sentence each. `likely` counts how many names make sense, for zips
    that do not say how theirs are encoded.
    """

    def __init__(
        self,
        work: Path,
        wanted: tuple[str, ...] = WANTED,
        likely: Callable[[list[str]], int] | None = None,
    ) -> None:
        self.work = work
        self.wanted = wanted
        self.likely = likely
        self.problems: list[str] = []
        self.notes: list[str] = []
        self._files = 0

    def files(self, source: Path) -> list[Found]:
        """List the files of a folder or a zip; zips in it are opened, zips in those are not.

        Raises
        ------
        UserError
            If `source` is neither, is damaged, or holds more than any course hands in.
        """
        if source.is_dir():
            found = [Found(path.relative_to(source).parts, path) for path in files_under(source)]
            found = [file for file in found if not is_noise(file.parts) and self._fits(file)]
            for path in source.rglob("*"):
                if path.is_symlink():
                    name = Found(path.relative_to(source).parts, path)
                    self.problems.append(f"{name} is a link and was refused.")
        else:
            try:
                found = self._unpack(source, (), MOST_FILES, LARGEST_SUM)
            except (zipfile.BadZipFile, OSError, ValueError) as error:
                raise UserError(
                    f"{source} is neither a folder nor a whole zip file ({error}); "
                    "name what the platform gave you."
                ) from error
            except TooMuchError as error:
                raise UserError(
                    f"{source} {error}; unpack it, look what is in it, name the folder."
                ) from error
        opened = []
        for file in found:
            if not file.name.lower().endswith(".zip"):
                opened.append(file)
                continue
            try:
                if file.path.stat().st_size > LARGEST:
                    raise TooMuchError(f"is larger than {LARGEST // 1_000_000} MB")
                opened += self._unpack(file.path, file.parts, MOST_IN_ONE, 10 * LARGEST)
            except TooMuchError as error:
                self.problems.append(f"{file} {error} and was refused.")
            except (zipfile.BadZipFile, OSError, ValueError) as error:
                self.problems.append(f"{file} is no whole zip file: {printable(str(error))}.")
        return opened

    def _fits(self, file: Found) -> bool:
        """Return whether a file of a folder is not too large, as `refusal` asks of one in a zip."""
        if not file.name.lower().endswith(self.wanted) or file.name.lower().endswith(".zip"):
            return True
        limit = 10 * LARGEST if file.name == METADATA else LARGEST
        if file.path.stat().st_size <= limit:
            return True
        self.problems.append(f"{file} is larger than {limit // 1_000_000} MB and was refused.")
        return False

    def _unpack(self, archive: Path, prefix: tuple[str, ...], most: int, size: int) -> list[Found]:
        """Unpack the wanted files of a zip under numbers."""
        found: dict[str, Found] = {}
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            if len(members) > most:
                raise TooMuchError(f"holds more than {most} files")
            names, page = member_names(members, self.likely)
            if page and self.likely is None and not prefix:
                example = printable(next(name for name in names if not name.isascii()))
                self.notes.append(
                    f"{archive.name} does not say how its names are written; they were read as {page} "
                    f"({example}). A class list makes that sure."
                )
            for member, name in zip(members, names, strict=True):
                # Old Windows programs separate folders with backslashes.
                parts = PurePosixPath(name.replace("\\", "/")).parts
                if not parts or is_noise(parts):
                    continue
                self._files += 1
                file = Found(prefix + parts, self.work / str(self._files))
                if parts[-1].lower().endswith(self.wanted):
                    size -= member.file_size
                    reason = refusal(member, parts) or self._extract(opened, member, file)
                    if reason:
                        self.problems.append(f"{file} {reason} and was refused.")
                        continue
                    if size < 0:
                        raise TooMuchError("unpacks to far more than submissions need")
                same = "/".join(file.parts)
                if same in found:
                    self.notes.append(f"{file} occurs twice in the zip; the last one counts.")
                found[same] = file
        return list(found.values())

    def _extract(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: Found) -> str:
        """Write one file; say why not, or nothing."""
        try:
            with archive.open(member) as content:
                data = content.read(member.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
            return "is damaged in the zip"
        file.path.write_bytes(data)
        return ""


def refusal(member: zipfile.ZipInfo, parts: tuple[str, ...]) -> str:
    """Say why a member of an archive is not unpacked, or nothing."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    if ".." in parts or parts[0].startswith("/") or parts[0][1:2] == ":":
        return "has a name that points outside the zip"
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device, not a file,"
    if member.flag_bits & 1:
        return "is encrypted"
    limit = 10 * LARGEST if parts[-1] == METADATA else LARGEST
    if member.file_size > limit:
        return f"is larger than {limit // 1_000_000} MB"
    if member.file_size > 1_000_000 and member.file_size > MOST_PACKED * member.compress_size:
        return f"is packed more than {MOST_PACKED} times smaller"
    return ""


def member_names(
    members: list[zipfile.ZipInfo], likely: Callable[[list[str]], int] | None
) -> tuple[list[str], str]:
    """Decode the names in a zip, which need not say how they are encoded.

    macOS writes UTF-8 without saying so, Windows the code page of the country, and others add the name in
    UTF-8. Python takes what is not marked for the code page of the first PC.

    Returns
    -------
    names : list of str
    page : str
        The code page that was guessed, empty if there was nothing to guess.
    """
    names: list[str] = []
    unknown: dict[int, bytes] = {}
    for place, member in enumerate(members):
        names.append(member.filename)
        if member.flag_bits & UTF_8 or member.filename.isascii():
            continue
        raw = member.orig_filename.partition("\0")[0].encode("cp437")
        try:
            names[place] = unicode_path(member, raw) or raw.decode()
        except UnicodeDecodeError:
            unknown[place] = raw
    best: tuple[tuple[int, int], str, list[str]] | None = None
    for page in CODE_PAGES if unknown else ():
        try:
            decoded = [raw.decode(page) for raw in unknown.values()]
        except UnicodeDecodeError:
            continue
        score = (likely(decoded) if likely else 0, -sum(map(oddities, decoded)))
        if best is None or score > best[0]:
            best = score, page, decoded
    if best is None:
        return names, ""
    for place, name in zip(unknown, best[2], strict=True):
        names[place] = name
    return names, best[1]


def unicode_path(member: zipfile.ZipInfo, raw: bytes) -> str:
    """Return the name in UTF-8 that some programs add to the one that others can read, or nothing."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and len(field) > 5 and field[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return field[5:].decode()
    return ""


def oddities(name: str) -> int:
    """Count the characters that hardly stand in a person's name; a wrong code page gives many."""
    odd = 0
    for before, character in pairwise(f" {name}"):
        kind = unicodedata.category(character)
        half_width = "\uff61" <= character <= "\uff9f"
        if not character.isascii() and (half_width or kind not in ("Ll", "Lu", "Lo", "Mn")):
            odd += 2
        odd += kind == "Lu" and before.islower()
    return odd


def is_noise(parts: tuple[str, ...]) -> bool:
    """Return whether a file is one that systems and editors leave behind, or in a hidden folder."""
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts[:-1])
    return hidden or any(part in NOISE or part.startswith(("._", ".~", "~$")) for part in parts)


def printable(text: str) -> str:
    """Return a student's text fit for a terminal: no control characters, not endless."""
    text = "".join(c if c.isprintable() else "\ufffd" for c in text.encode("utf-8", "replace").decode())
    return text if len(text) <= 120 else text[:119] + "…"
