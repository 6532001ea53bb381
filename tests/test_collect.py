"""Collecting: what platforms export lands with the right student, and nothing in an archive does harm."""

import io
import json
import stat
import zipfile
from pathlib import Path

import pytest

from autograder.errors import UserError
from autograder.handin import archive as archive_module
from autograder.handin.collect import collect
from autograder.handin.roster import read_roster, safe_name

NAME = "pooling"
ROSTER = """\
student,name,email,canvas_id,gradescope_id
s01,Jane Doe,jane@example.org,1001,g1
s02,"Müller, Jürgen",jm@example.org,1002,g2
s03,Li Wei,lw@example.org,1003,g3
"""


def note(text: str = "") -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": text}], "nbformat": 4}).encode()


def packed(files: dict[str, bytes]) -> bytes:
    """A zip with these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def course(tmp_path):
    """Collect these files, as a folder or a zip, into tmp_path/submitted: (collected, files there)."""
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER)
    submitted = tmp_path / "submitted"

    def run(files, *, zipped=True, with_roster=True):
        if isinstance(files, bytes) or zipped:
            source = tmp_path / "export.zip"
            source.write_bytes(files if isinstance(files, bytes) else packed(files))
        else:
            source = tmp_path / "export"
            for name, content in files.items():
                (source / name).parent.mkdir(parents=True, exist_ok=True)
                (source / name).write_bytes(content)
        collected = collect(source, NAME, submitted, roster if with_roster else None)
        return collected, tree(submitted)

    return run


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def at(student: str, content: bytes) -> dict[str, bytes]:
    return {f"{student}/{NAME}/{NAME}.ipynb": content}


RUBY = "!ruby/object:ActiveSupport::TimeWithZone"
GRADESCOPE = f"""\
submission_11:
  :submitters:
  - :name: Jane Doe
    :sid: g1
    :email: jane@example.org
  - :name: Li Wei
    :sid: ''
    :email: lw@example.org
  :created_at: {RUBY}
    utc: 2026-11-20 17:01:02.123456789 Z
    time: 2026-11-20 18:01:02.123456789 Z
  :score: 3.0
submission_12:
  :submitters:
  - :name: Jürgen Müller
    :sid: g2
    :email: other@example.org
  :created_at: 2026-11-21 08:00:00.5 Z
