"""The figure `filter` in a real browser, against PyTorch."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch
from playwright.sync_api import Page, expect
from widget_page import MINUS, number, read_grid, run_code, tab_to


def response_here(page: Page) -> float:
    return number(page.locator(".cnn-equation strong").inner_text())


def photo(scripts: SimpleNamespace) -> torch.Tensor:
    return torch.from_numpy(scripts.make_photo.read_module().copy()).float()[None, None]


def test_filter_shows_the_fallbacks_equation_after_a_prediction(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("filter")
    products = re.search(r"pixel: (.*) = <b>(.*)</b>\.", scripts.make_fallback.make("filter", {}))
    expect(page.locator(".cnn-equation")).to_contain_text(f"{products[1]} = ?")
    page.get_by_role("button", name="negative").click()
    expect(page.locator(".cnn-verdict")).to_contain_text(
        f"Not quite. The positive products add to 445, the negative ones to {MINUS}64"
    )
    expect(page.locator(".cnn-equation")).to_contain_text(f"{products[1]} = {products[2]}")


def test_filter_gives_pytorchs_response_at_the_probe_and_at_the_border(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("filter")
    page.get_by_role("button", name="Show me").click()
    kernels = page.get_by_role("combobox", name="Kernel", exact=True)
    names = kernels.locator("option").evaluate_all("options => options.map(o => o.value)")
    assert len(names) > 8
    for size in ("3", "5"):
        page.get_by_role("combobox", name="Size", exact=True).select_option(size)
        for name in names[:-1]:  # the last is the reader's own
            kernels.select_option(name)
            response = run_code(page, x=photo(scripts))[0, 0]
            assert response.shape == (64, 64)
            for row, column in [(16, 43), (0, 63)]:
                page.get_by_role("slider", name="Probe: row").fill(str(row))
                page.get_by_role("slider", name="Probe: column").fill(str(column))
                assert response_here(page) == pytest.approx(float(response[row, column]), abs=0.006), name
            marks = [number(text) for text in page.locator(".cnn-ramp-text span").all_inner_texts()]
            if len(marks) == 2:
                assert marks == [0, 255]
            else:
                assert marks[1] == 0
                assert marks[2] == -marks[0] == pytest.approx(float(response.abs().max()), abs=0.006), name


def test_what_was_said_about_a_prediction_goes_when_it_no_longer_holds(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("filter")
    verdict = page.locator(".cnn-verdict")
    page.get_by_role("button", name="positive").click()
    expect(verdict).to_contain_text("the sum is 381")
    expect(verdict).to_be_focused()  # the pressed button is gone
    page.get_by_role("combobox", name="Kernel", exact=True).select_option("box")
    expect(verdict).to_be_hidden()
    page.get_by_role("button", name="Predict at another pixel").press("Enter")
    expect(page.get_by_role("button", name="negative")).to_be_focused()
    expect(page.locator(".cnn-equation")).to_contain_text("= ?")


def test_filter_probe_moves_by_keyboard_and_stops_at_the_border(open_page: Callable[..., Page]) -> None:
    page = open_page("filter")
    tab_to(page, page.get_by_role("application", name="Picture"))
    for key in ["ArrowDown", "ArrowLeft", *["Shift+ArrowRight"] * 3, *["Shift+ArrowUp"] * 2]:
        page.keyboard.press(key)
    expect(page.locator(".cnn-widget")).to_have_attribute("data-row", "0")
    expect(page.locator(".cnn-widget")).to_have_attribute("data-column", "63")
    tab_to(page, page.get_by_role("slider", name="Probe: row"))
    page.keyboard.press("ArrowRight")
    expect(page.locator(".cnn-widget")).to_have_attribute("data-row", "1")


def test_filter_pictures_show_zero_as_middle_gray_and_sign_as_lightness(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("filter")
    response = run_code(page, x=photo(scripts))[0, 0]
    painted = (
        page.locator("canvas")
        .nth(1)
        .evaluate("c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]")
    )
    lightness = torch.tensor(painted, dtype=torch.float32).view(64, 64, 4)[..., :3] @ torch.tensor(
        [0.2126, 0.7152, 0.0722]
    )
    step = response.abs().max() / 64
    assert (lightness[response == 0] - 128).abs().max() < 0.5
    assert (lightness[response > step] > 129).all()
    assert (lightness[response < -step] < 127).all()


def test_filter_pictures_show_the_divided_sum_clipped_to_the_gray_levels(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("filter")
    for name in ("box", "sharpen"):
        page.get_by_role("combobox", name="Kernel", exact=True).select_option(name)
        response = run_code(page, x=photo(scripts))[0, 0]
        painted = (
            page.locator("canvas")
            .nth(1)
            .evaluate("c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]")
        )
        gray = torch.tensor(painted).view(64, 64, 4)[..., 0]
        assert (gray - response.clamp(0, 255)).abs().max() <= 0.51, name
        clipped = int(((response < 0) | (response > 255)).sum())
        said = page.locator(".cnn-legend .cnn-note")
        expect(said).to_contain_text(f"{clipped:,} of 4,096") if clipped else expect(said).to_be_empty()


def test_filter_takes_a_kernel_of_the_readers_own(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("filter")
    page.get_by_role("button", name="Show me").click()
    kernel = page.locator(".cnn-grid").nth(1)
    kernel.locator("td").nth(4).click()
    page.get_by_role("spinbutton", name="Kernel: row 1, column 1").fill("-12")
    page.keyboard.press("Tab")
    page.get_by_role("spinbutton", name="Divide").fill("7")
    page.keyboard.press("Tab")
    assert read_grid(page, "Kernel")[1, 1] == -12
    expect(page.get_by_role("combobox", name="Kernel", exact=True)).to_have_value("custom")
    response = run_code(page, x=photo(scripts))[0, 0]
    assert response_here(page) == pytest.approx(float(response[16, 43]), abs=0.006)


def test_filter_pad_is_drawn_on_with_keys_and_with_a_pointer(open_page: Callable[..., Page]) -> None:
    page = open_page("filter")
    page.get_by_role("button", name="Show me").click()
    page.get_by_role("combobox", name="Picture", exact=True).select_option("pad")
    page.get_by_role("button", name="Clear the pad").click()
    expect(page.locator(".cnn-equation strong")).to_have_text("0")
    tab_to(page, page.get_by_role("application", name="Picture"))
    page.keyboard.press("Space")
    drawing = torch.zeros(1, 1, 16, 16)
    drawing[0, 0, 8, 8] = 1
    page.keyboard.press("ArrowLeft")
    assert response_here(page) == float(run_code(page, x=drawing)[0, 0, 8, 7]) == 2
    box = page.locator("canvas").first.bounding_box()
    cell = box["width"] / 16
    page.mouse.move(box["x"] + cell * 6.5, box["y"] + cell * 2.5)
    page.mouse.down()
    page.mouse.move(box["x"] + cell * 6.5, box["y"] + cell * 3.5)
    page.mouse.up()
    drawing[0, 0, 2:4, 6] = 1
    painted = page.locator("canvas").first.evaluate(
        """c => [...c.getContext("2d").getImageData(0, 0, c.width, c.height).data]
            .filter((_, i) => i % 4 === 0)"""
    )
    assert torch.equal(torch.tensor(painted).view(16, 16) / 255, drawing[0, 0])
    page.keyboard.press("ArrowLeft")
    assert response_here(page) == float(run_code(page, x=drawing)[0, 0, 3, 5])
