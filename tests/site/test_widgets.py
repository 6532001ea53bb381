"""What holds for every interactive figure: its static text, and its page in a real browser."""

import base64
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from widget_page import FIGURES, violations, write_page

# The chapters that hold figures: {page: names}.
CHAPTERS = {
    path.stem: names
    for path in sorted((Path(__file__).parents[2] / "book").glob("*.ipynb"))
    if (names := re.findall(r'data-cnn-widget=\\"([a-z-]+)', path.read_text(encoding="utf-8")))
}
PICTURE = re.compile(r'src="data:image/png;base64,([^"]*)"')


# --- What is made by a script is what the script makes ---


def test_golden_values_are_what_pytorch_computes(scripts: SimpleNamespace) -> None:
    stored = json.loads(scripts.make_golden.PATH.read_text())
    assert stored == scripts.make_golden.make(), "run: python tests/widgets/make_golden.py"


def test_photo_is_the_crop_of_the_sample_picture(scripts: SimpleNamespace) -> None:
    stored = scripts.make_photo.read_module().astype(int)
    made = scripts.make_photo.crop_portrait().astype(int)
    # JPEG decoders may differ by a gray level or two.
    assert np.abs(stored - made).max() <= 3, "run: python tests/widgets/make_photo.py"


def pictures(markup: str) -> list[np.ndarray]:
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))) for data in PICTURE.findall(markup)]


