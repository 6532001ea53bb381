"""The page that a student gets: easy to read, without secrets, bounded, and usable on any screen."""

import re

import pytest
import tiny_assignment as tiny
from browser_visits import serious_violations
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_output

from autograder.answer_key import Key, make_key
from autograder.outcome import Grades, Outcome, Record
from autograder.pages.feedback import FeedbackPages
from autograder.pages.messages import read_message
from autograder.results.folder import Results
from autograder.submissions.submission import Submission

CHECKED = """\
conv2d returned wrong values.
Likely mistake: the kernel is flipped (3 of 4 failing results equal what that gives).
4 of 20 trials fail; the smallest is trial 2 of seed 0:
  input: Tensor of shape (1, 1, 2, 2)
    [[1., 2.],
     [3., 4.]]
  weight: 3.5
  expected: Tensor of shape (1, 1)
    [[10.]]
  got: Tensor of shape (1, 1)
    [[-10.]]"""


@pytest.fixture(scope="module")
def key(tmp_path_factory) -> Key:
    """The tiny assignment, with a test of the student's that the checker words."""
    folder = tmp_path_factory.mktemp("key")
    return make_key(tiny.write_source(folder / "source"), tiny.NAME, folder / "key")


def failed(notebook, name: str, ename: str, evalue: str, *trace: str):
    """Let a cell end in an error."""
    cell = next(cell for cell in notebook.cells if cell.id == name)
    cell.outputs = [new_output("error", ename=ename, evalue=evalue, traceback=list(trace))]
    return notebook


def executed(key: Key, **answers: str):
    """The instructor's notebook with answers in it."""
    return tiny.answer(key.source, **(tiny.RIGHT | answers))


def page_of(key: Key, notebook, scores: dict | None = None, comments: dict | None = None, **fields) -> str:
    scores = dict.fromkeys(tiny.CELLS, 1.0) | (scores or {})
    record = Record(
        "ada", tiny.NAME, "d", "v", fields.pop("status", "graded"), fields.pop("message", ""), **fields
    )
    penalty = 0.0
    return FeedbackPages(key).page(record, notebook, Grades(scores, comments or {}, penalty))


def article(page: str, name: str):
    return BeautifulSoup(page, "html.parser").select_one(f"article#{name}")


def test_a_checkers_message_is_laid_out(key):
    notebook = failed(executed(key), "add-test", "AssertionError", CHECKED, "the traceback")
    shown = article(page_of(key, notebook, {"add-test": 0.0}), "add-test")
    terms = {
        term.get_text(): [value.get_text() for value in term.find_next_siblings("dd")]
        for term in shown.select("dt")
    }
    assert list(terms) == [
        "Tried (4 of 20 trials fail; the smallest is trial 2 of seed 0)", "Expected", "Got"
    ]  # fmt: skip
    assert terms["Got"] == ["Tensor of shape (1, 1)\n[[-10.]]"]
    assert terms["Expected"][0] == "Tensor of shape (1, 1)\n[[10.]]"
    tried = next(iter(terms.values()))
    assert tried[:2] == ["input:Tensor of shape (1, 1, 2, 2)\n[[1., 2.],\n [3., 4.]]", "weight:3.5"]
    text = shown.select_one(".message").get_text()
    assert "Likely mistake: the kernel is flipped (3 of 4" in text
    assert "conv2d returned wrong values." in text


@pytest.mark.parametrize(
    "message",
    [
        "add(1, 2) is 3",
        "",
        "  got: 3",
        "Likely mistake: none\n  x: 1",
        CHECKED + "\nand more",
        "a\n  expected: 3\nb",
    ],
)
def test_any_other_message_is_shown_whole(message):
    found = read_message(message)
    assert (found.headline, found.expected, found.inputs) == (message, "", [])


