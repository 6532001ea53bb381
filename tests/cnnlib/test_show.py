"""Figures are legible on light and dark pages and on a phone, exact in their numbers, and leave no state."""

import itertools
import re

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from torch.nn import functional as F

from cnnlib import show
from cnnlib.train import History

WHITE, DARK = (1.0, 1.0, 1.0), (0x12 / 255,) * 3
CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
HISTORY = History(train_loss=[2.0, 1.5, 1.25], val_loss=[1.75, 1.5, 1.5], train_accuracy=[0.25, 0.5, 0.75])
INPUT = torch.arange(25.0).view(5, 5)
EDGE = torch.tensor([[-1.0, 0, 1]] * 3)

FIGURES = {
    "images": lambda **k: show.images(torch.rand(16, 3, 8, 8), range(16), columns=5, **k),
    "kernels": lambda **k: show.kernels(torch.randn(16, 1, 3, 3), **k),
    "rgb kernels": lambda **k: show.kernels(torch.randn(16, 3, 7, 7), **k),
    "feature maps": lambda **k: show.feature_maps(torch.randn(1, 8, 6, 6), **k),
    "confusion matrix": lambda **k: show.confusion_matrix(100 * torch.eye(10).long() + 7, CLASSES, **k),
    "history": lambda **k: show.history(HISTORY, **k),
    "numbers": lambda **k: show.numbers(INPUT, show.INPUT, "input", **k),
    "convolution": lambda **k: show.convolution(INPUT, EDGE, padding=1, stride=2, at=(0, 0), **k),
}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(params=FIGURES)
def figure(request):
    return FIGURES[request.param]


def contrast(one, other) -> float:
    """WCAG 2.2's contrast ratio of two colors."""
    luminances = []
    for color in (one, other):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
        luminances.append(np.dot([0.2126, 0.7152, 0.0722], linear))
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def texts(ax) -> list:
    """Every piece of text of the figure that is visible and not empty."""
    ax.figure.canvas.draw()
    found = [t for a in ax.figure.axes for t in a.findobj(mpl.text.Text) if t.get_visible() and t.get_text()]
    shown = [t for t in found if t.axes is None or t.axes.axison or t in t.axes.texts]
    return [t for t in shown if t.get_window_extent().width > 0]


def grids(ax) -> list[str]:
    """The numbers in the cells, row by row, of a figure of ``show.convolution``."""
    return [
        t.get_text()
        for t in ax.texts
        if t.get_text() not in ("input", "kernel", "output", "=", "$\\star$", "")
    ]


