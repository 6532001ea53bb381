"""The figure `receptive-field` in a real browser, against PyTorch."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from playwright.sync_api import Page, expect
from widget_page import number, run_code, tab_to, write_page

NAMES = ("kernel", "stride", "padding", "dilation")


def reveal(page: Page) -> None:
    page.get_by_role("button", name="Show me").click()


def set_stack(page: Page, layers: list[tuple[int, int, int, int]], size: int) -> None:
    page.get_by_role("combobox", name="Input pixels").select_option(str(size))
    while (shown := page.locator(".cnn-layers tbody tr:visible").count()) != len(layers):
        name = "Add a layer" if shown < len(layers) else "Remove the last layer"
        page.get_by_role("button", name=name).click()
    for index, layer in enumerate(layers, start=1):
        for name, value in zip(NAMES, layer, strict=True):
            page.get_by_role("combobox", name=f"Layer {index}: {name}").select_option(str(value))


def plain_text(markup: str) -> str:
    return html.unescape(re.sub("<[^>]*>", "", markup))


def read_input_row(page: Page) -> torch.Tensor:
    """The number in each pixel of the picture, 0 where there is none."""
    texts = page.locator(".cnn-units").last.locator(".cnn-unit:not(.pad)").all_inner_texts()
    return torch.tensor([number(text) if text else 0 for text in texts], dtype=torch.double)


@pytest.mark.parametrize("attributes", [{}, {"layers": "3 2 1 1;3 1 2 2;2 1 1 1;3 2 0 1", "unit": "0"}])
def test_the_sentence_after_the_reveal_is_the_fallbacks(
    open_page: Callable[..., Page], scripts: SimpleNamespace, figure_folder: Path, attributes: dict[str, str]
) -> None:
    block = scripts.make_fallback.make("receptive-field", attributes)
    write_page(figure_folder, "one.html", block)
    page = open_page("one")
    equation = page.locator(".cnn-equation")
    expect(equation).to_be_hidden()
    assert page.locator(".cnn-unit.tap").count() == 0
    reveal(page)
    sentence = plain_text(re.search("<p>(Unit .*)</p>", block)[1])
    assert equation.text_content() == sentence
    plane = plain_text(re.search("reads [^.]*[.]", block)[0])
    expect(page.locator(".cnn-square-panel figcaption")).to_contain_text(plane)
    rows = re.findall("<tr>(.*?)</tr>", block.split("</thead>")[1])
    shown = page.locator(".cnn-numbers tbody tr").all_inner_texts()
    assert [row.split("\t") for row in shown] == [
        [plain_text(cell) for cell in re.findall("<t[hd]>(.*?)</t[hd]>", row)] for row in rows
    ]


def test_paths_and_field_are_pytorchs_and_the_code_runs(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("receptive-field")
    reveal(page)
    stacks = [
        # kernel, stride, padding, dilation of each layer; input pixels
        ([(3, 1, 1, 1), (2, 2, 0, 1), (3, 1, 1, 1)], 16),
        ([(5, 1, 2, 1)], 9),
        ([(3, 2, 1, 1), (4, 1, 3, 2), (3, 1, 2, 3), (1, 3, 0, 1)], 24),
        ([(2, 1, 0, 1)] * 6, 10),
    ]
    for layers, size in stacks:
        set_stack(page, layers, size)
        geometry = [dict(zip(scripts.fallback_receptive_field.NAMES, layer, strict=True)) for layer in layers]
        r, jump, start = scripts.fallback_receptive_field.measure_field(geometry)
        slider = page.get_by_role("slider", name="Output unit")
        for key in ("Home", "End"):
            slider.press(key)
            unit = int(slider.input_value())
            paths = run_code(page)
            assert torch.equal(read_input_row(page), paths), layers
            expect(page.locator(".cnn-equation strong")).to_have_text(str(r))
            # The square and the read pixels in two directions.
            field = page.locator(".cnn-square .field")
            assert [float(field.get_attribute(a)) for a in ("x", "width")] == [start + unit * jump, r]
            assert page.locator(".cnn-square .read").count() == int((paths > 0).sum()) ** 2
            bars = page.locator(".cnn-strip.bars rect").evaluate_all(
                "bars => bars.map(bar => Number(bar.getAttribute('height')))"
            )
            assert torch.allclose(torch.tensor(bars).double(), paths / paths.max().clamp(min=1)), layers
        units = page.locator(".cnn-units").first.locator(".cnn-unit")
        assert units.count() == unit + 1


def test_a_prediction_is_judged_with_the_reason_and_then_everything_shows(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("receptive-field")
    box, verdict = page.locator(".cnn-predict input"), page.locator(".cnn-verdict")
    table = page.locator(".cnn-numbers")
    expect(table).not_to_contain_text("= 7")
    box.fill("9")
    box.press("Enter")
    expect(verdict).to_contain_text("Not quite. The windows overlap")
    box.fill("7")
    box.press("Enter")
    expect(verdict).to_contain_text("Right. 7 pixels")
    expect(verdict).to_be_focused()  # the field is gone
    expect(table).to_contain_text("= 7")
    assert page.locator(".cnn-units").last.locator(".tap").count() == 7
    page.get_by_role("button", name="Ask me another").click()
    expect(box).to_be_focused()
    expect(page.locator(".cnn-equation")).to_be_hidden()
    assert page.locator(".cnn-unit.tap").count() == 0
    reach = int((run_code(page) > 0).sum())  # this stack leaves no holes
    box.fill(str(reach))
    box.press("Enter")
    expect(verdict).to_contain_text("Right.")


def test_dilation_leaves_holes_open(open_page: Callable[..., Page]) -> None:
    page = open_page("receptive-field")
    reveal(page)
    page.get_by_role("button", name="Dilation 2, thrice").click()
    expect(page.locator(".cnn-equation")).to_contain_text("It reads only 7 of the 13 pixels.")
    expect(page.locator(".cnn-square-panel")).to_contain_text("13×13 = 169 pixels")
    expect(page.locator(".cnn-square-panel")).to_contain_text("reads 49 pixels")
    read = (
        page.locator(".cnn-units")
        .last.locator(".cnn-unit:not(.pad)")
        .evaluate_all("units => units.map(unit => unit.classList.contains('tap'))")
    )
    assert [i for i, tap in enumerate(read) if tap] == [1, 3, 5, 7, 9, 11, 13]


def test_padding_is_shown_as_such_and_ends_paths(open_page: Callable[..., Page]) -> None:
    page = open_page("receptive-field")
    reveal(page)
    page.get_by_role("slider", name="Output unit").press("Home")
    rows = page.locator(".cnn-units")
    assert [rows.nth(i).locator(".pad").count() for i in range(4)] == [0, 2, 2, 2]
    assert [rows.nth(i).locator(".pad.tap").count() for i in range(4)] == [0, 1, 1, 1]
    assert rows.last.locator(".pad.tap").evaluate("e => getComputedStyle(e).borderStyle") == "dashed"
    paths = run_code(page)
    sentence = page.locator(".cnn-equation")
    expect(sentence).to_contain_text(f"from {chr(0x2212)}3 to 3. 3 of them lie outside the input.")
    expect(sentence).to_contain_text(f"Together {int(paths.sum())} of 3×3×3 = 27: the others end in zeros")


@pytest.mark.parametrize("width", [320, 1000])
def test_lines_and_bars_keep_their_height_on_every_screen(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("receptive-field", viewport={"width": width, "height": 740})
    reveal(page)
    for name, height in [("lines", 40), ("bars", 56), ("span", 12.8)]:
        strip = page.locator(f".cnn-strip.{name}").first.bounding_box()
        assert strip["height"] == pytest.approx(height, abs=0.5), name


def test_units_stand_above_the_middle_of_their_field(open_page: Callable[..., Page]) -> None:
    page = open_page("receptive-field")
    reveal(page)
    for name in ("3, pool 2, 3", "Stride 2, thrice", "Dilation 1, 2, 3"):
        page.get_by_role("button", name=name).click()
        span = page.locator(".cnn-strip.span path").evaluate(
            "path => { const box = path.getBoundingClientRect(); return box.x + box.width / 2 }"
        )
        unit = page.locator(".cnn-unit.now").bounding_box()
        assert unit["x"] + unit["width"] / 2 == pytest.approx(span, abs=2), name


def test_the_figure_works_by_keyboard_alone(open_page: Callable[..., Page]) -> None:
    page = open_page("receptive-field")
    figure = page.locator(".cnn-widget")
    tab_to(page, page.get_by_role("combobox", name="Layer 3: stride"))
    page.keyboard.press("ArrowDown")
    expect(figure).to_have_attribute("data-layers", "3 1 1 1;3 1 1 1;3 2 1 1")
    for name, layers in [("Add a layer", 4), ("Remove the last layer", 3)]:
        tab_to(page, page.get_by_role("button", name=name))
        page.keyboard.press("Enter")
        assert len(figure.get_attribute("data-layers").split(";")) == layers
    tab_to(page, page.get_by_role("slider", name="Output unit"))
    page.keyboard.press("Home")
    expect(figure).to_have_attribute("data-unit", "0")
    page.keyboard.press("Tab")  # over Previous
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # over Play
    page.keyboard.press("Enter")
    expect(figure).to_have_attribute("data-unit", "1")


def test_a_press_on_an_output_unit_chooses_it(open_page: Callable[..., Page]) -> None:
    page = open_page("receptive-field")
    page.locator(".cnn-units.output .cnn-unit").nth(12).click()
    expect(page.locator(".cnn-widget")).to_have_attribute("data-unit", "12")


def test_a_window_that_does_not_fit_is_told_in_one_sentence(open_page: Callable[..., Page]) -> None:
    page = open_page("receptive-field")
    reveal(page)
    set_stack(page, [(3, 3, 0, 1), (7, 1, 0, 1)], 16)
    alert = page.get_by_role("alert")
    expect(alert).to_have_text(
        "A window of layer 2 covers 7 places, but layer 1 has only 5 units: "
        "choose a larger input, a smaller kernel, stride or dilation, or more padding."
    )
    expect(page.get_by_role("slider", name="Output unit")).to_be_disabled()
    expect(page.locator(".cnn-stack")).to_be_hidden()
    page.get_by_role("combobox", name="Layer 2: padding").select_option("1")
    expect(alert).to_be_hidden()
    assert torch.equal(read_input_row(page), run_code(page))