def test_an_error_raised_by_the_answer_has_no_got():
    found = read_message(
        "f raised ValueError (no).\n1 of 2 trials fail; the smallest is trial 0:\n  x: 1\n  expected: 2"
    )
    assert (found.headline, found.expected, found.got) == ("f raised ValueError (no).", "2", "")
    assert [(value.name, value.text) for value in found.inputs] == [("x", "1")]


@pytest.mark.parametrize(
    ("ename", "evalue", "said"),
    [
        ("AssertionError", "secret-value 42", "The result was not right for inputs that are not shown"),
        ("ValueError", "secret-value 42", "raised ValueError for inputs"),
        ("Secret_value_42", "", "raised an error for inputs"),
        ("print", "secret-value 42", "raised an error for inputs"),
        ("NotImplementedError", "secret-value 42", "There is no answer yet"),
        ("CellTimeoutError", "secret-value 42", "ran longer than the time limit"),
        ("DeadKernelError", "secret-value 42", "Python ended"),
        ("NotRun", "secret-value 42", "was not run"),
    ],
)
@pytest.mark.parametrize("cell", ["add-hidden", "negate-test"])
def test_a_hidden_test_says_only_what_kind_of_failure_it_was(key, cell, ename, evalue, said):
    notebook = failed(executed(key), cell, ename, evalue, "secret-value 42 in the traceback")
    page = page_of(key, notebook, {cell: 0.0})
    assert said in article(page, cell).get_text()
    assert cell in page
    assert not re.search("secret.value", page, re.IGNORECASE)


@pytest.mark.parametrize(
    ("fault", "evalue", "said"),
    [
        (
            {"kind": "raised", "type": "TypeError", "cell": "add", "line": 3, "text": "return a.b"},
            "",
            "Your code raised TypeError, at line 3 of add: `return a.b`, for inputs that are not shown.",
        ),
        (
            {"kind": "raised", "type": "KeyError", "cell": None, "line": None, "text": None},
            "",
            "raised KeyError for",
        ),
        ({"kind": "forbidden"}, "A function is called that …", "Forbidden: A function is called that …"),
        ({"kind": "not checked"}, "What is called cannot be checked.", "What is called cannot be checked."),
    ],
)
def test_a_hidden_test_says_what_the_grader_noted_of_its_failure(key, fault, evalue, said):
    notebook = failed(executed(key), "add-hidden", "WhatAStudentCallsIt", evalue, "secret-value 42")
    cell = next(cell for cell in notebook.cells if cell.id == "add-hidden")
    cell.metadata.autograder = {"from": "key", "fault": fault}
    page = page_of(key, notebook, {"add-hidden": 0.0})
    assert said in " ".join(article(page, "add-hidden").get_text().split())
    assert "secret" not in page


def test_parts_come_first_with_their_totals(key):
    page = page_of(key, executed(key), {"add-test": 1.0, "add-hidden": 0.5, "negate-test": 1.0})
    tables = BeautifulSoup(page, "html.parser").select("table")
    assert [cell.get_text() for cell in tables[0].select("td.number")] == ["1.5 / 2", "1 / 1"]


def test_a_syntax_error_is_headlined_as_one(key):
    notebook = failed(executed(key), "add", "SyntaxError", "invalid syntax", "the traceback")
    assert "a syntax error, so nothing in it ran" in page_of(key, notebook, {})


def hidden_text(key: Key) -> str:
    return "\n".join(cell.source for cell in key.source.cells if cell.id in ("add-hidden", "negate-test"))


def test_a_guess_of_a_hidden_test_is_shown_like_any_other_text(key):
    """Striking it out would tell that it is right; no hidden test was near what an answer shows."""
    guesses = ["hidden_number = 40", "hidden_number = 41", *hidden_text(key).splitlines()]
    notebook = executed(key)
    for name in ("add", "negate"):
        answer = next(cell for cell in notebook.cells if cell.id == name)
        answer.outputs = [new_output("stream", text="\n".join(guesses))]
    shown = BeautifulSoup(page_of(key, notebook), "html.parser").get_text()
    assert all(shown.count(guess.strip()) >= 2 for guess in guesses)