def outlined(ax) -> list[tuple[int, int]]:
    """Row and column, from the top left of the figure, of the cells with a thick outline."""
    thick = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_facecolor()[3] == 0]
    return [(p.get_y() // 1, p.get_x() // 1) for p in thick]


def test_a_figure_leaves_no_state_and_is_not_shown(figure, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda *a, **k: pytest.fail("plt.show was called"))
    before = dict(mpl.rcParams)
    figure()
    assert dict(mpl.rcParams) == before


def test_a_figure_is_drawn_where_it_is_told_to(figure):
    ours, (ax, other) = plt.subplots(1, 2)
    assert figure(ax=ax) is ax
    assert plt.get_fignums() == [ours.number]
    assert not other.has_data()


def test_a_figure_is_transparent_and_at_most_6_inches_wide(figure):
    ax = figure()
    assert ax.figure.get_size_inches()[0] <= 6
    assert ax.figure.patch.get_alpha() == 0
    assert ax.patch.get_alpha() == 0


def test_text_contrasts_with_a_white_and_with_a_dark_page(figure):
    for text in texts(figure()):
        if to_rgb(text.get_color()) in (to_rgb("#1a1a1a"), WHITE):
            continue  # inside of a cell: see the next tests
        # 4.3:1 is the best that one color can do on both pages, as white on #121212 is 18.7:1
        assert contrast(text.get_color(), WHITE) > 4.2, text
        assert contrast(text.get_color(), DARK) > 4.2, text


def test_numbers_in_cells_contrast_with_their_cell():
    ax = show.confusion_matrix(torch.arange(100).view(10, 10), CLASSES)
    (image,) = ax.images
    for text in ax.texts:
        x, y = text.get_position()
        assert contrast(text.get_color(), image.to_rgba(image.get_array()[y, x])[:3]) >= 4.5
    ax = show.convolution(INPUT, EDGE, padding=1)
    cells = {p.get_xy(): p.get_facecolor()[:3] for p in ax.patches}
    for text in ax.texts:
        x, y = text.get_position()
        if (x - 0.5, y - 0.5) in cells:
            assert contrast(text.get_color(), cells[x - 0.5, y - 0.5]) >= 4.5


def test_curves_contrast_with_both_pages_and_differ_in_more_than_hue():
    lines = show.history(HISTORY).get_lines()
    for line in lines:
        assert contrast(line.get_color(), WHITE) >= 3  # WCAG 2.2, 1.4.11 non-text contrast
        assert contrast(line.get_color(), DARK) >= 3
    assert len({line.get_linestyle() for line in lines}) == len({line.get_marker() for line in lines}) == 2


def test_text_is_legible_on_a_phone(figure):
    ax = figure()
    ax.figure.canvas.draw()
    shrink = min(1, 330 / (ax.figure.get_size_inches()[0] * 96))  # 360 pixels less the page's margins
    assert all(text.get_fontsize() * 96 / 72 * shrink >= 7.5 for text in texts(ax))


def test_the_scale_of_signs_is_centered_on_zero_and_reads_in_greyscale():
    image = show.kernels(torch.tensor([[[[-0.5, 2.0]]]])).images[0]
    assert image.get_clim() == (-2, 2)
    grey = [np.dot([0.2126, 0.7152, 0.0722], image.cmap(v)[:3]) for v in np.linspace(0, 1, 33)]
    assert all(a < b for a, b in itertools.pairwise(grey))
    zero = image.cmap(0.5)[:3]
    assert max(zero) - min(zero) < 0.02


def test_rgb_kernels_show_zero_as_middle_grey():
    weight = torch.zeros(1, 3, 1, 2)
    weight[0, :, 0, 1] = torch.tensor([2.0, -2.0, 0.0])
    picture = show.kernels(weight).images[0].get_array()
    assert np.allclose(picture, [[[0.5, 0.5, 0.5], [1, 0, 0.5]]])


def test_kernels_with_several_channels_put_one_filter_in_a_row():
    ax = show.kernels(torch.arange(8.0).view(2, 4, 1, 1))
    lefts = [image.get_extent()[0] for image in ax.images]
    tops = [image.get_extent()[3] for image in ax.images]
    assert lefts[:4] == lefts[4:]
    assert len(set(tops[:4])) == len(set(tops[4:])) == 1
    assert tops[0] < tops[4]
    assert [float(image.get_array()[0, 0]) for image in ax.images] == list(range(8))


@pytest.mark.parametrize(("low", "clim"), [(0.0, (0, 3)), (-1.0, (-3, 3))])
def test_feature_maps_are_on_a_signed_scale_only_if_a_value_is_negative(low, clim):
    ax = show.feature_maps(torch.tensor([[[low, 3.0]], [[1.0, 2.0]]]), titles=["a", "b"])
    assert {image.get_clim() for image in ax.images} == {clim}
    assert [t.get_text() for t in ax.texts] == ["a", "b"]
    bar = ax.figure.axes[1]
    assert [t.get_text() for t in bar.get_yticklabels()][-1] == "3"


@pytest.mark.parametrize("channels", [1, 3])
def test_images_show_bytes_fractions_and_standardized_values_alike(channels):
    stored = torch.randint(0, 256, (2, 5, 4, channels), dtype=torch.uint8)
    x = stored.permute(0, 3, 1, 2) / 255
    mean, std = torch.full((channels,), 0.4), torch.full((channels,), 0.2)
    standardized = (x - 0.4) / 0.2
    pictures = [
        show.images(stored),
        show.images(stored.permute(0, 3, 1, 2)),
        show.images(x),
        show.images(standardized, mean=mean, std=std),
    ]
    expected = stored.expand(2, 5, 4, 3).numpy() / 255
    for ax in pictures:
        assert np.allclose([image.get_array() for image in ax.images], expected, atol=1e-5)


def test_images_are_labelled_with_their_classes_in_reading_order():
    ax = show.images(torch.rand(3, 1, 4, 4), torch.tensor([2, 0, 1]), classes=["a", "b", "c"], columns=2)
    assert [t.get_text() for t in ax.texts] == ["c", "a", "b"]
    assert ax.images[2].get_extent()[3] > ax.images[0].get_extent()[3]


def test_the_confusion_matrix_has_true_classes_in_rows_and_prints_counts():
    ax = show.confusion_matrix(torch.tensor([[5, 1], [0, 1200]]), ["cat", "dog"])
    assert ax.get_ylabel() == "true class"
    assert ax.get_xlabel() == "predicted class"
    assert {t.get_position(): t.get_text() for t in ax.texts} == {
        (0, 0): "5",
        (1, 0): "1",
        (0, 1): "0",
        (1, 1): "1200",
    }
    assert np.allclose(ax.images[0].get_array(), [[5 / 6, 1 / 6], [0, 1]])


def test_a_class_without_images_is_drawn():
    assert np.allclose(
        show.confusion_matrix(torch.tensor([[0, 0], [0, 3]]), ["a", "b"]).images[0].get_array()[0], 0
    )


def test_history_draws_the_epochs_from_1_and_takes_mappings():
    for history in (HISTORY, vars(HISTORY)):
        train, validation = show.history(history).get_lines()
        assert list(train.get_xdata()) == [1, 2, 3]
        assert list(train.get_ydata()) == [2.0, 1.5, 1.25]
        assert list(validation.get_ydata()) == [1.75, 1.5, 1.5]
    (only,) = show.history(HISTORY, metric="accuracy").get_lines()
    assert list(only.get_ydata()) == [0.25, 0.5, 0.75]


@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "at"),
    [(1, 0, 1, (1, 2)), (2, 1, 1, (0, 0)), ((2, 1), (1, 0), (1, 2), (2, 0))],
)
def test_a_convolution_prints_torchs_numbers_and_outlines_the_taps(stride, padding, dilation, at):
    ax = show.convolution(INPUT, EDGE, stride=stride, padding=padding, dilation=dilation, at=at)
    p, s, d = ((v, v) if isinstance(v, int) else v for v in (padding, stride, dilation))
    padded = F.pad(INPUT, (p[1], p[1], p[0], p[0]))
    output = F.conv2d(INPUT[None, None], EDGE[None, None], None, stride, padding, dilation)[0, 0]
    numbers = [
        str(int(v)).replace("-", "\N{MINUS SIGN}") for g in (padded, EDGE, output) for v in g.flatten()
    ]
    assert grids(ax) == numbers
    *taps, picked = outlined(ax)
    top = min(t[0] for t in taps)
    expected = [(i * d[0], at[1] * s[1] + j * d[1]) for i in range(3) for j in range(3)]
    assert [(row - top, column) for row, column in taps] == expected
    cells = padded[at[0] * s[0] :, at[1] * s[1] :][:: d[0], :: d[1]][:3, :3]
    assert (cells * EDGE).sum() == output[at]
    assert picked[1] == padded.shape[1] + 1 + 3 + 1 + at[1]


