"""What students hand in, as it is seen in nbgrader's formgrader with a real browser: nothing of it runs."""

import copy
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_assignment as tiny
from commands import run as autograder
from commands import start
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.api import Gradebook

from autograder.answer_key import make_key
from autograder.outcome import Outcome
from autograder.results.folder import Results
from autograder.submissions.submission import Submission

SCRIPT = "window.hacked = (window.hacked || 0) + 1"
GOOD = r"""
> A *quote* of **somebody**

The sum $a < b$ and

$$\sum_{i<j} x_i > 0$$

<details><summary>More</summary>

Inside, with `x < y`.

</details>

| left | right |
|:--|--:|
| 1 | 2 |

```python
def f(x):
    return x < 1
```

H<sub>2</sub>O and [a link](https://example.org/?a=1&b=2).
"""
BAD = [
    f"<script>{SCRIPT}</script>",
    f'<img src=x onerror="{SCRIPT}">',
    f'<svg onload="{SCRIPT}"><script>{SCRIPT}</script></svg>',
    f'<iframe srcdoc="<script>parent.{SCRIPT.split("=")[0]} = 1</script>"></iframe>',
    f'<a id="bad" href="javascript:{SCRIPT}">click</a>',
    f'<a href="data:text/html,<script>{SCRIPT}</script>">data</a>',
    f'<details open ontoggle="{SCRIPT}"><summary>x</summary></details>',
    f'<math><mtext></mtext><style><img src=x onerror="{SCRIPT}"></style></math>',
    f'<form><button formaction="javascript:{SCRIPT}">send</button></form>',
    f'<p style="background:url(javascript:{SCRIPT})">style</p>',
    '<input class="score" id="add-test" value="100"><div class="nbgrader_cell">mine</div>',
    '<meta http-equiv="refresh" content="0;url=https://example.org">',
    f"[click](javascript:{SCRIPT.replace(' ', '')})",
    f"$\\href{{javascript:{SCRIPT}}}{{x}}$",
    '<base href="https://example.org/"><link rel="stylesheet" href="https://example.org/x.css">',
    f"<img src=\"data:image/svg+xml,<svg onload='{SCRIPT}'/>\">",
]
HTML = f"<b>hello</b><script>{SCRIPT}</script>"
OUTPUTS = [
    new_output("display_data", {"text/html": HTML, "text/plain": "a table as text"}),
    new_output("display_data", {"text/html": HTML}),
    new_output("display_data", {"application/javascript": SCRIPT}),
    new_output("display_data", {"image/svg+xml": f'<svg onload="{SCRIPT}"/>'}),
    new_output("display_data", {"text/markdown": HTML}),
    new_output("display_data", {"text/latex": HTML}),
    new_output(
        "display_data", {"image/png": HTML}, metadata={"image/png": {"width": f'1" onerror="{SCRIPT}'}}
    ),
    new_output("stream", text=HTML),
    new_output("error", ename=HTML, evalue=HTML, traceback=[HTML]),
]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course's folder in which a hostile submission and an honest one are graded and stored."""
    folder = tmp_path_factory.mktemp("course")
    key = make_key(tiny.write_source(folder / "solutions"), tiny.NAME, folder / "key")
    with Results(folder / "autograder") as results:
        results.register(key)
        for student, texts in (("ada", [GOOD]), ("eve", [GOOD, *BAD])):
            notebook = copy.deepcopy(key.source)
            for number, text in enumerate(texts):
                cell = new_markdown_cell(text, id=f"extra-{number}")
                cell.metadata.autograder = {"from": "student", "index": number}
                notebook.cells.append(cell)
            next(cell for cell in notebook.cells if cell.id == "add").outputs = copy.deepcopy(OUTPUTS)
            notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": HTML}}
            outcome = Outcome("graded", scores=dict.fromkeys(tiny.CELLS, 1.0), notebook=notebook)
            results.store(Submission(student, tiny.NAME, folder), outcome, key, "d", "v")
    return folder