def test_static_figures_in_the_chapters_have_the_numbers_pytorch_gives(
    scripts: SimpleNamespace, repository: Path
) -> None:
    found = []
    for chapter in CHAPTERS:
        for cell in json.loads((repository / f"book/{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            for block in re.findall(r'<div class="cnn-widget".*?^</div>', source, re.DOTALL | re.MULTILINE):
                attributes = dict(re.findall(r'data-([a-z-]+)="([^"]*)"', block.split(">")[0]))
                name = attributes.pop("cnn-widget")
                made = scripts.make_fallback.make(name, attributes)
                again = f"{chapter}: print the figure again with tests/widgets/make_fallback.py {name}"
                assert PICTURE.sub("", block) == PICTURE.sub("", made), again
                for ours, theirs in zip(pictures(block), pictures(made), strict=True):
                    np.testing.assert_array_equal(ours, theirs, again)
                found.append(name)
    listed = [name for names in CHAPTERS.values() for name in names]
    assert found == listed, "a block does not end with </div> on a line of its own"


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_in_a_chapter(name: str) -> None:
    assert any(name in names for names in CHAPTERS.values())


# --- What holds for all ---


@pytest.mark.parametrize("width", [320, 1000])
def test_figures_stay_text_without_javascript(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("all", live=False, java_script_enabled=False, viewport={"width": width, "height": 800})
    for table in page.locator("table").all():
        box = table.bounding_box()
        assert box["x"] + box["width"] <= width - 32  # the page's margin
    text = page.locator("main").inner_text()
    assert "In PyTorch: F.conv2d(x, w)" in text
    assert "= 1,168" in text
    assert "Paths to them: 1, 3, 6, 7, 6, 3, 1. Together 27" in text
    assert "of f(Tx): 36/8 = 4.5; change 1.5." in text
    assert "In PyTorch: F.conv_transpose2d(x, w, stride=2)" in text
    assert "A, C, F, E stay." in text
    expect(page.locator("img").first).to_be_visible()
    scene = page.locator("[data-cnn-widget=nms] img").bounding_box()
    assert scene["x"] + scene["width"] <= width - 32
    assert page.locator(".cnn-figure").count() == 0


@pytest.mark.parametrize(
    "answer", [{"status": 404}, {"body": "this is not JavaScript", "content_type": "text/javascript"}]
)
def test_a_figure_whose_module_fails_stays_text_and_the_others_work(
    browser: Browser, figure_pages: str, answer: dict
) -> None:
    page = browser.new_page()
    errors, warnings = [], []
    page.on("pageerror", lambda error: errors.append(error))
    page.on("console", lambda m: warnings.append(m.text) if m.type == "warning" else None)
    page.route("**/conv.mjs", lambda route: route.fulfill(**answer))
    page.goto(f"{figure_pages}/all.html")
    for name in set(FIGURES) - {"conv"}:
        page.locator(f"[data-cnn-widget={name}]").scroll_into_view_if_needed()
        expect(page.locator(f"[data-cnn-widget={name}]")).to_have_attribute("data-live", "true")
    expect(page.locator("[data-cnn-widget=conv] > table").first).to_be_visible()
    assert not errors
    assert [text for text in warnings if text.startswith('Figure "conv" stays as text')]
    page.close()


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ('conv" data-stride="9', '"9" is not an integer from 1 to 3'),
        (
            'receptive-field" data-layers="3 1 1',
            '"3 1 1": give 1 to 6 layers of kernel, stride, padding, dilation',
        ),
        ('receptive-field" data-layers="8 1 1 1', '"8" is not an integer from 1 to 7'),
        ('shift" data-input="1 2 3', "the input has 3 numbers, not 16"),
        ('shift" data-method="mean', '"mean" is not one of stride, max, average, blur, max-blur'),
        ('transpose" data-stride="4', '"4" is not an integer from 1 to 3'),
        ('transpose" data-kernel="1 2 3', "the kernel is not square or too large to show"),
        ('nms" data-boxes="0 0 9 9 1', "there are 1 boxes, not 6"),
        ('nms" data-threshold="2', '"2" is not a threshold from 0 to 1'),
    ],
)
def test_a_figure_with_a_bad_attribute_stays_text(
    figure_folder: Path, open_page: Callable[..., Page], attributes: str, said: str
) -> None:
    block = f'<div class="cnn-widget" data-cnn-widget="{attributes}">text</div>'
    write_page(figure_folder, "bad.html", block)
    warnings = []
    page = open_page("bad", live=False, prepare=lambda p: p.on("console", lambda m: warnings.append(m.text)))
    page.wait_for_load_state("networkidle")
    expect(page.locator(".cnn-widget")).to_have_text("text")
    assert warnings == [f'Figure "{attributes.split(chr(34))[0]}" stays as text: {said}']


def test_figures_far_below_load_when_they_come_near(
    figure_folder: Path, open_page: Callable[..., Page]
) -> None:
    block = '<div class="cnn-widget" data-cnn-widget="channels">text</div>'
    write_page(figure_folder, "far.html", f'<div style="height: 5000px"></div>{block}')
    asked = []
    page = open_page("far", live=False, prepare=lambda p: p.on("request", lambda r: asked.append(r.url)))
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if url.endswith("channels.mjs")]
    page.locator(".cnn-widget").scroll_into_view_if_needed()
    expect(page.locator(".cnn-figure")).to_be_visible()


