"""The figure `shift` in a real browser, against PyTorch."""

import html
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch
from playwright.sync_api import Page, expect
from widget_page import number, read_grid, run_code, tab_to


def reveal(page: Page) -> None:
    page.get_by_role("button", name="Show me").click()


def choose(page: Page, method: str, stages: int, shift: int) -> None:
    page.get_by_role("combobox", name="Method f").select_option(method)
    page.get_by_role("combobox", name="Stages").select_option(str(stages))
    page.get_by_role("slider", name="Shift").fill(str(shift))


def read_lane(page: Page, name: str) -> torch.Tensor:
    rows = page.locator(".cnn-lanes tr")
    heads = rows.locator("th").all_inner_texts()
    (index,) = [i for i, head in enumerate(heads) if head == name or head.startswith(f"{name}:")]
    return torch.tensor([number(text) for text in rows.nth(2 * index + 1).locator("td").all_inner_texts()])


def test_the_numbers_after_the_reveal_are_the_fallbacks(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("shift")
    block = scripts.make_fallback.make("shift", {})
    equation = page.locator(".cnn-equation")
    expect(equation).to_be_hidden()
    reveal(page)
    sentence = html.unescape(re.sub("<[^>]*>", "", re.search("<p>(‖.*)</p>", block)[1]))
    assert equation.text_content() == sentence
    for caption in ("‖f", "Change"):
        made = re.search(f"<table><caption>{caption}.*?</table>", block)[0]
        cells = [number(text) for text in re.findall("<td>(.*?)</td>", made)]
        table = page.locator(".cnn-numbers").filter(has=page.locator("caption", has_text=caption))
        assert [number(text) for text in table.locator("td").all_inner_texts()] == cells


def test_every_method_gives_pytorchs_outputs_and_its_code_runs(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("shift")
    reveal(page)
    methods, shrink = scripts.shrinking.METHODS, scripts.shrinking.shrink
    keys = page.get_by_role("combobox", name="Method f").locator("option")
    assert keys.evaluate_all("options => options.map(o => o.value)") == list(methods)
    x = read_grid(page, "x")[0].double()
    for method in methods:
        for stages, shift in [(1, 3), (2, 6), (3, 5)]:
            choose(page, method, stages, shift)
            assert torch.equal(read_lane(page, "Tx"), x.roll(shift).float())
            assert torch.equal(read_lane(page, "f(x)"), shrink(method, x, stages).float()), method
            assert torch.equal(read_lane(page, "f(Tx)"), shrink(method, x.roll(shift), stages).float())
            shown = [number(text) for text in page.locator(".cnn-equation strong").all_inner_texts()]
            assert shown == [float(value) for value in run_code(page)], (method, stages, shift)
            now = [number(text) for text in page.locator(".cnn-numbers .now").all_inner_texts()]
            assert now == shown


def test_the_places_that_are_kept_are_marked_before_and_after_the_shift(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("shift")
    assert page.locator(".kept").count() == 8
    assert page.locator(".kept-after").count() == 0  # would tell the answer
    reveal(page)
    for stages, shift in [(1, 3), (1, 4), (2, 3)]:
        choose(page, "max", stages, shift)
        stride = 2**stages
        dense = page.locator(".cnn-lanes tr").nth(1).locator("td")
        classes = dense.evaluate_all("cells => cells.map(cell => [...cell.classList])")
        values = read_lane(page, "g(x)")
        kept = [i for i, names in enumerate(classes) if "kept" in names]
        after = [i for i, names in enumerate(classes) if "kept-after" in names]
        assert kept == list(range(0, 16, stride))
        assert after == sorted((i - shift) % 16 for i in range(0, 16, stride))
        assert torch.equal(values[kept], read_lane(page, "f(x)"))
        assert sorted(values[after].tolist()) == sorted(read_lane(page, "f(Tx)").tolist())


def test_a_prediction_is_judged_with_both_means_and_then_everything_shows(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("shift")
    lane = page.locator(".cnn-lanes tr").nth(7)
    assert set(lane.locator("td").all_inner_texts()) == {"?"}
    expect(page.locator(".cnn-numbers").first).to_be_hidden()
    page.get_by_role("button", name="stays the same").click()
    verdict = page.locator(".cnn-verdict")
    expect(verdict).to_contain_text("Not quite. The mean of f(x) is 24/8 = 3, that of f(Tx) is 36/8 = 4.5.")
    expect(verdict).to_be_focused()  # the pressed button is gone
    expect(page.locator(".cnn-numbers").first).to_be_visible()
    page.get_by_role("button", name="Ask me another").click()
    expect(page.locator(".cnn-widget")).to_have_attribute("data-method", "average")
    expect(page.get_by_role("button", name="grows")).to_be_focused()
    expect(page.locator(".cnn-equation")).to_be_hidden()
    page.get_by_role("button", name="stays the same").click()
    expect(verdict).to_contain_text("Right. The mean of f(x) is 18/8 = 2.25, that of f(Tx) is 18/8 = 2.25.")


def test_the_figure_works_by_keyboard_alone_and_takes_a_signal_of_the_readers_own(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("shift")
    figure = page.locator(".cnn-widget")
    reveal(page)
    tab_to(page, page.get_by_role("slider", name="Shift"))
    page.keyboard.press("ArrowRight")
    expect(figure).to_have_attribute("data-shift", "2")
    tab_to(page, page.locator(".cnn-grid td[tabindex='0']"))
    for key in ("End", "ArrowLeft", "9", "-"):
        page.keyboard.press(key)
    assert read_grid(page, "x")[0, 14] == -9
    expect(page.get_by_role("combobox", name="Signal x")).to_have_value("custom")
    page.get_by_role("button", name="One more").click()
    assert figure.get_attribute("data-input").split()[14] == "-8"
    choose(page, "blur", 1, 5)
    shown = [number(text) for text in page.locator(".cnn-equation strong").all_inner_texts()]
    assert shown == pytest.approx([float(value) for value in run_code(page)], abs=1e-12)
    page.get_by_role("combobox", name="Signal x").select_option("stripes")
    assert read_grid(page, "x")[0].tolist() == [0, 8] * 8


def test_nothing_moves_before_play_and_the_equation_is_silent_while_it_moves(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("shift", prepare=lambda page: page.clock.install())
    figure, equation = page.locator(".cnn-widget"), page.locator(".cnn-equation")
    reveal(page)
    page.clock.run_for(60_000)
    expect(figure).to_have_attribute("data-shift", "1")
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(2_000)
    expect(figure).to_have_attribute("data-shift", "4")
    expect(equation).to_have_attribute("aria-live", "off")
    page.get_by_role("button", name="Pause").click()
    expect(equation).to_have_attribute("aria-live", "polite")


def test_decimals_are_turned_where_sixteen_do_not_fit_beside_each_other(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("shift", viewport={"width": 320, "height": 740})
    choose(page, "max-blur", 3, 1)
    cut = page.locator(".cnn-lanes td").evaluate_all(
        """cells => cells.filter(cell => {
            const [box, text] = [cell, cell.firstChild].map(e => e.getBoundingClientRect());
            return text.width > box.width || text.height > box.height;
        }).map(cell => cell.textContent)"""
    )
    assert not cut
