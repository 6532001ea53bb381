"""Writes the lists of chapters and assignments that stand in several pages, from the chapters themselves.

Their order is `_toc.yml`'s. A lesson's question is the entry `question` of its notebook's metadata; titles,
times and parts are read where authors write them anyway, in the text of chapters and assignments.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import yaml

from autograder.errors import UserError
from autograder.files import write_atomic

BEGIN = "<!-- made from the chapters and exercises by: python3 -m autograder lists -->"
END = "<!-- end of what is made -->"


@dataclass(frozen=True)
class Assignment:
    """An assignment as its first cell presents it."""

    slug: str
    title: str
    time: str
    parts: tuple[str, ...]

    @property
    def path(self) -> str:
        """Its student release, from the repository's root."""
        return f"exercises/{self.slug}/{self.slug}.ipynb"


@dataclass(frozen=True)
class Chapter:
    """What the lists tell of a chapter, with the assignment that belongs to it, if one does.

    `share` is empty where that is the chapter's own; of another one it says "Parts 3 and 4".
    """

    slug: str
    title: str
    question: str
    assignment: Assignment | None
    share: str = ""
    seconds: float | None = None  # to run all cells, on one core
    recorded: float | None = None  # that its recorded experiments took


def write_lists(root: Path) -> list[str]:
    """Renew all lists under `root`; return the names of the files that changed.

    Raises
    ------
    UserError
        If a chapter or an assignment does not say what a list tells, or a page has no place for its list.
    """
    texts = made(root)
    return [name for name, text in texts.items() if write_atomic(root / name, text)]


def made(root: Path) -> dict[str, str]:
    """Return the pages with their lists as they should be, by name."""
    chapters = read_chapters(root)
    return {name: renewed(root / name, make(chapters)) for name, make in PAGES.items()}


def renewed(page: Path, text: str) -> str:
    """Return the page with `text` between its two marks."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise UserError(f"{page} has no place for its list: the lines `{BEGIN}` and `{END}` are expected.")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def in_readme(chapters: list[Chapter]) -> str:
    """Return a table for GitHub: chapters, and the parts of their exercises."""
    lines = ["| chapter | its exercise |", "|---|---|"]
    for chapter in chapters:
        task = chapter.assignment
        if task is None:
            exercise = "ungraded tasks in the chapter"
        elif chapter.share:
            exercise = f"{_lower(chapter.share)} of [{task.title}]({task.path})"
        else:
            exercise = f"[{'; '.join(task.parts)}]({task.path})"
        lines.append(f"| [{chapter.title}](book/{chapter.slug}.ipynb) | {exercise} |")
    return "\n".join(lines)


def in_introduction(chapters: list[Chapter]) -> str:
    """Return a table for the site, which fills in titles: lessons, their questions and exercises."""
    lines = ["| Lesson | Question | Exercise |", "|---|---|---|"]
    for chapter in chapters:
        task = chapter.assignment
        if task is None:
            exercise = "Ungraded tasks in the lesson"
        elif chapter.share:
            exercise = f"{chapter.share} of [](../{task.path})"
        else:
            exercise = f"[](../{task.path}), {task.time}"
        lines.append(f"| []({chapter.slug}.ipynb) | {chapter.question} | {exercise} |")
    return "\n".join(lines)


def for_instructors(chapters: list[Chapter]) -> str:
    """Return a definition list for the site: assignments, the lessons before each, its time and parts."""
    lessons: dict[Assignment, list[str]] = {}
    for chapter in chapters:
        if chapter.assignment is not None:
            lessons.setdefault(chapter.assignment, []).append(f"[]({chapter.slug}.ipynb)")
    return "\n\n".join(
        f"`{task.slug}`, after {' and '.join(names)}\n: {'; '.join(task.parts)} ({task.time})"
        for task, names in lessons.items()
    )


def with_times(chapters: list[Chapter]) -> str:
    """Return a table for the site: how long a lesson runs, its records took, and its exercise takes."""
    lines = [
        "| Lesson | Running all its cells | Its recorded experiments | Its exercise, for a beginner |",
        "|---|---|---|---|",
    ]
    for chapter in chapters:
        own = chapter.assignment.time if chapter.assignment and not chapter.share else "–"
        times = f"{_spoken(chapter.seconds)} | {_spoken(chapter.recorded)}"
        lines.append(f"| []({chapter.slug}.ipynb) | {times} | {own} |")
    return "\n".join(lines)


def _spoken(seconds: float | None) -> str:
    """Say seconds in a unit that suits them."""
    if seconds is None:
        return "–"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


PAGES: dict[str, Callable[[list[Chapter]], str]] = {
    "README.md": in_readme,
    "book/intro.md": in_introduction,
    "book/instructors.md": for_instructors,
    "book/times.md": with_times,
}


def read_chapters(root: Path) -> list[Chapter]:
    """Return the chapters in the order of the table of contents."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    files = [each["file"] for part in contents["parts"] for each in part["chapters"]]
    assignments = {
        slug: read_assignment(root / "solutions" / slug / f"{slug}.ipynb")
        for slug in (Path(file).name for file in files if file.startswith("exercises/"))
    }
    pages = [root / f"{file}.ipynb" for file in files if file.startswith("book/")]
    found = [read_chapter(page, assignments) for page in pages if page.is_file()]
    runs = _json(root / "book" / "_ext" / "executed.json")
    return [
        replace(
            chapter,
            seconds=runs.get(chapter.slug, {}).get("seconds"),
            recorded=_recorded(root / "cnnlib" / "recorded" / f"{chapter.slug}.json"),
        )
        for chapter in found
    ]