def test_figures_load_at_once_in_a_browser_without_intersection_observer(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(
        "all", live=False, prepare=lambda page: page.add_init_script("delete window.IntersectionObserver")
    )
    expect(page.locator(".cnn-figure")).to_have_count(len(FIGURES))


def sticking_out(page: Page) -> list[str]:
    """What is wider than the figure it is in."""
    return page.evaluate(
        """() => {
            const edge = (element) => element.getBoundingClientRect().right;
            return [...document.querySelectorAll(".cnn-figure :not(svg *)")]
                .filter((e) => edge(e) > edge(e.closest(".cnn-widget")) + 0.5)
                .map((e) => e.outerHTML.slice(0, 80));
        }"""
    )


@pytest.mark.parametrize("width", [320, 360, 768])
def test_figures_fit_the_screen_at_their_widest(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("all", viewport={"width": width, "height": 740})
    page.get_by_role("combobox", name="Input size").select_option("7")
    page.get_by_role("combobox", name="Padding", exact=True).select_option("3")
    page.get_by_role("combobox", name="Kernel size").select_option("5")
    page.get_by_role("combobox", name="Size", exact=True).select_option("5")
    page.get_by_role("spinbutton", name="in_channels").fill("512")
    page.get_by_role("spinbutton", name="out_channels").fill("512")
    page.get_by_role("button", name="Separable").click()
    page.get_by_role("combobox", name="Input pixels").select_option("24")
    for layer in range(4, 7):
        page.get_by_role("button", name="Add a layer").click()
        page.get_by_role("combobox", name=f"Layer {layer}: kernel").select_option("7")
        page.get_by_role("combobox", name=f"Layer {layer}: padding").select_option("3")
    page.get_by_role("combobox", name="Method f").select_option("max-blur")
    page.get_by_role("combobox", name="Stages").select_option("3")
    page.get_by_role("combobox", name="View").select_option("zeros")
    page.get_by_role("combobox", name="Kernel K").select_option("4")
    page.get_by_role("combobox", name="Stride S").select_option("3")
    page.get_by_role("combobox", name="Out. pad").select_option("2")
    page.evaluate("document.querySelectorAll('.cnn-fold').forEach(fold => { fold.open = true })")
    while (reveal := page.get_by_role("button", name="Show me")).count():
        reveal.first.click()
    assert not sticking_out(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_controls_are_large_enough_for_a_finger(open_page: Callable[..., Page]) -> None:
    page = open_page("all", viewport={"width": 320, "height": 740})
    small = page.evaluate(
        """() => [...document.querySelectorAll(".cnn-figure :is(button, select, input, .cnn-check)")]
            .filter((e) => e.type !== "checkbox" && e.getClientRects().length)
            .map((e) => [e, e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44)
            .map(([e]) => e.outerHTML.slice(0, 80))"""
    )
    assert not small
    assert page.locator(".cnn-widget").first.evaluate("e => getComputedStyle(e).touchAction") == "pan-y"


@pytest.mark.parametrize("name", FIGURES)
def test_figures_have_no_accessibility_violations_in_light_and_dark(
    open_page: Callable[..., Page], repository: Path, name: str
) -> None:
    page = open_page(name, viewport={"width": 360, "height": 740})
    assert not violations(page, repository, "main")
    if name == "conv":
        page.get_by_role("combobox", name="Padding").select_option("1")
        page.get_by_role("combobox", name="Stride").select_option("3")
        page.locator(".cnn-predict input").fill("77")
        page.get_by_role("button", name="Check").click()
    else:
        page.get_by_role("button", name="Show me").click()
    for theme in ("dark", "light"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        assert not violations(page, repository, "main"), theme


def test_figures_are_drawn_where_colors_are_forced(open_page: Callable[..., Page]) -> None:
    page = open_page("conv", forced_colors="active")
    outline = "e => getComputedStyle(e).outlineStyle"
    assert page.locator("td.tap").first.evaluate(outline) == "solid"
    assert page.locator("td.now").evaluate(outline) == "double"
    page = open_page("shift", forced_colors="active")
    assert page.locator("td.kept").first.evaluate(outline) == "solid"
    page = open_page("receptive-field", forced_colors="active")
    border = "e => getComputedStyle(e).borderStyle"
    assert page.locator(".cnn-unit.now").evaluate(border) == "double"
    assert page.locator(".cnn-unit.pad").first.evaluate(border) == "dashed"


# --- The chapters ---


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (360, "dark"), (1280, "light")])
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_figures_live_in_the_built_chapter(
    browser: Browser,
    site: Path,
    repository: Path,
    serve: Callable[[Path], str],
    chapter: str,
    width: int,
    theme: str,
) -> None:
    problems = []
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    page = context.new_page()
    page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{serve(site)}/book/{chapter}.html")
    figures = page.locator(".cnn-widget").all()
    assert [figure.get_attribute("data-cnn-widget") for figure in figures] == CHAPTERS[chapter]
    for figure in figures:
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_attribute("data-live", "true")
    while (reveal := page.get_by_role("button", name="Show me")).count():
        reveal.first.click()
    assert page.locator("html").get_attribute("data-theme") == theme
    assert not violations(page, repository, ".cnn-widget")
    for slider in page.locator(".cnn-stepper input").all():
        slider.press("End")
    assert not sticking_out(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not problems
    context.close()
