"""Collecting: what platforms export lands with the right student, and nothing in an archive does harm."""

import io
import json
import stat
import struct
import unicodedata
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.errors import UserError
from autograder.roster import read_roster, safe_name
from autograder.submissions import archive as archive_module
from autograder.submissions.collect import collect

REPOSITORY = Path(__file__).resolve().parents[2]
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

    def run(files, *, zipped=True, with_roster=True, received=None):
        if isinstance(files, bytes) or zipped:
            source = tmp_path / "export.zip"
            source.write_bytes(files if isinstance(files, bytes) else packed(files))
        else:
            source = tmp_path / "export"
            for name, content in files.items():
                (source / name).parent.mkdir(parents=True, exist_ok=True)
                (source / name).write_bytes(content)
        collected = collect(source, NAME, submitted, roster if with_roster else None, received=received)
        return collected, tree(submitted)

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """The files, but for the notes of what a platform calls them (test_give_back.py)."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "platform.json"
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


def late(student):
    """What is noted where Canvas says that a notebook was late, and not when it came."""
    return {f"{student}/pooling/late.txt": b"Handed in late, says Canvas\n"}


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("platform", EXPORTS)
def test_each_platforms_files_land_with_their_students(course, platform, zipped):
    collected, files = course(EXPORTS[platform], zipped=zipped)
    assert files == EVERYBODY | (late("s02") if platform == "Canvas" else {})
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
        **late("s02"),
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
    assert files == {**at("s01", note("second")), **LI, **late("s03")}
    assert "s01 handed in 2 times; pooling-1.ipynb counts." in collected.notes
    assert "s03 handed in late, says Canvas." in collected.notes
    assert "On the roster, but nothing handed in (1): s02" in collected.notes
    assert not any(name.endswith("timestamp.txt") for name in files), "late tells no time"


def test_where_the_platform_tells_no_time_the_one_given_counts(course):
    received = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    _, files = course({"weili_LATE_1003_5003_pooling.ipynb": note("li")}, received=received)
    assert files == {**LI, "s03/pooling/timestamp.txt": b"2026-11-20 18:00:00.000000 UTC\n"}


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


def handed_out() -> dict:
    """The release of the assignment, as plain JSON."""
    return json.loads((REPOSITORY / f"exercises/{NAME}/{NAME}.ipynb").read_text())


def worked_on(*answers: str) -> bytes:
    """The release with some cells of the student's own."""
    content = handed_out()
    content["cells"] += [{"cell_type": "code", "metadata": {}, "source": text} for text in answers]
    return json.dumps(content).encode()


MOODLE = "Jane Doe_77001_assignsubmission_file_"
COPIES = (
    "pooling (1).ipynb", "pooling-Copy1.ipynb", "pooling-1.ipynb", "pooling - Copy.ipynb",
    "pooling copy 2.ipynb", "Kopie von pooling.ipynb", "Copy of pooling.ipynb", "pooling - Kopie (2).ipynb",
    "pooling-checkpoint.ipynb", "pooling.ipynb.txt", "POOLING.ipynb",
)  # fmt: skip


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("answered", ["copy", "original"])
def test_of_copies_the_one_with_answers_counts_whatever_it_is_called(course, copy, answered):
    untouched, mine = json.dumps(handed_out()).encode(), worked_on("x = 1")
    contents = (untouched, mine) if answered == "copy" else (mine, untouched)
    export = dict(zip((f"a/s01/{NAME}.ipynb", f"a/s01/{copy}"), contents, strict=True))
    collected, files = course({**export, "a/s03/p.ipynb": note("li")})
    assert files == {**at("s01", mine), **LI}
    assert any("s01 handed in 2 times" in line for line in collected.notes)
    assert collected.exit_code == 0


def test_of_answered_copies_the_one_with_most_answers_counts_then_the_highest_number(course):
    two, one = worked_on("x = 1", "y = 2"), worked_on("x = 3")
    _, files = course(
        {"a/s01/pooling.ipynb": two, "a/s01/pooling (1).ipynb": one, "a/s03/p.ipynb": note("li")}
    )
    assert files == {**at("s01", two), **LI}
    other = worked_on("x = 5")
    _, files = course(
        {"a/s01/pooling.ipynb": one, "a/s01/pooling (1).ipynb": other, "a/s03/p.ipynb": note("li")}
    )
    assert files == {**at("s01", other), **LI}


def test_a_later_upload_counts_unless_it_holds_no_answers(course):
    uploads = ("doejane_1001_5001_pooling.ipynb", "doejane_1001_5009_pooling-1.ipynb")
    more, less, none = worked_on("x = 1", "y = 2"), worked_on("x = 3"), json.dumps(handed_out()).encode()
    li = {"weili_1003_5003_pooling.ipynb": note("li")}
    _, files = course({uploads[0]: more, uploads[1]: less, **li})
    assert files == {**at("s01", less), **LI}
    _, files = course({uploads[0]: more, uploads[1]: none, **li})
    assert files == {**at("s01", more), **LI}


