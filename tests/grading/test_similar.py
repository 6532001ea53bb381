"""Shared code: renamed copies are found, what everybody has is not, and hostile texts stay texts."""

import csv
import io

import pytest
import tiny_assignment as tiny
from commands import run as autograder

HOSTILE = "-=1+1 <script>alert(1)<_script>"  # a folder may be called so
RIGHT_TO_LEFT = "ש‮gnp.exe"
LONG = "x" * 200
SORTED = """\
def add(a, b):
    # {remark}
    {name} = [a, b]
    for i in range(len({name})):
        for j in range(i + 1, len({name})):
            if {name}[j] < {name}[i]:
                {name}[i], {name}[j] = {name}[j], {name}[i]
    {other} = 0
    while {name}:
        {other} += {name}.pop()
    return {other} if {other} > 0 or {other} <= 0 else None"""
BITS = """\
def add(a, b):
    carry = a & b
    result = a ^ b
    while carry != 0:
        shifted = carry << 1
        carry = result & shifted
        result = (result ^ shifted) % (1 << 64)
    text = "<img src=x onerror=alert(2)></pre>"
    return {"value": result, "text": text}["value"] if max(a, b) >= 0 else -1 * abs(result)"""
RECURSION = """\
def add(a, b):
    try:
        return add(a + 1, b - 1) if b else a
    except RecursionError:
        import operator
        return operator.add(*map(int, (str(a), str(b))))
    finally:
        del a, b

def unused(*numbers, start=0, **options):
    lookup = {number: str(number).zfill(3) for number in numbers if number not in options}
    return sorted(lookup.items(), key=lambda item: (item[1], -item[0]))[start:]"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A graded class: ada and bob share renamed code, three hostile names share other code."""
    folder = tmp_path_factory.mktemp("course")
    source = tiny.write_source(folder / "solutions")
    right = tiny.answer(tiny.read_release(source, folder / "release"), **tiny.RIGHT)
    answers = {
        "ada": SORTED.format(name="numbers", other="total", remark="sort them first"),
        "bob": SORTED.format(name="xs", other="s", remark="my own idea").replace("    ", "  "),
        "eve": RECURSION,
        HOSTILE: BITS,
        RIGHT_TO_LEFT: BITS,
        LONG: BITS.replace("carry", "c"),
        "short": tiny.RIGHT["add"],
        "short-too": tiny.RIGHT["add"],
    }
    for student, text in answers.items():
        tiny.hand_in(folder / "submitted", student, tiny.answer(right, add=text))
    tiny.hand_in(folder / "submitted", "cut-off", '{"cells": [')
    command(folder, "grade", "--submitted", folder / "submitted")
    return folder


def command(folder, name, *arguments):
    return autograder(name, "tiny", *arguments, "--source", folder / "solutions", "--output", folder / "out")


def similar(folder, *arguments):
    """Run the command; return the page and the rows of the table by pair."""
    done = command(folder, "similar", "--to", folder / "page.html", *arguments)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO((folder / "page.csv").read_text())))
    return (folder / "page.html").read_text(), rows


def test_a_copy_with_other_names_comments_and_layout_is_found(course):
    page, rows = similar(course)

    pairs = {frozenset((row["first"], row["second"])): float(row["similarity"]) for row in rows}
    assert pairs[frozenset(("ada", "bob"))] > 0.9
    assert not any("eve" in pair or "short" in pair for pair in pairs)
    assert "<bdi>short</bdi>, <bdi>short-too</bdi>" in page, "too little of their own"
    assert "<mark>      if xs[j] &lt; xs[i]:</mark>" in page
    assert "<mark>            if numbers[j] &lt; numbers[i]:</mark>" in page
    assert "What this cannot tell" in page


def test_what_students_were_given_is_nobodys(course, tmp_path):
    """With the long code in the stub, those who kept it have nothing of their own."""
    content = tiny.notebook()
    cell = next(cell for cell in content.cells if cell.id == "add")
    given = SORTED.format(name="numbers", other="total", remark="given").replace("add(", "given(", 1)
    cell.source = f"{given}\n\n\n{cell.source}"
    source = tiny.write_source(tmp_path / "solutions", content)

    done = autograder(
        "similar", "tiny", "--source", source, "--output", course / "out", "--to", tmp_path / "page.html"
    )

    assert done.returncode == 0, done.stderr
    table = (tmp_path / "page.csv").read_text()
    assert "ada" not in table
    assert "-=1+1" in table


def test_nothing_that_a_student_chose_runs_or_computes(course):
    page, rows = similar(course)

    named = {name.lstrip("'") for row in rows for name in (row["first"], row["second"])}
    assert named >= {HOSTILE, RIGHT_TO_LEFT, LONG}
    assert "Content-Security-Policy" in page
    for text in ("<script", "<img", '</pre>"', "onerror=alert(2)>"):
        assert text not in page
    for name in (HOSTILE, RIGHT_TO_LEFT, LONG):
        escaped = name.replace("<", "&lt;").replace(">", "&gt;")
        assert f"<bdi>{escaped}</bdi>" in page
    cells = [cell for row in rows for cell in row.values()]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)


def test_the_same_class_gives_the_same_page(course):
    assert similar(course) == similar(course)


def test_fewer_pairs_are_listed_if_asked_for(course):
    assert len(similar(course, "--pairs", 1)[1]) == 1
    assert similar(course, "--from", 100, "--pairs", 9)[1], "identical ones are left"


def test_an_assignment_without_grades_is_refused_in_a_sentence(course):
    done = autograder("similar", "other", "--source", course / "solutions", "--output", course / "out")

    assert done.returncode == 2
    assert "holds no grades of other" in done.stderr