def test_where_tests_ran_among_the_answers_nothing_behind_a_hidden_one_is_shown(key):
    lines = hidden_text(key)
    notebook = executed(key)
    notebook.metadata.autograder = {"notes": []}
    for cell in notebook.cells:
        if cell.id in ("negate", "negate-test", "add-hidden"):
            error = new_output("error", ename="E", evalue=lines, traceback=[lines])
            cell.outputs = [new_output("stream", text=lines), error]
        elif cell.id == "add":
            cell.outputs = [new_output("stream", text="before any hidden test")]
    page = page_of(key, notebook)
    assert not any(canary in page for canary in tiny.CANARIES)
    assert "hidden_number" not in page
    assert "negate(-7)" not in page
    assert "before any hidden test" in page
    assert "[not shown: hidden tests had run in the same process before]" in page


def test_frames_in_a_hidden_test_are_left_out_of_a_traceback(key):
    trace = [
        "Traceback (most recent call last):",
        '  File "<cell add-test>", line 1, in <module>',
        "    assert helper(add)",
        '  File "<cell add-hidden>", line 3, in helper',
        "    secret = 12345",
        "AssertionError: no",
    ]
    page = page_of(key, failed(executed(key), "add-test", "AssertionError", "no", *trace))
    assert "assert helper(add)" in page
    assert "12345" not in page
    assert "[in a hidden test]" in page


def test_parts_have_their_points_and_answers_their_comments(key):
    page = page_of(
        key, executed(key), {"add-hidden": 0.25}, {"add": "Good, but <slow>.", "negate": "No response."}
    )
    headings = [heading.get_text() for heading in BeautifulSoup(page, "html.parser").select("h2")]
    assert headings == ["Part 1: add: 1.25 of 2", "Part 2: negate: 1 of 1"]
    assert "Good, but &lt;slow&gt;." in page
    assert "No response." not in page
    assert "2.25 of 3 points" in page


@pytest.mark.parametrize(("cell", "said"), [("add-test", True), ("add-hidden", False)])
def test_a_partly_right_list_says_which_answers_are_wrong_unless_it_is_hidden(key, cell, said):
    notebook = executed(key)
    tested = next(tested for tested in notebook.cells if tested.id == cell)
    tested.outputs = [
        new_output("stream", text="1 of 2 answers are right:\na: 3 is not right.\n"),
        new_output("execute_result", {"text/plain": "0.53125"}),
    ]
    shown = article(page_of(key, notebook, {cell: 0.53125}), cell)
    assert "partly passed" in shown.get_text()
    assert ("a: 3 is not right." in shown.get_text()) is said
    assert "0.53125" not in shown.get_text()


def test_what_waits_for_a_person_is_not_called_failed(key):
    assert "not graded yet" in article(page_of(key, executed(key), {"add-test": None}), "add-test").get_text()


def test_repairs_stand_in_a_box_and_the_isolation_nowhere(key):
    page = page_of(key, executed(key), notes=["add-test was <put> back"], isolation="landlock + seccomp")
    box = BeautifulSoup(page, "html.parser").select_one(".box")
    assert "What was repaired" in box.get_text()
    assert [item.get_text() for item in box.select("li")] == ["add-test was <put> back"]
    assert "landlock" not in page
    assert "What was repaired" not in page_of(key, executed(key))


def test_a_failed_submission_says_why(key):
    page = page_of(key, None, status="failed", message="the file is <empty>")
    assert "could not be graded" in page
    assert "the file is &lt;empty&gt;" in page