""".encode()
JANE, MUELLER, LI = at("s01", note("jane")), at("s02", note("mueller")), at("s03", note("li"))
EVERYBODY = {**JANE, **MUELLER, **LI}
EXPORTS = {
    "Canvas": {
        "doejane_1001_5001_pooling.ipynb": note("jane"),
        "mllerjrgen_LATE_1002_5002_my pooling-2.ipynb": note("mueller"),
        "weili_1003_5003_pooling.ipynb": note("li"),
    },
    "Canvas, a zip in the zip": {
        "doejane_1001_5001_hw.zip": packed({"hw/pooling.ipynb": note("jane"), "hw/data.csv": b"1"}),
        "mllerjrgen_1002_5002_pooling.ipynb": note("mueller"),
        "weili_1003_5003_pooling.ipynb": note("li"),
    },
    "Moodle": {
        "Jane Doe_77001_assignsubmission_file_/pooling.ipynb": note("jane"),
        "Jürgen Müller_77002_assignsubmission_file_/Übung 1.ipynb": note("mueller"),
        "Li Wei_77003_assignsubmission_file_/pooling.ipynb": note("li"),
    },
    "Moodle, flat": {
        "Jane Doe_77001_assignsubmission_file_pooling.ipynb": note("jane"),
        "Jürgen Müller_77002_assignsubmission_file_x.ipynb": note("mueller"),
        "Li Wei_77003_assignsubmission_file_pooling.ipynb": note("li"),
    },
    "nbgrader": {
        "submitted/s01/pooling/pooling.ipynb": note("jane"),
        "submitted/s02/pooling/work.ipynb": note("mueller"),
        "submitted/s03/pooling/pooling.ipynb": note("li"),
        "submitted/s03/convolution/convolution.ipynb": note("another"),
    },
    "folders": {
        "export/s01/pooling.ipynb": note("jane"),
        "export/jm@example.org/deep/pooling.ipynb": note("mueller"),
        "export/Li Wei/pooling.ipynb": note("li"),
    },
    "flat": {
        "s01.ipynb": note("jane"),
        "pooling_Jürgen Müller.ipynb": note("mueller"),
        "s03-pooling (1).ipynb": note("li"),
    },
}


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("platform", EXPORTS)
def test_each_platforms_files_land_with_their_students(course, platform, zipped):
    collected, files = course(EXPORTS[platform], zipped=zipped)
    assert files == EVERYBODY
    assert (collected.exit_code, collected.problems) == (0, [])
    assert collected.lines[0].endswith("3 students handed in; 3 new, 0 replaced, 0 unchanged")


def test_gradescope_with_a_group_and_times(course):
    export = {
        "assignment_9_export/submission_metadata.yml": GRADESCOPE,
        "assignment_9_export/submission_11/pooling.ipynb": note("both"),
        "assignment_9_export/submission_12/pooling.ipynb": note("mueller"),
        "assignment_9_export/submission_13/pooling.ipynb": note("nobody's"),
    }
    collected, files = course(export)
    stamps = {name: content.decode() for name, content in files.items() if name.endswith("timestamp.txt")}
    notebooks = {name: content for name, content in files.items() if name.endswith(".ipynb")}
    assert notebooks == {**at("s01", note("both")), **at("s03", note("both")), **MUELLER}
    assert stamps["s01/pooling/timestamp.txt"] == "2026-11-20 17:01:02.123456 UTC\n"
    assert stamps["s02/pooling/timestamp.txt"] == "2026-11-21 08:00:00.500000 UTC\n"
    assert collected.exit_code == 1
    assert "submission_13" in collected.problems[0]


def test_without_a_roster_the_platforms_names_are_used(course):
    collected, files = course(EXPORTS["Moodle"], with_roster=False)
    assert sorted(files) == [
        f"{name}/pooling/pooling.ipynb" for name in ("Jane_Doe", "Jürgen_Müller", "Li_Wei")
    ]
    assert collected.exit_code == 0


def test_second_run_changes_nothing_and_a_new_notebook_replaces_the_old(course, tmp_path):
    course(EXPORTS["Canvas"])
    kept = tmp_path / "submitted" / "s01" / NAME / "data.csv"
    kept.write_text("the instructor's")
    other = tmp_path / "submitted" / "s09" / NAME / f"{NAME}.ipynb"
    other.parent.mkdir(parents=True)
    other.write_bytes(note("not in the source"))
    times = {path: path.stat().st_mtime_ns for path in tmp_path.glob("submitted/**/*")}
    collected, files = course(EXPORTS["Canvas"])
    assert collected.lines[0].endswith("0 new, 0 replaced, 3 unchanged")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("submitted/**/*")} == times
    collected, files = course({"doejane_1001_6001_pooling-1.ipynb": note("better")})
    assert collected.replaced == ["s01"]
    assert files == {
        **MUELLER,
        **LI,
        **at("s01", note("better")),
        **at("s09", note("not in the source")),
        "s01/pooling/data.csv": b"the instructor's",
    }


def test_later_attempt_counts_and_is_named(course):
    collected, files = course({
        "doejane_1001_5009_pooling-1.ipynb": note("second"),
        "doejane_1001_5001_pooling.ipynb": note("first"),
        "weili_LATE_1003_5003_pooling.ipynb": note("li"),
    })  # fmt: skip
    assert files == {**at("s01", note("second")), **LI}
    assert "s01 handed in 2 times; pooling-1.ipynb counts." in collected.notes
    assert "s03 handed in late, says Canvas." in collected.notes
    assert "On the roster, but nothing handed in (1): s02" in collected.notes
    assert not any(name.endswith("timestamp.txt") for name in files), "late tells no time"


def test_several_notebooks_are_kept_and_an_earlier_one_does_not_come_before_them(course, tmp_path):
    course({"s01.ipynb": note("earlier")})
    collected, files = course(
        {"a/s01/one.ipynb": note("1"), "a/s01/two.ipynb": note("2"), "a/s02/x.ipynb": b"3"}
    )
    assert {name for name in files if name.startswith("s01")} == {
        "s01/pooling/one.ipynb",
        "s01/pooling/two.ipynb",
        "s01/pooling/.earlier/pooling.ipynb",
    }
    again, _ = course({"a/s01/one.ipynb": note("1"), "a/s01/two.ipynb": note("2"), "a/s02/x.ipynb": b"3"})
    assert again.unchanged == ["s01", "s02"]
    assert collected.exit_code == 0


def test_whatever_lands_nowhere_is_listed_and_makes_the_run_fail(course):
    collected, files = course({
        "doejane_1001_5001_pooling.ipynb": note("jane"),
        "stranger_4444_5002_pooling.ipynb": note("stranger"),
        "mllerjrgen_1002_5003_pooling.pdf": b"%PDF",
        "weili_1003_5004_pooling.zip": b"PK\x03\x04 broken",
        "readme.ipynb": note("whose"),
    })  # fmt: skip
    assert files == JANE
    assert collected.exit_code == 1
    text = "\n".join(collected.lines)
    for expected in (
        "stranger_4444_5002_pooling.ipynb is of nobody on the roster",
        "s02 handed in no notebook: pooling.pdf",
        "weili_1003_5004_pooling.zip is no whole zip file",
        "readme.ipynb does not say whose it is",
    ):
        assert expected in text


def test_namesakes_are_told_apart_by_the_surer_sign_or_not_at_all(tmp_path, course):
    (tmp_path / "roster.csv").write_text("id;name;canvas_id\na1;Ann Lee;1\na2;Ann Lee;2\n")
    collected, files = course({"leeann_1_10_p.ipynb": note("1"), "leeann_2_11_p.ipynb": note("2")})
    assert files == {**at("a1", note("1")), **at("a2", note("2"))}
    collected, files = course({"Ann Lee_5_assignsubmission_file_/p.ipynb": note("3")})
    assert files == {**at("a1", note("1")), **at("a2", note("2"))}
    assert "is of nobody on the roster (Ann Lee)" in collected.problems[0]


def test_two_students_never_share_a_folder(course):
    collected, files = course(
        {"x/Ann Lee/p.ipynb": note("1"), "x/ann_lee/p.ipynb": note("2"), "x/Bo/p.ipynb": note("3")},
        with_roster=False,
    )
    assert files == at("Bo", note("3"))
    (problem,) = collected.problems
    assert "x/Ann Lee/p.ipynb and x/ann_lee/p.ipynb would share the folder Ann_Lee" in problem
    assert collected.exit_code == 1


def member(name: str, content: bytes = b"", **fields) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content or note(name)


def with_good_one(*members: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info, content in [*members, member("s01.ipynb", note("jane"))]:
            archive.writestr(info, content)
    return buffer.getvalue()


LINK = (stat.S_IFLNK | 0o777) << 16


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (member("../s02.ipynb"), "points outside"),
        (member("a/../../../s02.ipynb"), "points outside"),
        (member("/etc/s02.ipynb"), "points outside"),
        (member("C:/s02.ipynb"), "points outside"),
        (member("..\\..\\s02.ipynb"), "points outside"),
        (member("s02.ipynb", b"/etc/passwd", external_attr=LINK), "is a link"),
        (member("s02.ipynb", b"0" * 30_000_000), "is larger than 20 MB"),
        (member("s02.ipynb", b"0" * 15_000_000), "is packed more than 200 times"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0].filename,
)
def test_dangerous_member_is_refused_and_the_others_are_collected(course, tmp_path, bad, reason):
    before = sorted(tmp_path.parent.glob("*"))
    collected, files = course(with_good_one(bad))
    assert files == JANE
    assert len(collected.problems) == 1
    assert reason in collected.problems[0]
    assert collected.exit_code == 1
    assert sorted(tmp_path.parent.glob("*")) == before


def test_encrypted_and_damaged_members_are_refused(course):
    data = bytearray(with_good_one(member("s02.ipynb", note("x" * 1000)), member("s03.ipynb", note("li"))))
    first = data.index(b"PK\x01\x02")
    data[first + 8] |= 1  # the flag of encryption, in the directory
    data[6] |= 1  # and before the file
    second = data.index(b"s03.ipynb") + len("s03.ipynb")
    data[second + 5] ^= 255
    collected, files = course(bytes(data))
    assert files == JANE
    assert "s02.ipynb is encrypted" in collected.problems[0]
    assert "s03.ipynb is damaged" in collected.problems[1]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_twins_in_a_zip_the_last_counts(course):
    collected, files = course(
        with_good_one(member("s01.ipynb", note("old")), member("s03.ipynb", note("li")))
    )
    assert files == {**JANE, **LI}
    assert sum("occurs twice in the zip" in line for line in collected.notes) == 1


def test_links_in_a_folder_are_refused(course, tmp_path):
    (tmp_path / "export").mkdir()
    (tmp_path / "secret.ipynb").write_bytes(note("secret"))
    (tmp_path / "export" / "s02.ipynb").symlink_to(tmp_path / "secret.ipynb")
    collected, files = course({"s01.ipynb": note("jane"), "s03.ipynb": note("li")}, zipped=False)
    assert files == {**JANE, **LI}
    assert "s02.ipynb is a link" in collected.problems[0]


def test_students_zip_decides_nothing_but_its_own_content(course):
    """A student cannot pass for another, or turn the platform, by what is packed into a zip."""
    attack = {
        "submission_metadata.yml": b"submission_1:\n  :submitters:\n  - :sid: s02\n",
        "submission_1/pooling.ipynb": note("eve"),
        "Jane Doe_1_assignsubmission_file_/pooling.ipynb": note("eve"),
        "s02/pooling/pooling.ipynb": note("eve"),
        "timestamp.txt": b"2000-01-01 00:00:00 UTC",
    }
    exports = {
        "Canvas": ("weili_1003_5003_pooling.zip", "doejane_1001_5001_pooling.ipynb"),
        "Moodle": (
            "Li Wei_5_assignsubmission_file_/x.zip",
            "Jane Doe_6_assignsubmission_file_/pooling.ipynb",
        ),
        "Folders": ("s03/x.zip", "s01/pooling.ipynb"),
        "nbgrader's layout": ("s03/pooling/x.zip", "s01/pooling/pooling.ipynb"),
    }
    for platform, (eve, jane) in exports.items():
        collected, files = course({eve: packed(attack), jane: note("jane")})
        assert collected.platform == platform
        assert {name: files[name] for name in JANE} == JANE
        assert {name.split("/")[0] for name in files} == {"s01", "s03"}
        assert not any(name.endswith("timestamp.txt") for name in files)


def test_zip_in_a_zip_in_a_zip_and_bombs_stay_closed(course, monkeypatch):
    monkeypatch.setattr(archive_module, "MOST_IN_ONE", 10)
    deep = packed({"inner.zip": packed({"pooling.ipynb": note("li")})})
    many = packed({f"{n}.ipynb": note() for n in range(11)})
    collected, files = course({"a/s03/x.zip": deep, "a/s02/y.zip": many, "a/s01/p.ipynb": note("jane")})
    assert files == JANE
    text = "\n".join(collected.problems)
    assert "s03 handed in no notebook: inner.zip" in text
    assert "y.zip holds more than 10 files and was refused" in text
    monkeypatch.setattr(archive_module, "LARGEST_SUM", 100)
    with pytest.raises(UserError, match="unpacks to far more"):
        course({"s01.ipynb": note("x" * 200)})


def test_timestamp_of_nbgrader_is_kept_if_it_is_one(course):
    _, files = course({
        "s01/pooling/pooling.ipynb": note("jane"), "s01/pooling/timestamp.txt": b"2026-11-20 10:00:00 UTC",
        "s02/pooling/pooling.ipynb": note("mueller"), "s02/pooling/timestamp.txt": b"yesterday",
    })  # fmt: skip
    assert files == {**JANE, **MUELLER, "s01/pooling/timestamp.txt": b"2026-11-20 10:00:00 UTC\n"}


def test_students_own_timestamp_does_not_count(course):
    folder = "Jane Doe_7_assignsubmission_file_/pooling"
    _, files = course({
        f"{folder}/pooling.ipynb": note("jane"), f"{folder}/timestamp.txt": b"2000-01-01 00:00:00 UTC",
        "Li Wei_8_assignsubmission_file_/pooling.ipynb": note("li"),
    })  # fmt: skip
    assert files == {**JANE, **LI}


def test_copy_from_a_browser_is_the_same_student(course):
    collected, files = course({"ada.ipynb": note("1"), "ada (1).ipynb": note("2")}, with_roster=False)
    assert files == at("ada", note("2"))
    assert "ada handed in 2 times; ada (1).ipynb counts." in collected.notes


def test_names_match_without_their_accents(course):
    _, files = course({"Jurgen Muller.ipynb": note("mueller"), "s01.ipynb": note("jane")})
    assert files == {**JANE, **MUELLER}


def test_only_student_with_two_notebooks_is_one_student(course):
    _, files = course({"s01/one.ipynb": note("1"), "s01/two.ipynb": note("2")})
    assert sorted(files) == ["s01/pooling/one.ipynb", "s01/pooling/two.ipynb"]


def test_folder_that_differs_in_case_only_is_left_alone(course, tmp_path):
    (tmp_path / "submitted" / "S01").mkdir(parents=True)
    collected, files = course({"s01.ipynb": note("jane"), "s03.ipynb": note("li")})
    assert files == LI
    assert "differs in case only" in collected.problems[0]


def test_names_become_safe_folders():
    assert safe_name("Jane O'Neill ") == "Jane_O_Neill"
    assert safe_name("../../etc") == "etc"
    assert safe_name("a/b\\c:d\n\x1b[2J") == "a_b_c_d_2J"
    assert safe_name("s-1@example.org") == "s-1@example.org"
    for nothing in ("", "..", "CON", "nul.txt", "///", "x" * 200):
        assert safe_name(nothing) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    {
        "name,email\nJane,j@x\n": "has no column 'student'",
        "": "has no column 'student'",
        "student\na/b\n": "Line 2 .* cannot be a folder's name",
        "student\nann\nbo\nAnn\n": "Line 4 .* names Ann again",
    }.items(),
)
def test_unusable_roster_gets_one_sentence(text, reason, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(text)
    with pytest.raises(UserError, match=reason):
        read_roster(path)


def test_unusable_source_gets_one_sentence(tmp_path):
    with pytest.raises(UserError, match="There is no"):
        collect(tmp_path / "nothing.zip", NAME, tmp_path / "submitted")
    (tmp_path / "x.zip").write_bytes(b"no zip")
    with pytest.raises(UserError, match="neither a folder nor a whole zip"):
        collect(tmp_path / "x.zip", NAME, tmp_path / "submitted")
    with pytest.raises(UserError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")
