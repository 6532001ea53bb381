"""The figure `channels` in a real browser, against PyTorch."""

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect
from torch import nn
from widget_page import number, run_code


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
def test_channels_counts_what_the_printed_layer_has(open_page: Callable[..., Page]) -> None:
    page = open_page("channels")
    page.get_by_role("button", name="Show me").click()
    settings = [
        # in_channels, out_channels, kernel_size, groups, bias
        (8, 16, 3, 1, True),
        (3, 10, 5, 1, True),
        (12, 24, 2, 4, False),
        (32, 32, 3, 32, True),
        (512, 512, 1, 1, False),
    ]
    for inputs, outputs, kernel_size, groups, bias in settings:
        values = {"in_channels": inputs, "out_channels": outputs, "kernel_size": kernel_size}
        values["groups"] = groups
        for label, value in values.items():
            page.get_by_role("spinbutton", name=label).fill(str(value))
            page.keyboard.press("Tab")
        page.get_by_role("checkbox", name="bias").set_checked(bias)
        layer = run_code(page)
        assert (layer.in_channels, layer.out_channels, layer.groups) == (inputs, outputs, groups)
        assert layer.kernel_size == (kernel_size, kernel_size)
        assert layer(torch.zeros(1, inputs, 6, 7)).shape == (1, outputs, 6, 7)
        expect(page.locator(".cnn-counts")).to_contain_text(f"= {tuple(layer.weight.shape)}")
        parameters, macs, ratio = (
            number(text) for text in page.locator(".cnn-counts strong").all_inner_texts()[1:]
        )
        assert parameters == sum(p.numel() for p in layer.parameters()), values
        assert macs == layer.weight.numel() * 32 * 32, values
        pair = nn.Conv2d(inputs, inputs, kernel_size, groups=inputs), nn.Conv2d(inputs, outputs, 1)
        full = nn.Conv2d(inputs, outputs, kernel_size)
        assert ratio == pytest.approx(
            sum(part.weight.numel() for part in pair) / full.weight.numel(), abs=0.0006
        ), values


def test_channels_counts_the_separable_pair(open_page: Callable[..., Page]) -> None:
    page = open_page("channels")
    page.get_by_role("button", name="Show me").click()
    page.get_by_role("button", name="Separable").click()
    pair = run_code(page)
    assert pair(torch.zeros(1, 8, 6, 6)).shape == (1, 16, 6, 6)
    total = sum(p.numel() for p in pair.parameters())
    expect(page.locator(".cnn-counts")).to_contain_text(f"Together: {total} parameters")
    assert page.locator(".cnn-bank").first.locator(".kernel").count() == 8
    assert page.locator(".cnn-bank").nth(1).locator(".kernel").count() == 8 * 16


def test_channels_says_in_one_sentence_why_groups_do_not_fit(open_page: Callable[..., Page]) -> None:
    page = open_page("channels")
    page.get_by_role("spinbutton", name="groups").fill("3")
    page.keyboard.press("Tab")
    expect(page.get_by_role("alert")).to_have_text(
        "groups=3 does not divide in_channels=8 and out_channels=16: "
        "each group takes an equal share of both, so choose a divisor."
    )
    expect(page.locator(".cnn-bank")).to_be_hidden()


def test_channels_judges_a_prediction_with_the_reason_and_asks_again(open_page: Callable[..., Page]) -> None:
    page = open_page("channels")
    box, verdict = page.locator(".cnn-predict input"), page.locator(".cnn-verdict")
    expect(page.locator(".cnn-counts")).not_to_contain_text("1,168")
    box.fill("1152")
    box.press("Enter")
    expect(verdict).to_contain_text("Not quite. That leaves out the biases.")
    box.fill("1,168")
    box.press("Enter")
    expect(verdict).to_contain_text("Right. 1,168 parameters")
    expect(page.locator(".cnn-counts")).to_contain_text("16×8×3×3 + 16 = 1,168")
    page.get_by_role("button", name="Ask me another").click()
    layer = run_code(page)
    box.fill(str(sum(p.numel() for p in layer.parameters())))
    box.press("Enter")
    expect(verdict).to_contain_text("Right.")
