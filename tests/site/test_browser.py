"""The built site in a real browser with the network off: desktop and phone, light and dark."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser_visits import Visit, open_context, scroll_through, visit
from playwright.sync_api import Browser, Page, expect
from weekly import EVERYTHING, sampled

CHAPTER = "book/convolution.html"
EXERCISE = "exercises/convolution/convolution.html"
WIDTHS = {"desktop": (1280, 900), "phone": (360, 740)}
# Styles, scripts and fonts of a page. A stock Jupyter Book loads 2.4 MB of them, and MathJax.
MOST_BYTES = 1_000_000


@pytest.fixture(scope="module")
def base(site: Path, serve: Callable[[Path], str]) -> str:
    return serve(site)


@pytest.fixture(scope="module")
def axe(repository: Path) -> str:
    return (repository / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=WIDTHS)
def visits(
    request: pytest.FixtureRequest, browser: Browser, base: str, site: Path, axe: str
) -> dict[str, Visit]:
    """Every page of the site, visited on one kind of screen, first light, then dark.

    axe-core takes most of the time: it looks at every fourth page on a desktop and at two on a phone, and
    weekly at all on both.
    """
    width, height = WIDTHS[request.param]
    refused: list[str] = []
    context = open_context(browser, base, refused, viewport={"width": width, "height": height})
    names = sorted(file.relative_to(site).as_posix() for file in site.rglob("*.html"))
    looked_at = {CHAPTER, EXERCISE, *(sampled(names, 4) if request.param == "desktop" or EVERYTHING else ())}
    found = {}
    for name in names:
        if name != "index.html":  # leads to another page at once; see its own test
            found[name] = visit(context, f"{base}/{name}", axe if name in looked_at else None)
            found[name].other_hosts = refused.copy()
            refused.clear()
    context.close()
    assert {CHAPTER, EXERCISE} <= found.keys()
    return found


def problems(visits: dict[str, Visit], kind: str) -> dict[str, object]:
    return {name: getattr(visit, kind) for name, visit in visits.items() if getattr(visit, kind)}


def test_no_page_has_an_error_or_a_failed_request(visits: dict[str, Visit]) -> None:
    assert problems(visits, "errors") == {}


def test_no_page_asks_another_host(visits: dict[str, Visit]) -> None:
    assert problems(visits, "other_hosts") == {}


def test_no_page_scrolls_sideways(visits: dict[str, Visit]) -> None:
    assert problems(visits, "sideways") == {}


def test_every_figure_is_loaded(visits: dict[str, Visit]) -> None:
    assert visits[CHAPTER].images > 0
    assert problems(visits, "broken_images") == {}


def test_axe_finds_no_serious_violation(visits: dict[str, Visit]) -> None:
    assert problems(visits, "violations") == {}


def test_what_scrolls_inside_a_page_can_be_reached_by_keyboard(visits: dict[str, Visit]) -> None:
    assert problems(visits, "unreachable") == {}


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    context = open_context(browser, base, [], viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_the_site_opens_on_its_first_page(page: Page, base: str) -> None:
    page.goto(base)
    expect(page).to_have_url(f"{base}/book/intro.html")
    expect(page.locator("main h1:visible")).to_contain_text("Convolutional Neural Networks")


def test_a_lesson_stays_light(page: Page, base: str) -> None:
    loaded = []
    page.on("response", lambda response: loaded.append(response))
    page.goto(f"{base}/{CHAPTER}")
    scroll_through(page)
    kinds = ("stylesheet", "script", "font")
    sizes = {r.url: len(r.body()) for r in loaded if r.request.resource_type in kinds}
    assert sizes
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_formulas_are_visible_and_spoken(page: Page, base: str) -> None:
    page.goto(f"{base}/{CHAPTER}")
    formulas = page.locator(".math:visible")
    assert formulas.count() > 0
    widths = formulas.evaluate_all(
        "all => all.map(f => [f.querySelector('.katex-html').getBoundingClientRect().width,"
        " f.querySelector('.katex-mathml math')?.textContent.length ?? 0])"
    )
    assert [pair for pair in widths if min(pair) <= 0] == []
    assert page.evaluate("document.fonts.check('16px KaTeX_Main')")
    # Nothing is left as source.
    prose = page.evaluate(
        """(() => {
            const article = document.querySelector(".bd-article").cloneNode(true);
            for (const e of article.querySelectorAll("pre, code, .katex, script, style")) e.remove();
            return article.textContent;
        })()"""
    )
    assert re.findall(r"\\\(|\\\[|\$\$|\\(?:frac|sum|text|lfloor)\b", prose) == []


def test_roots_are_drawn(page: Page, base: str) -> None:
    page.goto(f"{base}/{EXERCISE}")
    # KaTeX draws the sign as a picture, which a style for the page's pictures once shrank to nothing.
    roots = page.locator(".katex .sqrt svg")
    heights = roots.evaluate_all("all => all.map(root => root.getBoundingClientRect().height)")
    assert heights
    assert min(heights) > 10


def test_the_skip_link_comes_first_and_leads_to_the_text(page: Page, base: str) -> None:
    page.goto(f"{base}/{CHAPTER}")
    page.keyboard.press("Tab")
    link = page.locator("#pst-skip-link a")
    expect(link).to_be_focused()
    box = link.bounding_box()
    assert box is not None
    assert box["y"] >= 0, "the focused skip link must be on the screen"
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{base}/{CHAPTER}#main-content")


def test_search_finds_a_lesson_by_keyboard_alone(page: Page, base: str) -> None:
    page.goto(f"{base}/book/intro.html")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    expect(page.locator("#pst-search-dialog input[type=search]")).to_be_focused()
    page.keyboard.type("convolution")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\.html\?q=convolution"))
    expect(page.locator(f"#search-results a[href*='{CHAPTER}']").first).to_be_visible()


def test_the_theme_can_be_switched_by_keyboard_and_is_remembered(page: Page, base: str) -> None:
    page.goto(f"{base}/{CHAPTER}")
    page.wait_for_load_state("networkidle")
    button = page.locator(".theme-switch-button:visible").first
    button.focus()
    themes = set()
    for _ in range(3):
        page.keyboard.press("Enter")
        themes.add(page.evaluate("document.documentElement.dataset.theme"))
    assert themes == {"light", "dark"}
    while page.evaluate("document.documentElement.dataset.mode") != "dark":
        page.keyboard.press("Enter")
    page.goto(f"{base}/book/intro.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_dark_theme_does_not_repaint_figures(browser: Browser, base: str) -> None:
    context = open_context(browser, base, [], color_scheme="dark")
    page = context.new_page()
    page.goto(f"{base}/{CHAPTER}")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    styles = page.locator(".bd-article img").evaluate_all(
        "all => all.map(i => [getComputedStyle(i).filter, getComputedStyle(i).backgroundColor])"
    )
    assert styles
    assert {tuple(style) for style in styles} == {("none", "rgba(0, 0, 0, 0)")}
    context.close()


@pytest.mark.parametrize("name", [CHAPTER, EXERCISE])
def test_without_javascript_text_figures_and_formulas_remain(browser: Browser, base: str, name: str) -> None:
    with_scripts = open_context(browser, base, [])
    page = with_scripts.new_page()
    page.goto(f"{base}/{name}")
    images = page.locator(".bd-article img").count()
    with_scripts.close()

    context = open_context(browser, base, [], java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/{name}", wait_until="networkidle")
    expect(page.locator("main h1:visible")).to_have_count(1)
    assert len(page.locator(".bd-article").inner_text().split()) > 200
    formulas = page.locator(".bd-article .katex-html:visible")
    assert formulas.count() > 0
    assert page.locator(".bd-article img").count() >= images
    for image in page.locator(".bd-article img:visible").all():
        image.scroll_into_view_if_needed()
        box = image.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 1
    expect(page.locator(".search-button-field")).to_be_hidden()  # it would do nothing
    context.close()


def test_a_page_opened_from_the_disk_shows_everything_that_is_not_a_module(
    browser: Browser, site: Path
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_offline(True)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    # Browsers load no modules from the disk; the static picture and text then stay in their place.
    page.on("requestfailed", lambda r: None if ".mjs" in r.url else broken.append(r.url))
    page.goto((site / CHAPTER).as_uri())
    scroll_through(page)
    assert broken == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    assert page.evaluate("document.fonts.check('16px KaTeX_Main')")
    expect(page.locator(".katex-html:visible").first).to_be_visible()
    context.close()