@pytest.mark.parametrize(
    "deeper",
    ["old/pooling.ipynb", "Backup/v1/pooling.ipynb", "alt/pooling.ipynb", "hw.zip", "x/pooling (3).ipynb"],
)
def test_the_notebook_on_top_counts_and_not_one_in_a_folder_below(course, deeper):
    old = worked_on("x = 'old'")
    content = packed({"pooling.ipynb": old}) if deeper.endswith(".zip") else old
    collected, files = course({
        f"{MOODLE}/{deeper}": content,
        f"{MOODLE}/pooling.ipynb": note("jane"),
        "Li Wei_77003_assignsubmission_file_/pooling.ipynb": note("li"),
    })  # fmt: skip
    assert files == {**JANE, **LI}
    assert "s01 handed in 2 times" in "".join(collected.notes)


def test_a_folder_for_old_files_gives_way_to_one_beside_it(course):
    collected, files = course({
        f"{MOODLE}/archive/pooling.ipynb": note("old"),
        f"{MOODLE}/hw/pooling.ipynb": note("jane"),
        "Li Wei_77003_assignsubmission_file_/pooling.ipynb": note("li"),
    })  # fmt: skip
    assert files == {**JANE, **LI}
    assert collected.exit_code == 0


def test_the_same_name_in_two_folders_is_a_problem_and_what_was_there_stays(course):
    course({"a/s01/pooling.ipynb": note("jane"), "a/s03/pooling.ipynb": note("li")})
    export = {
        "a/s01/one/pooling.ipynb": note("1"),
        "a/s01/two/pooling.ipynb": note("2"),
        "a/s03/p.ipynb": note("li"),
    }
    collected, files = course(export)
    assert files == {**JANE, **LI}
    assert collected.exit_code == 1
    assert "s01 handed in a/s01/one/pooling.ipynb and a/s01/two/pooling.ipynb" in collected.problems[0]
    collected, files = course({**export, "a/s01/two/pooling.ipynb": note("1")})
    assert (files, collected.exit_code) == ({**at("s01", note("1")), **LI}, 0)


@pytest.mark.parametrize("noise", [
    "__MACOSX/a/s02/._pooling.ipynb", "a/s02/.ipynb_checkpoints/pooling-checkpoint.ipynb",
    "a/s02/._pooling.ipynb", "a/s02/.~pooling.ipynb", "a/s02/.Trash-0/pooling.ipynb",
    "a/s02/.git/pooling.ipynb",
])  # fmt: skip
@pytest.mark.parametrize("zipped", [True, False])
def test_what_systems_leave_behind_is_nobodys(course, noise, zipped):
    collected, files = course({noise: note("old"), "a/s02/pooling.ipynb": note("mueller")}, zipped=zipped)
    assert (files, collected.exit_code) == (MUELLER, 0)


NAMES = {
    # how it was made: (the name in the zip as bytes, whose)
    "macOS": ("Jürgen Müller", "utf-8", "NFD", MUELLER),
    "UTF-8 without the flag": ("Jürgen Müller", "utf-8", "NFC", MUELLER),
    "Windows, Western Europe": ("Jürgen Müller", "cp850", "NFC", MUELLER),
    "Windows, ANSI": ("Jürgen Müller", "cp1252", "NFC", MUELLER),
    "Windows, China": ("李伟", "gbk", "NFC", LI),
    "Windows, Russia": ("Ёлкина Ольга", "cp866", "NFC", JANE),
    "Windows, Japan": ("山田 花子", "cp932", "NFC", JANE),
    "Windows, Central Europe": ("Łukasz Żak", "cp852", "NFC", JANE),
}


def raw_names(files: dict[str, bytes], names: dict[str, bytes]) -> bytes:
    """A zip in which some names, of ASCII characters, are replaced by bytes of the same length."""
    data = packed(files)
    for name, raw in names.items():
        assert len(name) == len(raw)
        data = data.replace(name.encode(), raw)
    return data


