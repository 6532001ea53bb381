"""The leaderboard's page on the site: made from its values, readable without scripts, sortable with them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser_visits import open_context
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from autograder.leaderboard import page as writer
from autograder.leaderboard.references import read_references

STATIC = ("leaderboard.css", "leaderboard.mjs")


@pytest.fixture(scope="module")
def soup(site: Path) -> BeautifulSoup:
    return BeautifulSoup((site / "book/leaderboard.html").read_text(encoding="utf-8"), "html.parser")


def test_the_committed_page_is_what_its_values_give(repository: Path, tmp_path: Path) -> None:
    standings = json.loads((repository / "book" / writer.VALUES).read_text(encoding="utf-8"))
    writer.write(standings, tmp_path)
    for name in (writer.PAGE, writer.VALUES, writer.TABLE):
        committed = (repository / "book" / name).read_bytes()
        assert committed == (tmp_path / name).read_bytes(), f"book/{name} is old: run `make leaderboard`"


def test_the_default_site_shows_every_reference_with_its_source(soup: BeautifulSoup) -> None:
    baselines, published = read_references()
    table = soup.select_one(".leaderboard-points table")
    listed = table.select("tbody tr")
    rows = {row.th["data-value"]: row for row in listed}
    assert {one.name for one in (*baselines, *published)} <= set(rows), "run `make leaderboard`"
    for one in published:
        assert rows[one.name].find("a", href=one.address).text == one.source
        assert f"{one.parameters:,}" in rows[one.name].text
    assert len(soup.select("svg.pareto > g")) == len(listed)


def test_the_plot_has_a_text_for_who_cannot_see_it(soup: BeautifulSoup) -> None:
    plot = soup.select_one("svg.pareto")
    assert plot["role"] == "img"
    labels = [soup.find(id=name).text for name in plot["aria-labelledby"].split()]
    assert labels[0] == "Accuracy against parameters"
    assert "on the frontier" in labels[1]


def test_the_page_says_as_text_which_images_these_are(repository: Path) -> None:
    standings = json.loads((repository / "book" / writer.VALUES).read_text(encoding="utf-8"))
    standings["images"]["note"] = "Half of them, <b>sharpened</b>."
    assert "Half of them, &lt;b&gt;sharpened&lt;/b&gt;." in writer.page(standings)


def entry(rank: int, name: str, accuracy: float, parameters: int) -> dict:
    score = {"accuracy": accuracy, "low": accuracy - 1, "high": accuracy + 1}
    return {"rank": rank, "name": name, "kind": "team", "parameters": parameters, "public": score, "note": "",
            "private": None, "time": f"2026-11-2{rank}T00:00:00Z", "tier": 1, "source": None}  # fmt: skip


@pytest.fixture(scope="module")
def address(repository: Path, tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Path], str]) -> str:
    """A page with a board of four, as the site shows it, without the theme."""
    entries = [entry(1, "Zoe", 90.0, 9_000), entry(2, "ada", 85.5, 12_000), entry(3, "Bob", 9.5, 800)]
    references = entry(4, "Paper", 85.0, 20_000) | {"rank": None, "tier": None, "kind": "published"}
    entries.insert(2, references)
    points = [
        {**{key: each[key] for key in ("name", "kind", "parameters", "note", "source")}, **each["public"],
         "frontier": True}
        for each in entries
    ]  # fmt: skip
    board = {"budget": 50_000, "entries": entries}
    images = {"public": 1, "private": 1, "note": ""}
    standings = {"final": False, "images": images, "boards": [board], "points": points, "teams": []}
    text = writer.page(standings)
    blocks = [part.partition("\n")[2].partition("```````")[0] for part in text.split("```````{raw} html")[1:]]
    folder = tmp_path_factory.mktemp("page")
    for name in STATIC:
        (folder / name).write_bytes((repository / "book/_static" / name).read_bytes())
    (folder / "index.html").write_text(
        f"""<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>x</title>
        <link rel="icon" href="data:,"><link rel="stylesheet" href="leaderboard.css">
        <main class="bd-article">{"".join(blocks)}</main>
        <script type="module" src="leaderboard.mjs"></script>"""
    )
    return serve(folder)


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Page]:
    context = open_context(browser, address, [], viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{address}/index.html")
    yield page
    context.close()


def shown(page: Page) -> list[str]:
    return [text.split()[0] for text in page.locator("table.leaderboard tbody th").all_inner_texts()]


def test_a_head_sorts_by_keyboard_and_says_so(opened: Page) -> None:
    head = opened.locator("table.leaderboard thead th")
    name = head.nth(1).get_by_role("button", name="Name")
    name.focus()
    opened.keyboard.press("Enter")
    assert shown(opened) == ["ada", "Bob", "Paper", "Zoe"]
    assert head.nth(1).get_attribute("aria-sort") == "ascending"
    expect(opened.get_by_role("status")).to_have_text("Sorted by Name, ascending.")
    expect(name).to_be_focused()
    opened.keyboard.press("Space")
    assert shown(opened) == ["Zoe", "Paper", "Bob", "ada"]
    opened.keyboard.press("Enter")
    assert shown(opened) == ["Zoe", "ada", "Paper", "Bob"]
    assert opened.locator("[aria-sort]").count() == 0


def test_numbers_are_sorted_as_numbers_and_what_has_none_stays_last(opened: Page) -> None:
    press = opened.locator("table.leaderboard thead")
    press.get_by_role("button", name="Parameters").click()
    assert shown(opened) == ["Bob", "Zoe", "ada", "Paper"]
    press.get_by_role("button", name="Accuracy").click()
    assert shown(opened) == ["Zoe", "ada", "Paper", "Bob"], "the best accuracy comes first"
    for order in (["Zoe", "ada", "Bob", "Paper"], ["Bob", "ada", "Zoe", "Paper"]):
        press.get_by_role("button", name="Rank").click()
        assert shown(opened) == order
    assert opened.locator("table.leaderboard [aria-sort]").count() == 1


def test_without_scripts_the_board_stands_in_its_order(browser: Browser, address: str) -> None:
    context = open_context(browser, address, [], java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/index.html")
    assert shown(page) == ["Zoe", "ada", "Paper", "Bob"]
    assert page.get_by_role("button").count() == 0
    page.get_by_text("The points of the plot as a table").click()
    expect(page.locator(".leaderboard-points table")).to_be_visible()
    context.close()