def test_padding_cells_differ_in_lightness_and_line():
    cells = [p for p in show.convolution(INPUT, EDGE, padding=1).patches][:49]
    looks = {(p.get_linestyle(), to_rgb(p.get_facecolor())[0]) for p in cells}
    assert len(looks) == 2
    (_, light), (_, dark) = sorted(looks, key=lambda look: -look[1])
    assert light - dark > 0.2
    assert sum(p.get_linestyle() == "--" for p in cells) == 49 - 25


def test_a_given_output_is_printed_and_nan_is_an_empty_cell():
    ax = show.convolution([[1, 2, 3]], [[2]], output=[[2, 4.5, float("nan")]])
    assert grids(ax) == ["1", "2", "3", "2", "2", "4.5"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: show.images(torch.rand(3, 8, 8)),
            "x must have shape (N, 1, H, W) or (N, 3, H, W), got (3, 8, 8)",
        ),
        (
            lambda: show.images(torch.randn(4, 3, 8, 8) * 3),
            "if the images were standardized, pass mean and std",
        ),
        (lambda: show.images(torch.rand(2, 3, 8, 8), mean=[0, 0, 0]), "both mean and std"),
        (lambda: show.images(torch.rand(2, 3, 8, 8), [1]), "each of the 2 images, got 1"),
        (lambda: show.images(torch.rand(1, 3, 8, 8), [3], classes=["a"]), "label 3 has no class"),
        (lambda: show.images(torch.rand(1, 3, 8, 8), columns=0), "columns must be at least 1"),
        (lambda: show.images(torch.rand(1025, 1, 1, 1)), "take at most 1,024"),
        (lambda: show.kernels(torch.rand(3, 3)), "weight must have shape"),
        (lambda: show.kernels(torch.full((1, 1, 2, 2), torch.nan)), "must be finite"),
        (lambda: show.feature_maps(torch.rand(2, 4, 8, 8)), "take one image of a batch"),
        (lambda: show.feature_maps(torch.rand(4, 8, 8), titles=["a"]), "each of the 4 channels, got 1"),
        (lambda: show.confusion_matrix(torch.ones(2, 3), ["a", "b"]), "counts must have shape (K, K)"),
        (lambda: show.confusion_matrix(torch.ones(2, 2), ["a"]), "classes must have 2 names"),
        (lambda: show.history(History()), "no values of 'loss'"),
        (lambda: show.history(HISTORY, metric="f1"), "it has accuracy, loss"),
        (lambda: show.convolution(torch.rand(2, 5, 5), EDGE), "input must have shape (H, W), got (2, 5, 5)"),
        (lambda: show.convolution(INPUT[:2], EDGE), "kernel is larger than the padded input"),
        (lambda: show.convolution(INPUT, EDGE, at=(3, 0)), "at must be a (row, column) of the output"),
        (lambda: show.convolution(INPUT, EDGE, output=INPUT), "output must have shape (3, 3)"),
    ],
)
def test_bad_input_gets_one_clear_sentence(call, words):
    with pytest.raises(ValueError, match=re.escape(words)) as raised:
        call()
    assert "\n" not in str(raised.value)


def test_a_matrix_shows_its_numbers_darker_further_from_zero():
    ax = show.numbers(torch.tensor([[0.0, -4.0], [2.0, 0.125]]), show.WEIGHTS, "kernel")
    assert [text.get_text() for text in ax.texts] == ["0", "\N{MINUS SIGN}4", "2", "0.12"]
    brightness = ax.images[0].get_array().sum(axis=2)
    assert brightness[0, 0] > brightness[1, 1] > brightness[1, 0] > brightness[0, 1]
    assert [t.get_text() for t in show.numbers(torch.zeros(1, 2), show.OUTPUT, form="?").texts] == ["?", "?"]


def test_numbers_of_more_than_a_matrix_are_refused():
    with pytest.raises(ValueError, match=r"must be a matrix, shape \(H, W\), got shape \(1, 2, 2\)"):
        show.numbers(torch.zeros(1, 2, 2), show.INPUT)
