"""The interactive figures: their static text against PyTorch, and their behavior in a real browser."""

import ast
import base64
import importlib
import io
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from torch import nn

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FIGURES = ("conv", "filter", "channels")
MINUS = "\N{MINUS SIGN}"
PICTURE = re.compile(r'src="data:image/png;base64,([^"]*)"')


@pytest.fixture(scope="module")
def scripts(repository: Path) -> Iterator[SimpleNamespace]:
    """The scripts in tests/widgets."""
    folder = str(repository / "tests/widgets")
    sys.path.insert(0, folder)
    names = ("make_fallback", "make_golden", "make_photo")
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in names})
    sys.path.remove(folder)


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
    for path in sorted((repository / "book").glob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            source = "".join(cell["source"])
            for block in re.findall(r'<div class="cnn-widget".*?^</div>', source, re.DOTALL | re.MULTILINE):
                attributes = dict(re.findall(r'data-([a-z-]+)="([^"]*)"', block.split(">")[0]))
                name = attributes.pop("cnn-widget")
                made = scripts.make_fallback.make(name, attributes)
                again = f"{path.name}: print the figure again with tests/widgets/make_fallback.py {name}"
                assert PICTURE.sub("", block) == PICTURE.sub("", made), again
                for ours, theirs in zip(pictures(block), pictures(made), strict=True):
                    np.testing.assert_array_equal(ours, theirs, again)
                found.append(name)
    assert found, "no chapter holds a figure"


# --- A page with the three figures ---


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, scripts: SimpleNamespace, repository: Path) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    shutil.copytree(repository / "book/_static/widgets", folder / "_static/widgets")
    return folder


def write_page(folder: Path, name: str, body: str) -> None:
    # The version in the script's address is what Sphinx adds.
    (folder / name).write_text(
        '<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Figures</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="_static/widgets/widgets.css?v=1">'
        '<script type="module" src="_static/widgets/boot.mjs?v=1"></script>'
        "<style>* { box-sizing: border-box } body { font: 16px/1.5 sans-serif; margin: 0 1rem }"
        "html[data-theme=dark] { background: #121212; color: #eee; color-scheme: dark }</style></head>"
        f"<body><main><h1>Figures</h1>{body}</main></body></html>"
    )


@pytest.fixture(scope="module")
def base(folder: Path, scripts: SimpleNamespace, serve: Callable[[Path], str]) -> str:
    """Address of a folder with a page for each figure and one for all."""
    blocks = {name: scripts.make_fallback.make(name, {}) for name in FIGURES}
    for name, block in blocks.items():
        write_page(folder, f"{name}.html", block)
    write_page(folder, "all.html", "<p>between</p>".join(blocks.values()))
    return serve(folder)