def test_no_active_output_is_stored_and_all_markdown_is_as_written(stored):
    notebook = json.loads((stored / f"autograder/autograded/eve/{tiny.NAME}/{tiny.NAME}.ipynb").read_text())
    outputs = next(cell for cell in notebook["cells"] if cell["id"] == "add")["outputs"]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert kinds == {"text/plain"}
    assert "a table as text" in json.dumps(outputs)
    assert "[left out: application/javascript]" in json.dumps(outputs)
    assert all(output.get("metadata", {}) == {} for output in outputs)
    assert "widgets" not in notebook["metadata"]
    written = [cell["source"] for cell in notebook["cells"] if cell["id"].startswith("extra-")]
    assert written == [GOOD, *BAD]


@pytest.fixture(scope="module")
def address(stored: Path, repository: Path) -> Iterator[str]:
    """The address of a Jupyter server with formgrader, which has the course's own settings."""
    ours = repository / "autograder/nbgrader_config.py"
    (stored / "nbgrader_config.py").write_text(
        f"__file__ = {str(ours)!r}\nexec(open(__file__).read())\n"
        f"c.CourseDirectory.root = {str(stored)!r}\n"
        f"c.CourseDirectory.db_url = 'sqlite:///{stored}/autograder/gradebook.db'\n"
    )
    folders = {f"JUPYTER_{name}_DIR": str(stored / name) for name in ("CONFIG", "RUNTIME", "DATA")}
    server = subprocess.Popen(
        [
            sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ServerApp.port=0",
            "--IdentityProvider.token=", f"--ServerApp.root_dir={stored}", "--ServerApp.ip=127.0.0.1",
            "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
        ],
        cwd=stored, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=os.environ | folders | {"HOME": str(stored), "PYTHONPATH": str(repository)},
    )  # fmt: skip
    printed = ""
    try:
        for line in server.stdout:
            printed += line
            if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                yield found[0]
                break
        else:
            pytest.fail(f"the server does not start:\n{printed}")
    finally:
        server.terminate()
        server.communicate(timeout=120)


def page_of(student: str, stored: Path, address: str) -> str:
    with Gradebook(f"sqlite:///{stored}/autograder/gradebook.db") as gradebook:
        number = gradebook.find_submission_notebook(tiny.NAME, tiny.NAME, student).id
    return f"{address}formgrader/submissions/{number}/"


def visit(browser, url: str):
    """Open a page on which MathJax and other hosts are out of reach; return it and what it asked them for."""
    context, asked = browser.new_context(), []
    tab = context.new_page()
    tab.route(
        re.compile(r"^https?://(?!127\.0\.0\.1)"),
        lambda route: (asked.append(route.request.url), route.abort()),
    )
    assert tab.goto(url).status == 200
    tab.wait_for_selector("input.score")
    return context, tab, asked


def test_quotes_formulas_tables_code_and_details_are_shown_as_meant(stored, address, browser):
    context, tab, _ = visit(browser, page_of("ada", stored, address))
    assert tab.locator("blockquote strong").inner_text() == "somebody"
    assert tab.locator("details summary").inner_text() == "More"
    tab.locator("details summary").click()
    assert tab.locator("details code").inner_text() == "x < y"
    text = tab.locator(".container > .panel").inner_text()
    assert "$a < b$" in text
    assert r"$$\sum_{i<j} x_i > 0$$" in text
    assert tab.locator("table td").all_inner_texts() == ["1", "2"]
    assert tab.locator(".highlight .k").first.inner_text() == "def"
    assert tab.locator("sub").inner_text() == "2"
    assert tab.locator("a[href='https://example.org/?a=1&b=2']").inner_text() == "a link"
    context.close()


