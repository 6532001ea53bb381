"""The address of the course's public repository, when it is known, and the term that a site is frozen for.

Run as a script, it prints the address, or nothing when none is known.
"""

import os
import re
import sys
from collections.abc import Mapping

_ADDRESS = re.compile(r"https://github\.com/([\w-]+)/([\w.-]+?)(?:\.git)?/?")
_TERM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# What the environment says about the site.
SWITCHES = ("BOOK_REPOSITORY_URL", "GITHUB_REPOSITORY", "BOOK_TERM", "BOOK_SOLUTIONS")
_OWNER_AND_NAME = re.compile(r"[\w-]+/[\w.-]+")


def repository_url(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the address of the repository, such as ``https://github.com/owner/name``, or None.

    Parameters
    ----------
    environment : Mapping
        ``BOOK_REPOSITORY_URL`` (an address) is read first, then ``GITHUB_REPOSITORY`` (``owner/name``, which
        GitHub sets in its workflows). Empty values count as not set.

    Raises
    ------
    ValueError
        If the value is not the address of a repository on GitHub, the only host whose notebooks Colab opens.
    """
    if address := environment.get("BOOK_REPOSITORY_URL", "").strip():
        found = _ADDRESS.fullmatch(address)
        if not found:
            raise ValueError(
                f"BOOK_REPOSITORY_URL is {address!r}, but must look like https://github.com/owner/name; "
                "correct it, or unset it to build a site without links to a repository."
            )
        return "https://github.com/{}/{}".format(*found.groups())
    if name := environment.get("GITHUB_REPOSITORY", "").strip():
        if not _OWNER_AND_NAME.fullmatch(name):
            raise ValueError(
                f"GITHUB_REPOSITORY is {name!r}, but must look like owner/name; correct it or unset it."
            )
        return f"https://github.com/{name}"
    return None


def term(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the term from ``BOOK_TERM``, such as ``2026-fall``, or None for the present course.

    Raises
    ------
    ValueError
        If it could not be a folder of the site and a part of a tag.
    """
    name = environment.get("BOOK_TERM", "").strip()
    if name and not _TERM.fullmatch(name):
        raise ValueError(
            f"BOOK_TERM is {name!r}, but must be small letters, digits and single hyphens, like 2026-fall; "
            "correct it or unset it."
        )
    return name or None


def site_url(repository: str, term: str | None = None) -> str:
    """Return where GitHub Pages serves the site, or a term's folder in it, with a slash at the end."""
    owner, name = repository.rsplit("/", 2)[1:]
    host = f"{owner.lower()}.github.io"
    site = f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"
    return f"{site}{term}/" if term else site


def student_reference(term: str | None = None) -> str:
    """Return the branch whose notebooks Colab opens, or the tag that keeps those of a term."""
    return f"student-{term}" if term else "student"


if __name__ == "__main__":
    try:
        address = repository_url()
    except ValueError as error:
        sys.exit(str(error))
    if address:
        print(address)
