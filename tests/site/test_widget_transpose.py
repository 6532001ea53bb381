"""The figure `transpose` in a real browser, against PyTorch."""

import html
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F
from playwright.sync_api import Page, expect
from widget_page import read_grid, run_code, tab_to


def choose(page: Page, **settings: object) -> None:
    for label, value in settings.items():
        name = re.compile("^Out. pad" if label == "output_padding" else label, re.IGNORECASE)
        page.get_by_role("combobox", name=name).select_option(str(value))


def test_the_products_are_the_fallbacks_when_all_is_scattered(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("transpose")
    block = html.unescape(re.sub("<[^>]*>", "", scripts.make_fallback.make("transpose", {})))
    equation = page.locator(".cnn-equation")
    first = re.search(r"x\[0, 1\] = 2 adds [^.]*", block)[0]
    assert equation.text_content().startswith(f"{first}. y[2, 2] = 1×1 + 2×2 = 5: 2 products so far.")
    page.get_by_role("slider", name="Step").press("End")
    total = re.search(r"y\[2, 2\] = [^.]*", block)[0]
    assert equation.text_content().endswith(f"{total}: 4 products.")
    assert re.search(r"Size of y: [^.]*", block)[0] == page.locator(".cnn-said .cnn-note").inner_text()


def test_every_view_gives_pytorchs_output_and_its_code_runs(open_page: Callable[..., Page]) -> None:
    page = open_page("transpose")
    for view, kernel, stride, padding, output_padding in [
        ("scatter", 3, 2, 1, 1),
        ("scatter", 2, 3, 0, 2),
        ("zeros", 4, 2, 1, 0),
        ("zeros", 2, 3, 2, 1),  # more padding than zeros around: the input itself is cut
        ("resize", 3, 2, 1, 0),
    ]:
        choose(page, view="scatter", kernel=kernel, stride=stride, padding=padding)
        choose(page, output_padding=output_padding)
        choose(page, view=view)
        page.get_by_role("slider", name="Step").press("End")
        shown = read_grid(page, "Output")
        if view == "scatter":  # with what the padding takes away around it
            size = run_code(page).shape[-1]
            assert shown.shape[-1] == max(size + padding, 2 * stride + kernel)
            shown = shown[padding : padding + size, padding : padding + size]
        assert torch.equal(run_code(page)[0, 0], shown), (view, kernel)
        if view == "zeros":
            spread, flipped = read_grid(page, "x with"), read_grid(page, "w, flipped")
            assert torch.equal(F.conv2d(spread[None, None], flipped[None, None])[0, 0], shown)


def test_the_checkerboard_and_its_two_cures(open_page: Callable[..., Page]) -> None:
    page = open_page("transpose")
    choose(page, example="checkerboard")
    row = [1, 1, 2, 1, 2, 1, 1]
    assert torch.equal(read_grid(page, "Output"), torch.outer(*2 * [torch.tensor(row).float()]))
    choose(page, example="even")
    assert (read_grid(page, "Output")[2:-2, 2:-2] == 4).all()
    choose(page, example="resize")
    page.get_by_role("slider", name="Step").press("End")
    assert (read_grid(page, "Output") == 9).all()
    choose(page, example="products")
    expect(page.locator(".cnn-widget")).to_have_attribute("data-at", "1")


def test_a_prediction_is_judged_and_then_all_is_scattered(open_page: Callable[..., Page]) -> None:
    page = open_page("transpose")
    page.locator(".cnn-predict input").fill("9")
    page.get_by_role("button", name="Check").click()
    verdict = page.locator(".cnn-verdict")
    expect(verdict).to_have_text("✗ Not quite. y[2, 2] gets 4 products. The kernel has that many weights.")
    expect(verdict).to_be_focused()
    expect(page.locator(".cnn-widget")).to_have_attribute("data-at", "8")
    choose(page, view="zeros")
    page.locator(".cnn-predict input").fill("2")
    page.get_by_role("button", name="Check").click()
    expect(verdict).to_have_text("✓ Right. y[2, 3] gets 2 products.")
    assert page.locator(".cnn-equation").text_content().endswith(": 2 products with a number of x.")


def test_an_impossible_setting_is_told_in_a_sentence(open_page: Callable[..., Page]) -> None:
    page = open_page("transpose")
    choose(page, output_padding=2)
    expect(page.get_by_role("alert")).to_have_text(
        "The output padding is 2, but has to be smaller than the stride, 2: "
        "choose a larger stride or less output padding."
    )
    choose(page, stride=3)
    expect(page.get_by_role("alert")).to_be_hidden()
    choose(page, output_padding=0, kernel=2, stride=1, padding=2)
    expect(page.get_by_role("alert")).to_contain_text("The output would have a size of 0")
    expect(page.get_by_role("slider", name="Step")).to_be_disabled()


def test_the_figure_works_by_keyboard_alone(open_page: Callable[..., Page]) -> None:
    page = open_page("transpose")
    figure = page.locator(".cnn-widget")
    tab_to(page, page.locator(".cnn-grid td[tabindex='0']").first)
    for key in ("ArrowDown", "3", "-"):
        page.keyboard.press(key)
    expect(figure).to_have_attribute("data-at", "4")
    assert figure.get_attribute("data-input") == "1 2 0;3 -3 2;0 1 1"
    tab_to(page, page.locator(".cnn-grid").nth(2).locator("td[tabindex='0']"))
    page.keyboard.press("ArrowRight")
    expect(figure).to_have_attribute("data-column", "3")
    tab_to(page, page.get_by_role("slider", name="Step"))
    page.keyboard.press("End")
    assert torch.equal(read_grid(page, "Output"), run_code(page)[0, 0])
    tab_to(page, page.locator("summary").first)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="One more").click()
    assert figure.get_attribute("data-input").startswith("1 2 0;3 -2 2")


@pytest.mark.parametrize(("width", "most"), [(720, 620), (360, 760)])
def test_the_figure_fits_one_screen(open_page: Callable[..., Page], width: int, most: int) -> None:
    page = open_page("transpose", viewport={"width": width, "height": 900})
    assert page.locator(".cnn-widget").bounding_box()["height"] <= most