@pytest.fixture
def open_page(browser: Browser, base: str) -> Iterator[Callable[..., Page]]:
    """A function that opens a page and, at the end, says what went wrong on it."""
    contexts, problems = [], []

    def open_page(
        name: str, *, live: bool = True, prepare: Callable[[Page], None] = lambda page: None, **options
    ):
        context = browser.new_context(**{"viewport": {"width": 1000, "height": 800}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        prepare(page)
        page.goto(f"{base}/{name}.html")
        if live:
            for figure in page.locator(".cnn-widget").all():
                figure.scroll_into_view_if_needed()
                expect(figure).to_have_attribute("data-live", "true")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


def number(text: str) -> float:
    return float(text.replace(MINUS, "-").replace(",", "").replace("+", ""))


def read_grid(page: Page, caption: str) -> torch.Tensor:
    table = page.locator(".cnn-grid").filter(has=page.locator("caption", has_text=re.compile(f"^{caption}")))
    rows = table.locator("tr").evaluate_all("rows => rows.map(r => [...r.cells].map(c => c.firstChild.data))")
    return torch.tensor([[number(text) for text in row] for row in rows])


def run_code(page: Page, **names: object) -> object:
    """Run the PyTorch code of the figure and return the value of its last statement."""
    code = page.locator(".cnn-code code").inner_text()
    space = {"torch": torch, "F": F, "nn": nn} | names
    *before, last = ast.parse(code).body
    exec(compile(ast.Module(before, []), "figure", "exec"), space)
    return eval(compile(ast.Expression(last.value), "figure", "eval"), space)


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, as a reader without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the Tab key does not reach {target}")


# --- conv ---


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


# --- filter ---


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


# --- channels ---


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


# --- What holds for all ---


@pytest.mark.parametrize("width", [320, 1000])
def test_figures_stay_text_without_javascript(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("all", live=False, java_script_enabled=False, viewport={"width": width, "height": 800})
    for table in page.locator("table").all():
        box = table.bounding_box()
        assert box["x"] + box["width"] <= width
    text = page.locator("main").inner_text()
    assert "In PyTorch: F.conv2d(x, w)" in text
    assert "= 1,168" in text
    expect(page.locator("img")).to_be_visible()
    assert page.locator(".cnn-figure").count() == 0


@pytest.mark.parametrize(
    "answer", [{"status": 404}, {"body": "this is not JavaScript", "content_type": "text/javascript"}]
)
def test_a_figure_whose_module_fails_stays_text_and_the_others_work(
    browser: Browser, base: str, answer: dict
) -> None:
    page = browser.new_page()
    errors, warnings = [], []
    page.on("pageerror", lambda error: errors.append(error))
    page.on("console", lambda m: warnings.append(m.text) if m.type == "warning" else None)
    page.route("**/conv.mjs", lambda route: route.fulfill(**answer))
    page.goto(f"{base}/all.html")
    for name in ("filter", "channels"):
        page.locator(f"[data-cnn-widget={name}]").scroll_into_view_if_needed()
        expect(page.locator(f"[data-cnn-widget={name}]")).to_have_attribute("data-live", "true")
    expect(page.locator("[data-cnn-widget=conv] > table").first).to_be_visible()
    assert not errors
    assert [text for text in warnings if text.startswith('Figure "conv" stays as text')]
    page.close()


def test_a_figure_with_a_bad_attribute_stays_text(folder: Path, open_page: Callable[..., Page]) -> None:
    write_page(
        folder, "bad.html", '<div class="cnn-widget" data-cnn-widget="conv" data-stride="9">text</div>'
    )
    with_warning = []
    page = open_page(
        "bad", live=False, prepare=lambda p: p.on("console", lambda m: with_warning.append(m.text))
    )
    page.wait_for_load_state("networkidle")
    expect(page.locator(".cnn-widget")).to_have_text("text")
    assert with_warning == ['Figure "conv" stays as text: "9" is not an integer from 1 to 3']


def test_figures_far_below_load_when_they_come_near(folder: Path, open_page: Callable[..., Page]) -> None:
    block = '<div class="cnn-widget" data-cnn-widget="channels">text</div>'
    write_page(folder, "far.html", f'<div style="height: 5000px"></div>{block}')
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
    expect(page.locator(".cnn-figure")).to_have_count(3)


@pytest.mark.parametrize("width", [320, 360, 768])
def test_figures_fit_the_screen_at_their_widest(open_page: Callable[..., Page], width: int) -> None:
    page = open_page("all", viewport={"width": width, "height": 740})
    page.get_by_role("combobox", name="Input size").select_option("7")
    page.get_by_role("combobox", name="Padding").select_option("3")
    page.get_by_role("combobox", name="Kernel size").select_option("5")
    page.get_by_role("combobox", name="Size", exact=True).select_option("5")
    page.get_by_role("spinbutton", name="in_channels").fill("512")
    page.get_by_role("spinbutton", name="out_channels").fill("512")
    page.get_by_role("button", name="Separable").click()
    while (reveal := page.get_by_role("button", name="Show me")).count():
        reveal.first.click()
    wide = page.evaluate(
        """() => [...document.querySelectorAll(".cnn-figure *")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5)
            .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert not wide
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


def violations(page: Page, repository: Path, scope: str) -> list[str]:
    page.evaluate((repository / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("scope => axe.run({include: [scope]})", scope)["violations"]
    return [f"{v['id']}: {node['html'][:120]} {node['failureSummary']}" for v in found for node in v["nodes"]]


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


# --- The chapter ---


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (360, "dark"), (1280, "light")])
def test_figures_live_in_the_built_chapter(
    browser: Browser, site: Path, repository: Path, serve: Callable[[Path], str], width: int, theme: str
) -> None:
    problems = []
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    page = context.new_page()
    page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{serve(site)}/book/convolution.html")
    figures = page.locator(".cnn-widget")
    assert figures.count() >= 3
    for figure in figures.all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_attribute("data-live", "true")
    while (reveal := page.get_by_role("button", name="Show me")).count():
        reveal.first.click()
    assert page.locator("html").get_attribute("data-theme") == theme
    assert not violations(page, repository, ".cnn-widget")
    page.locator("[data-cnn-widget=conv]").first.get_by_role("slider", name="Step").press("End")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not problems
    context.close()
