"""The figure `conv` in a real browser, against PyTorch."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from playwright.sync_api import Page, expect
from widget_page import read_grid, run_code, tab_to


def test_conv_shows_the_fallbacks_equation_first(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("conv")
    products = re.search(r"value: (.*) = <b>(.*)</b>\.", scripts.make_fallback.make("conv", {}))
    expect(page.locator(".cnn-equation")).to_contain_text(f"{products[1]} = {products[2]}")


def test_conv_gives_pytorchs_output_and_its_code_runs(open_page: Callable[..., Page]) -> None:
    page = open_page("conv")
    settings = [
        # input size, kernel size, stride, padding, dilation, flip
        (5, 3, 1, 0, 1, False),
        (6, 3, 2, 1, 1, True),
        (7, 2, 3, 3, 2, False),
        (7, 5, 2, 2, 1, True),
        (4, 1, 1, 0, 3, False),
    ]
    for size, kernel, stride, padding, dilation, flip in settings:
        chosen = {"Input size": size, "Kernel size": kernel, "Stride": stride, "Padding": padding}
        for label, value in {**chosen, "Dilation": dilation}.items():
            page.get_by_role("combobox", name=label).select_option(str(value))
        page.get_by_role("checkbox", name="Flip").set_checked(flip)
        page.get_by_role("slider", name="Step").press("End")
        output = read_grid(page, "Output")
        assert torch.equal(run_code(page)[0, 0], output), chosen
        padded, weight = read_grid(page, "Input"), read_grid(page, "Kernel")
        expected = F.conv2d(padded[None, None], weight[None, None], stride=stride, dilation=dilation)[0, 0]
        assert torch.equal(output, expected), chosen
        assert page.locator(".cnn-grid td.tap").count() == kernel**2, chosen
        reached = [stride * (n - 1) + dilation * (kernel - 1) + 1 for n in output.shape]
        never = padded.numel() - reached[0] * reached[1]
        assert page.locator(".cnn-grid td.never").count() == never, chosen


def test_conv_works_by_keyboard_alone(open_page: Callable[..., Page]) -> None:
    page = open_page("conv")
    figure = page.locator(".cnn-widget")
    tab_to(page, page.get_by_role("combobox", name="Stride"))
    page.keyboard.press("ArrowDown")
    expect(figure).to_have_attribute("data-stride", "2")
    cell = page.locator(".cnn-grid td[tabindex='0']").first
    tab_to(page, cell)
    for key in ("ArrowDown", "ArrowRight", "9", "-"):
        page.keyboard.press(key)
    assert read_grid(page, "Input")[1, 1] == -9
    assert figure.get_attribute("data-input").split(";")[1].split()[1] == "-9"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    time = page.get_by_role("slider", name="Step")
    tab_to(page, time)
    page.keyboard.press("Home")
    expect(figure).to_have_attribute("data-at", "0")
    page.keyboard.press("ArrowRight")
    expect(figure).to_have_attribute("data-at", "1")
    for name, at in [("Previous", "0"), ("Next", "1")]:
        tab_to(page, page.get_by_role("button", name=name)) if name == "Previous" else page.keyboard.press(
            "Tab"
        )
        if name == "Next":
            page.keyboard.press("Tab")  # over Play
        page.keyboard.press("Enter")
        expect(figure).to_have_attribute("data-at", at)
    time.press("End")
    assert torch.equal(read_grid(page, "Output"), run_code(page)[0, 0])


def test_conv_links_a_weight_to_its_pixel_and_its_product(open_page: Callable[..., Page]) -> None:
    page = open_page("conv")
    page.get_by_role("checkbox", name="Flip").check()
    kernel = page.locator(".cnn-grid").nth(1)
    kernel.locator("td").nth(5).click()
    assert page.locator(".cnn-grid td.tap").nth(5).get_attribute("class").split().count("linked") == 1
    assert "linked" in page.locator(".cnn-equation .term").nth(5).get_attribute("class")
    assert page.locator(".linked").count() == 3


def test_conv_edits_change_the_output_by_the_weight(open_page: Callable[..., Page]) -> None:
    page = open_page("conv")
    page.get_by_role("slider", name="Step").press("End")
    before = read_grid(page, "Output")
    page.locator(".cnn-grid").first.locator("td").nth(12).click()
    page.get_by_role("button", name="One more").click()
    # The middle input lies under every window, at the flipped place of the kernel.
    assert torch.equal(read_grid(page, "Output") - before, read_grid(page, "Kernel").flip(-2, -1))


def test_conv_says_in_one_sentence_why_a_setting_is_impossible(open_page: Callable[..., Page]) -> None:
    page = open_page("conv")
    page.get_by_role("combobox", name="Dilation").select_option("3")
    alert = page.get_by_role("alert")
    expect(alert).to_have_text(
        "The dilated kernel covers 7×7 pixels, but the input has only 5×5: "
        "choose a smaller kernel or dilation, or more input or padding."
    )
    expect(page.get_by_role("slider", name="Step")).to_be_disabled()
    page.get_by_role("combobox", name="Padding").select_option("1")
    expect(alert).to_be_hidden()
    assert torch.equal(read_grid(page, "Output"), run_code(page)[0, 0])


def test_conv_judges_a_prediction_with_the_reason(open_page: Callable[..., Page]) -> None:
    page = open_page("conv")
    x, w = read_grid(page, "Input")[None, None], read_grid(page, "Kernel")[None, None]
    right = int(F.conv2d(x, w)[0, 0, 0, 2])
    flipped = int(F.conv2d(x, w.flip(-2, -1))[0, 0, 0, 2])
    assert right != flipped
    box, verdict = page.locator(".cnn-predict input"), page.locator(".cnn-verdict")
    box.fill("many")
    box.press("Enter")
    expect(verdict).to_have_text("Type a number, such as 12 or -3.")
    box.fill(str(flipped))
    box.press("Enter")
    expect(verdict).to_contain_text("Not quite. That is what the flipped kernel gives.")
    expect(page.locator(".cnn-widget")).to_have_attribute("data-at", "1")
    box.fill(str(right))
    page.get_by_role("button", name="Check").click()
    expect(verdict).to_contain_text(f"Right. Output row 0, column 2 is {right}")
    expect(page.locator(".cnn-widget")).to_have_attribute("data-at", "2")


def test_conv_moves_only_after_play_and_is_silent_while_it_moves(open_page: Callable[..., Page]) -> None:
    page = open_page("conv", prepare=lambda page: page.clock.install())
    figure, equation = page.locator(".cnn-widget"), page.locator(".cnn-equation")
    page.clock.run_for(60_000)
    expect(figure).to_have_attribute("data-at", "1")
    expect(equation).to_have_attribute("aria-live", "polite")
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(2_000)
    expect(figure).to_have_attribute("data-at", "4")
    expect(equation).to_have_attribute("aria-live", "off")
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(60_000)
    expect(figure).to_have_attribute("data-at", "4")
    expect(equation).to_have_attribute("aria-live", "polite")


def test_conv_only_steps_with_reduced_motion(open_page: Callable[..., Page]) -> None:
    page = open_page("conv", reduced_motion="reduce")
    expect(page.get_by_role("button", name="Play")).to_be_hidden()
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".cnn-widget")).to_have_attribute("data-at", "2")