def test_nothing_of_a_students_runs_loads_or_looks_like_the_page(stored, address, browser):
    context, tab, asked = visit(browser, page_of("eve", stored, address))
    for link in tab.locator(".rendered_html a").all():
        assert re.match(r"https?://|#|mailto:", link.get_attribute("href") or "#")
    for element in tab.locator(".rendered_html a", has_text="click").all():
        element.click()
    tab.wait_for_timeout(500)
    assert tab.evaluate("window.hacked") is None
    assert (
        tab.locator(
            ".rendered_html script, .rendered_html iframe, .rendered_html svg, .rendered_html form"
        ).count()
        == 0
    )
    assert not [url for url in asked if "example.org" in url]
    assert tab.locator("input.score").count() == len(tiny.CELLS)
    assert tab.locator(".nbgrader_cell", has_text="mine").count() == 0
    assert tab.locator("blockquote strong").inner_text() == "somebody", "what is harmless is still shown"
    assert f"<script>{SCRIPT}</script>" in tab.locator(".container > .panel").inner_text(), (
        "as the text that it is"
    )
    context.close()


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course's folder in which two answers in words wait for a person."""
    folder = tmp_path_factory.mktemp("waiting")
    source = tiny.write_source(folder / "solutions", tiny.with_question())
    released = tiny.read_release(source, folder / "release")
    for student in ("ada", "eve"):
        answers = {"explain": f"A sentence of {student}'s: <script>{SCRIPT}</script>", **tiny.RIGHT}
        tiny.hand_in(folder / "submitted", student, tiny.answer(released, **answers))
    (folder / "policy.toml").write_text("[grades]\nwritten_answers = true\n")
    done = autograder("grade", tiny.NAME, "--submitted", folder / "submitted", *places(folder))
    assert done.returncode == 0, done.stderr
    return folder


def places(folder: Path) -> list[object]:
    return [
        "--source", folder / "solutions", "--output", folder / "out", "--policy", folder / "policy.toml"
    ]  # fmt: skip


def test_one_command_opens_what_waits_and_what_a_person_gives_there_counts(waiting, browser, tmp_path):
    options = ["--no-browser", "--port", "0", *places(waiting)[:4], "--submitted", waiting / "submitted"]
    server = start("formgrader", tiny.NAME, *options, cwd=tmp_path, stderr=subprocess.STDOUT)
    try:
        lines = iter(server.stdout.readline, "")
        found = (re.search(r"http://127\.0\.0\.1:[1-9]\d*/formgrader\S*", line) for line in lines)
        url = next((match[0] for match in found if match), None)
        assert url, "the server does not start"
        context = browser.new_context()
        tab = context.new_page()
        tab.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
        tab.goto(url)
        tab.get_by_role("link", name="Submission #1").wait_for()
        assert tab.get_by_role("link", name=re.compile("Submission #")).count() == 2
        tab.get_by_role("link", name="Submission #1").click()
        tab.wait_for_load_state("networkidle")  # what is typed before the scores are there is lost
        answer = tab.locator(".nbgrader_cell", has_text="A sentence of")
        student = re.search(r"sentence of (\w+)'s", answer.inner_text())[1]
        with tab.expect_response(lambda response: response.request.method == "PUT"):
            answer.locator("input.score").fill("7.5")
            answer.locator("input.score").press("Tab")
        with tab.expect_response(lambda response: response.request.method == "PUT"):
            tab.locator("textarea.comment").last.fill("Say why.")
            tab.locator("textarea.comment").last.press("Tab")
        assert tab.evaluate("window.hacked") is None
        context.close()
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=120)
    assert server.returncode == 0

    done = autograder("feedback", tiny.NAME, *places(waiting))
    assert done.returncode == 0, done.stderr
    rows = tiny.csv_rows(waiting / "out")
    other = {"ada": "eve", "eve": "ada"}[student]
    assert (rows[student]["score"], rows[student]["status"], rows[student]["explain"]) == (
        "10.5",
        "graded",
        "7.5",
    )
    assert (rows[other]["score"], rows[other]["status"], rows[other]["waiting"]) == (
        "3",
        "waiting",
        "explain",
    )
    page = (waiting / "out" / "feedback" / student / tiny.NAME / f"{tiny.NAME}.html").read_text()
    assert "Say why." in page


def test_formgrader_is_not_started_where_nothing_was_graded(tmp_path):
    done = autograder("formgrader", "pooling", "--output", tmp_path)
    assert done.returncode == 2
    assert "nothing was graded yet. First run: python -m autograder grade pooling" in done.stderr


def test_without_the_courses_settings_scripts_would_run(browser, tmp_path):
    """The attacks are real: nbconvert's own rendering of the Markdown runs several of them."""
    from nbconvert.filters import markdown2html

    page = tmp_path / "page.html"
    page.write_text("".join(markdown2html(text) for text in BAD[:3]))
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(page.as_uri(), wait_until="commit")
    tab.wait_for_function("window.hacked > 0")
    context.close()