@pytest.mark.parametrize("with_roster", [True, False])
@pytest.mark.parametrize("kind", NAMES)
def test_names_in_a_zip_are_read_as_they_were_written(course, tmp_path, kind, with_roster):
    name, encoding, form, expected = NAMES[kind]
    raw = unicodedata.normalize(form, name).encode(encoding)
    plain = "N" * len(raw)
    data = raw_names(
        {
            f"{plain}_77002_assignsubmission_file_/pooling.ipynb": next(iter(expected.values())),
            "Ann Lee_77009_assignsubmission_file_/pooling.ipynb": note("ann"),
        },
        {plain: raw},
    )
    jane = name if expected is JANE else "Jane Doe"
    (tmp_path / "roster.csv").write_text(
        f'student,name\ns01,{jane}\ns02,"Müller, Jürgen"\ns03,李伟\ns05,Ann Lee\n'
    )
    collected, files = course(data, with_roster=with_roster)
    assert collected.problems == []
    if with_roster:
        assert files == {**expected, **at("s05", note("ann"))}
    elif encoding in ("utf-8", "cp850", "cp1252"):
        assert f"{safe_name(name)}/{NAME}/{NAME}.ipynb" in files
    if not with_roster and encoding != "utf-8":
        assert "does not say how its names are written" in "".join(collected.notes)


def test_a_name_that_comes_in_utf_8_besides_is_taken(course):
    content, raw = note("mueller"), b"J_rgen M_ller"
    info = zipfile.ZipInfo("J_rgen M_ller.ipynb")
    utf8 = "Jürgen Müller.ipynb".encode()
    field = b"\x01" + struct.pack("<I", zlib.crc32(raw.replace(b"_", b"\xff") + b".ipynb")) + utf8
    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    data = with_good_one((info, content)).replace(raw, raw.replace(b"_", b"\xff"))
    _, files = course(data)
    assert files == {**JANE, **MUELLER}


def test_two_persons_of_one_name_are_two_students(course, tmp_path):
    export = {
        "Wei Zhang_77001_assignsubmission_file_/p.ipynb": note("1"),
        "Wei Zhang_77002_assignsubmission_file_/p.ipynb": note("2"),
        "Wei Zhang_77002_assignsubmission_onlinetext_/onlinetext.html": b"see my notebook",
        "Bo_77003_assignsubmission_file_/p.ipynb": note("3"),
    }
    collected, files = course(export, with_roster=False)
    assert files == {
        **at("Wei_Zhang_77001", note("1")), **at("Wei_Zhang_77002", note("2")), **at("Bo", note("3"))
    }  # fmt: skip
    assert "told apart by the platform's number" in "".join(collected.notes)
    first = dict(list(export.items())[:1]) | {"Bo_77003_assignsubmission_file_/p.ipynb": note("3")}
    assert "Wei_Zhang/pooling/pooling.ipynb" in course(first, with_roster=False)[1]
    collected, _ = course(export, with_roster=False)
    assert "There is a folder Wei_Zhang of an earlier download" in collected.problems[0]
    (tmp_path / "roster.csv").write_text("student,name\nz,Wei Zhang\nb,Bo\n")
    collected, files = course(export)
    assert {name for name in files if name.startswith(("z", "b"))} == {"b/pooling/pooling.ipynb"}
    assert "Wei Zhang_77001_assignsubmission_file_/p.ipynb and Wei Zhang_77002" in collected.problems[0]
    assert collected.exit_code == 1


@pytest.mark.parametrize(
    "word", ["Participant", "Teilnehmer_in", "Participante", "Участник", "参加者", "Szereplő"]
)
def test_hidden_names_are_told_apart_in_every_language(course, word):
    export = {f"{word}_{n}_assignsubmission_file_/p.ipynb": note(str(n)) for n in (11, 12, 13)}
    collected, files = course(export, with_roster=False)
    assert files == {name: c for n in (11, 12, 13) for name, c in at(f"{word}_{n}", note(str(n))).items()}
    assert collected.exit_code == 0


PAIRS = [("bob", "Bob"), ("weiss", "weiß"), ("Jürgen", "Ju\u0308rgen"), ("ΣΑΣ", "σας")]


@pytest.mark.parametrize("pair", PAIRS, ids=str)
@pytest.mark.parametrize("form", ["{}.ipynb", "x/{}/p.ipynb", "x/{}/pooling/p.ipynb"])
@pytest.mark.parametrize("roster", [None, "student\ns01\n{}\n", "student,name\ns01,\ns02,{}\n"])
def test_names_that_fold_to_one_never_replace_each_other(course, tmp_path, pair, form, roster):
    first, second = (form.format(name) for name in pair)
    if roster:
        (tmp_path / "roster.csv").write_text(roster.format(pair[0]))
    course({first: note("first"), form.format("s01"): note("jane")}, with_roster=bool(roster))
    before = tree(tmp_path / "submitted")
    export = {first: note("changed"), second: note("second"), form.format("s01"): note("jane")}
    collected, files = course(export, with_roster=bool(roster))
    assert files == before
    assert collected.exit_code == 1
    assert any(first in problem and second in problem for problem in collected.problems)