@pytest.mark.parametrize("filler", ["x", "<", "\N{PILE OF POO}", "'\n"])
def test_a_page_stays_below_1_mb_and_says_what_is_missing(key, filler):
    notebook, output = executed(key), new_output("stream", text=filler * 200_000)
    for number in range(2000):
        notebook.cells.insert(5, new_code_cell(f"# {number}", outputs=[output] if number > 1900 else []))
    failed(notebook, "add-test", "AssertionError", CHECKED, filler * 200_000)
    page = page_of(key, notebook, {"add-test": 0.0}, notes=[filler * 200_000] * 300, message=filler * 10**6)
    assert len(page.encode()) <= 1_000_000
    assert "would be larger than 1 MB" in page
    assert "the kernel is flipped" in page, "what a test found goes first"


def test_everything_is_escaped_and_nothing_is_run(key):
    attack = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>"
    notebook = executed(key, add=attack)
    failed(notebook, "add-test", "AssertionError", attack + CHECKED.replace("3.5", attack), attack)
    next(cell for cell in notebook.cells if cell.id == "negate").outputs = [
        new_output("display_data", {"text/html": attack, "text/plain": attack})
    ]
    page = page_of(key, notebook, {"add-test": 0.0}, {"add": attack}, notes=[attack], message=attack)
    soup = BeautifulSoup(page, "html.parser")
    assert soup.select("script, img, iframe, link, [onerror], [href]:not([href^='#'])") == []
    assert "default-src 'none'" in page


def test_pages_are_rewritten_after_a_person_graded(key, tmp_path):
    with Results(tmp_path) as results:
        results.register(key)
        for student, version in (("ada", "now"), ("bob", "now"), ("cay", "earlier")):
            outcome = Outcome("graded", scores=dict.fromkeys(tiny.CELLS, 1.0), notebook=executed(key))
            results.store(Submission(student, tiny.NAME, tmp_path), outcome, key, "d", version)
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{results.path}") as gradebook:
            for student in ("ada", "bob", "cay"):
                gradebook.find_grade("add-test", tiny.NAME, tiny.NAME, student).manual_score = 0.5
                gradebook.find_comment("add", tiny.NAME, tiny.NAME, student).manual_comment = "Well done."
            gradebook.db.commit()
        assert results.rewrite_pages(key, "now", ["ada", "cay"]) == ["cay"]
        pages = {name: results.page_path(name, tiny.NAME).read_text() for name in ("ada", "bob", "cay")}
        assert "2.5 of 3 points" in pages["ada"]
        assert "Well done." in pages["ada"]
        assert "Well done." not in pages["bob"] + pages["cay"]
        assert results.rewrite_pages(key, "now") == ["cay"]
        assert "Well done." in results.page_path("bob", tiny.NAME).read_text()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_fits_a_phone_and_axe_finds_nothing(key, browser, repository, tmp_path, width):
    long = "a_very_long_name_without_any_space_" * 20
    notebook = executed(key, add=f"def add(a, b):\n    {long} = 1\n    return 3")
    failed(notebook, "add-test", "AssertionError", CHECKED.replace("3.5", long), f"line\n{long}")
    failed(notebook, "add-hidden", "AssertionError", "x")
    failed(notebook, "negate", "NameError", long, long)
    next(cell for cell in notebook.cells if cell.id == "add").outputs = [new_output("stream", text=long)]
    scores = {"add-test": 0.0, "add-hidden": 0.0, "negate-test": None}
    page = page_of(key, notebook, scores, {"add": long}, notes=["the cell add-test was missing", long])
    path = tmp_path / "page.html"
    path.write_text(page)
    axe = (repository / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    for scheme in ("light", "dark"):
        # The page forbids all scripts; axe is one.
        context = browser.new_context(
            viewport={"width": width, "height": 740}, color_scheme=scheme, bypass_csp=True
        )
        tab = context.new_page()
        tab.goto(path.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        tab.evaluate(axe + ";0")
        assert serious_violations(tab) == []
        unreachable = tab.evaluate(
            """[...document.querySelectorAll("main *")]
                .filter(e => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
                .filter(e => e.scrollWidth > e.clientWidth + 1 && e.tabIndex < 0)
                .map(e => e.outerHTML.slice(0, 100))"""
        )
        assert unreachable == []
        context.close()