def _recorded(path: Path) -> float | None:
    lines = _json(path).get("lines", [])
    return sum(line["seconds"] for line in lines) if lines else None


def _json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def read_chapter(path: Path, assignments: dict[str, Assignment]) -> Chapter:
    """Read what a chapter says of itself, and find its assignment: by its name, else by a link to it."""
    notebook = nbformat.read(path, as_version=4)
    text = _text(notebook)
    title = _find(path, text, r"^# (.+)$", "no title, such as `# Pooling`")
    question = notebook.metadata.get("question")
    if not isinstance(question, str):
        raise UserError(
            f'{path} has no question for the lists: `"question": "…?"` in the notebook\'s metadata.'
        )
    exercise = _find(path, text, r"^## Exercise\n((?:(?!^## )[\s\S])*)", "no section `## Exercise`")
    if path.stem in assignments:
        return Chapter(path.stem, title, question, assignments[path.stem])
    linked = re.search(r"\]\(\.\./exercises/(\w+)/", exercise)
    if linked is None:
        return Chapter(path.stem, title, question, None)
    if linked[1] not in assignments:
        raise UserError(f"{path} links to the exercise {linked[1]!r}, which _toc.yml does not list.")
    share = re.search(r"\b[Pp]arts? \d(?:(?:, \d)* and \d)?\b", exercise)
    if share is None:
        raise UserError(
            f"{path} does not say which parts of {linked[1]} belong to it: its section *Exercise* needs "
            "words such as `parts 3 and 4`."
        )
    return Chapter(path.stem, title, question, assignments[linked[1]], share[0][0].upper() + share[0][1:])


def read_assignment(path: Path) -> Assignment:
    """Read what an assignment says of itself."""
    if not path.is_file():
        raise UserError(f"_toc.yml lists the exercise {path.stem!r}, but there is no {path}.")
    text = _text(nbformat.read(path, as_version=4))
    time = _find(
        path,
        text,
        r"\b(?:takes|Plan)\s+((?:[^.;,]|\d\.\d)+?(?:hours?|minutes))\b",
        "no time, such as `It takes two hours.`",
    )
    parts = re.findall(r"^\| \d+ \| (.+) \| \d+ \| \d+% \|$", text, re.M)
    if not parts:
        raise UserError(f"{path} has no table of its parts, with rows such as `| 1 | sizes | 20 | 20% |`.")
    title = _find(path, text, r"^# (.+)$", "no title, such as `# Pooling: exercise`")
    return Assignment(path.stem, title, time, tuple(parts))


def _text(notebook: nbformat.NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def _find(path: Path, text: str, pattern: str, missing: str) -> str:
    found = re.search(pattern, text, re.M)
    if found is None:
        raise UserError(f"{path} has {missing}.")
    return " ".join(found[1].split())


def _lower(words: str) -> str:
    return words[0].lower() + words[1:]
