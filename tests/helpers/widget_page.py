"""Pages with the interactive figures, for the tests that look at them in a real browser."""

import ast
import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from playwright.sync_api import Browser, Locator, Page, expect
from torch import nn

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FIGURES = ("conv", "filter", "channels", "receptive-field", "shift", "transpose", "nms")
MINUS = "\N{MINUS SIGN}"


def write_page(folder: Path, name: str, body: str) -> None:
    # The theme's margin on a phone, a wide font; the version in the script's address is what Sphinx adds.
    (folder / name).write_text(
        '<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Figures</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="_static/course.css">'
        '<link rel="stylesheet" href="_static/widgets/widgets.css?v=1">'
        '<script type="module" src="_static/widgets/boot.mjs?v=1"></script>'
        "<style>* { box-sizing: border-box } body { font: 16px/1.5 DejaVu Sans, sans-serif; margin: 0 2rem }"
        "html[data-theme=dark] { background: #121212; color: #eee; color-scheme: dark }</style></head>"
        f"<body><main class=bd-content><h1>Figures</h1>{body}</main></body></html>"
    )


@contextlib.contextmanager
def page_opener(browser: Browser, base: str) -> Iterator[Callable[..., Page]]:
    """A function that opens a page and, at the end, says what went wrong on it."""
    contexts, problems = [], []

    def open_page(
        name: str, *, live: bool = True, prepare: Callable[[Page], None] = lambda page: None, **options
    ) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1000, "height": 800}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        prepare(page)
        page.goto(f"{base}/{name}.html")
        if live:
            for figure in page.locator(".cnn-widget").all():
                figure.scroll_into_view_if_needed()
                expect(figure).to_have_attribute("data-live", "true")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


def number(text: str) -> float:
    return float(text.replace(MINUS, "-").replace(",", "").replace("+", ""))


def read_grid(page: Page, caption: str) -> torch.Tensor:
    table = page.locator(".cnn-grid").filter(has=page.locator("caption", has_text=re.compile(f"^{caption}")))
    rows = table.locator("tr").evaluate_all("rows => rows.map(r => [...r.cells].map(c => c.firstChild.data))")
    return torch.tensor([[number(text) for text in row] for row in rows])


def run_code(page: Page, **names: object) -> object:
    """Run the PyTorch code of the figure and return the value of its last statement."""
    code = page.locator(".cnn-code code").text_content()  # it may be folded
    space = {"torch": torch, "F": F, "nn": nn} | names
    *before, last = ast.parse(code).body
    exec(compile(ast.Module(before, []), "figure", "exec"), space)
    return eval(compile(ast.Expression(last.value), "figure", "eval"), space)


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, as a reader without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the Tab key does not reach {target}")


def violations(page: Page, repository: Path, scope: str) -> list[str]:
    page.evaluate((repository / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("scope => axe.run({include: [scope]})", scope)["violations"]
    return [f"{v['id']}: {node['html'][:120]} {node['failureSummary']}" for v in found for node in v["nodes"]]
