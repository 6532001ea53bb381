"""The figure `nms` in a real browser, against torchvision."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch
import torchvision
from playwright.sync_api import Locator, Page, expect
from widget_page import run_code, tab_to

NAMES = "ABCDEF"


def box(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{name} 0"))


def kept(page: Page) -> list[str]:
    """The boxes that stay, best first, as the line about precision names them."""
    page.get_by_role("slider", name="Step").press("End")
    text = page.locator(".cnn-average").text_content()
    return re.findall(r"([A-F])\s[✓✗]", text)


def rows(page: Page, name: str) -> torch.Tensor:
    text = page.locator(".cnn-widget").get_attribute(f"data-{name}")
    return torch.tensor([[float(v) for v in row.split()] for row in text.split(";")]).double()


def test_the_boxes_that_stay_are_torchvisions_at_every_threshold(
    open_page: Callable[..., Page], scripts: SimpleNamespace
) -> None:
    page = open_page("nms")
    for example in ("doubles", "neighbors", "mistake"):
        page.get_by_role("combobox", name="Example").select_option(example)
        everything, truth = rows(page, "boxes"), rows(page, "truth")
        boxes, scores = everything[:, :4], everything[:, 4]
        for threshold in ("0.1", "0.25", "0.4", "0.5", "0.7"):
            page.get_by_role("slider", name="IoU threshold").fill(threshold)
            expected = torchvision.ops.nms(boxes, scores, float(threshold))
            assert kept(page) == [NAMES[i] for i in expected]
            best = scripts.fallback_nms.precisions(
                scripts.fallback_nms.match(boxes[expected], truth), len(truth)
            )
            mean = scripts.fallback_nms.short(float(sum(best) / len(truth)))
            expect(page.locator(".cnn-average strong")).to_have_text(mean)
            assert run_code(page).tolist() == expected.tolist()


def test_a_step_shows_which_iou_suppresses_which_box(open_page: Callable[..., Page]) -> None:
    page = open_page("nms")
    equation = page.locator(".cnn-equation")
    expect(equation).to_have_text("IoU(A, B) = 144/(196 + 196 − 144) = 144/248 = 0.581 > 0.5: B goes ✗")
    expect(box(page, "B")).to_have_accessible_name(re.compile("suppressed by A"))
    page.get_by_role("slider", name="IoU threshold").fill("0.6")
    expect(equation).to_contain_text("0.581 ≤ 0.6: B is left")
    page.get_by_role("button", name="Previous").click()
    page.get_by_role("button", name="Previous").click()
    expect(equation).to_have_text("A has the best score of all, 0.95: A stays ✓")
    expect(page.locator(".cnn-curve circle")).to_have_count(1)


def test_a_low_threshold_loses_a_neighbor_and_no_threshold_cures_a_confident_mistake(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("nms")
    average = page.locator(".cnn-average strong")
    for example, threshold, expected in [
        ("neighbors", None, "0.667"),
        ("neighbors", "0.45", "1"),
        ("mistake", None, "0.75"),
        ("mistake", "0.1", "0.75"),
    ]:
        page.get_by_role("combobox", name="Example").select_option(example)
        if threshold:
            page.get_by_role("slider", name="IoU threshold").fill(threshold)
        page.get_by_role("slider", name="Step").press("End")
        expect(average).to_have_text(expected)


def test_a_box_is_moved_by_pointer_and_arrow_keys(open_page: Callable[..., Page]) -> None:
    page = open_page("nms")
    scale = page.locator(".cnn-scene").bounding_box()["width"] / 48
    target = box(page, "E").bounding_box()
    start = (target["x"] + target["width"] / 2, target["y"] + target["height"] / 2)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] - 5 * scale, start[1] + 3 * scale, steps=4)
    page.mouse.up()
    assert rows(page, "boxes")[4, :4].tolist() == [29, 5, 41, 17]
    expect(page.get_by_role("combobox", name="Example")).to_have_value("own")
    tab_to(page, box(page, "E"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert rows(page, "boxes")[4, :4].tolist() == [35, 5, 47, 17]
    page.keyboard.press("Shift+ArrowRight")  # the scene ends at 48
    assert rows(page, "boxes")[4, :4].tolist() == [36, 5, 48, 17]
    assert box(page, "E").evaluate("e => getComputedStyle(e).touchAction") == "none"
    everything = rows(page, "boxes")
    expected = torchvision.ops.nms(everything[:, :4], everything[:, 4], 0.5)
    assert kept(page) == [NAMES[i] for i in expected]


def test_a_prediction_is_judged_and_then_all_steps_are_done(open_page: Callable[..., Page]) -> None:
    page = open_page("nms")
    page.locator(".cnn-predict input").fill("3")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".cnn-verdict")).to_have_text("✗ Not quite. 4 stay: A, C, F, E.")
    expect(page.locator(".cnn-verdict")).to_be_focused()
    expect(page.locator(".cnn-average")).to_have_text(
        re.compile(r"A\s✓, C\s✓, F\s✗, E\s✓. Average precision: \(1/1 \+ 2/2 \+ 3/4\)/3 = 0.917")
    )


def test_nothing_moves_before_play_and_reduced_motion_only_steps(open_page: Callable[..., Page]) -> None:
    page = open_page("nms", prepare=lambda page: page.clock.install())
    figure = page.locator(".cnn-widget")
    page.clock.run_for(60_000)
    expect(figure).to_have_attribute("data-at", "2")
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(2_000)
    expect(figure).to_have_attribute("data-at", "5")
    expect(page.locator(".cnn-equation")).to_have_attribute("aria-live", "off")
    still = open_page("nms", reduced_motion="reduce")
    expect(still.get_by_role("button", name="Play")).to_be_hidden()


@pytest.mark.parametrize(("width", "most"), [(720, 620), (360, 760)])
def test_the_figure_fits_one_screen(open_page: Callable[..., Page], width: int, most: int) -> None:
    page = open_page("nms", viewport={"width": width, "height": 900})
    assert page.locator(".cnn-widget").bounding_box()["height"] <= most