def test_a_folder_of_a_name_that_folds_to_another_stays(course, tmp_path):
    course({"x/bob/p.ipynb": note("1"), "x/ann/p.ipynb": note("2")}, with_roster=False)
    before = tree(tmp_path / "submitted")
    collected, files = course({"x/Bob/p.ipynb": note("3"), "x/ann/p.ipynb": note("2")}, with_roster=False)
    assert files == before
    assert "Bob: there is a folder bob" in collected.problems[0]


@pytest.mark.parametrize(
    "typed", ["weili_1003_text.html", "weili_LATE_1003_link.html", "weili_1003_text-1.html"]
)
def test_what_was_typed_into_canvas_is_no_notebook_but_somebodys(course, typed):
    export = {"doejane_1001_5001_pooling.ipynb": note("jane"), typed: b"<p>here</p>"}
    collected, files = course(export)
    assert files == JANE
    assert collected.exit_code == 1
    assert "s03 handed in no notebook" in collected.problems[0]
    assert "On the roster, but nothing handed in (1): s02" in collected.notes


ANOTHER = "convolution.ipynb"


def test_notebooks_of_another_assignment_are_not_taken_for_this_one(course):
    collected, files = course({f"a/s01/{ANOTHER}": note("x"), "a/s03/pooling.ipynb": note("li")})
    assert (files, collected.exit_code) == (LI, 1)
    assert "s01 handed in nothing named pooling, but convolution.ipynb" in collected.problems[0]
    both = {
        f"a/s01/{ANOTHER}": note("x"),
        "a/s01/work.ipynb": note("jane"),
        "a/s03/pooling.ipynb": note("li"),
    }
    collected, files = course(both)
    assert (files, collected.exit_code) == ({**JANE, **LI}, 0)
    collected, files = course(
        {"s01_convolution.ipynb": note("x"), "s01_pooling.ipynb": note("jane"), "s03.ipynb": note("li")}
    )
    assert (files, collected.exit_code) == ({**JANE, **LI}, 0)
    assert "another assignment, too, which was left out: s01_convolution.ipynb" in "".join(collected.notes)


def test_a_notebook_of_this_assignment_under_anothers_name_is_taken(course):
    mine = worked_on("x = 1")
    collected, files = course({f"a/s01/{ANOTHER}": mine, "a/s03/pooling.ipynb": note("li")})
    assert (files, collected.exit_code) == ({**at("s01", mine), **LI}, 0)


def test_a_folder_for_each_assignment_is_no_student(course):
    collected, files = course({
        "convolution/s01.ipynb": note("x"), "pooling/s01.ipynb": note("jane"),
        "pooling/s03.ipynb": note("li"),
    }, with_roster=False)  # fmt: skip
    assert (files, collected.exit_code) == ({**JANE, **LI}, 0)
    assert "left out: convolution/s01.ipynb" in "".join(collected.notes)


def test_an_earlier_notebook_of_several_is_not_left_beside_a_new_one(course):
    course({"a/s01/one.ipynb": note("1"), "a/s01/two.ipynb": note("2"), "a/s03/p.ipynb": note("li")})
    _, files = course({"a/s01/pooling.ipynb": note("jane"), "a/s03/p.ipynb": note("li")})
    assert {name for name in files if "/.earlier/" not in name} == {*JANE, *LI}


def test_a_file_that_is_too_large_for_a_notebook_is_refused_in_a_folder_as_in_a_zip(course):
    collected, files = course(
        {"a/s01/p.ipynb": note("jane"), "a/s02/p.ipynb": b" " * 20_000_001}, zipped=False
    )
    assert (files, collected.exit_code) == (JANE, 1)
    assert "a/s02/p.ipynb is larger than 20 MB and was refused." in collected.problems


def test_who_handed_in_no_file_to_gradescope_is_named(course):
    collected, files = course({
        "x/submission_metadata.yml": GRADESCOPE, "x/submission_11/pooling.ipynb": note("both"),
    })  # fmt: skip
    assert {name for name in files if name.endswith(".ipynb")} == {*JANE, *LI}
    assert (collected.exit_code, collected.problems) == (1, ["s02 handed in no notebook: no file."])


def test_two_of_one_name_in_gradescope_are_not_one(course, tmp_path):
    metadata = "".join(
        f"submission_{n}:\n  :submitters:\n  - :name: Ann Lee\n  :created_at: 2026-11-2{n} 08:00:00 Z\n"
        for n in (1, 2)
    ).encode()
    export = {"submission_metadata.yml": metadata} | {f"submission_{n}/p.ipynb": note(str(n)) for n in (1, 2)}
    collected, files = course(export, with_roster=False)
    assert (files, collected.exit_code) == ({}, 1)
    assert "submission_1/p.ipynb and submission_2/p.ipynb would share the folder" in collected.problems[0]
