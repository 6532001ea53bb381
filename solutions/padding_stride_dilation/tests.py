"""The tests of the exercise on padding, stride, dilation and the receptive field."""

# canary-d41f7a93
import inspect
import warnings

import numpy as np
import torch
import torch.nn.functional as F

from autograder.visible import ByHand, Conditions, Values
from cnnlib import check
from cnnlib.check import measures

SIZES = (
    "conv2d",
    "unfold",
    "max_pool2d",
    "avg_pool2d",
    "cnnlib.conv_output_size",
    "cnnlib.arithmetic.conv_output_size",
)
TRANSPOSED = (
    "conv2d",
    "cnnlib.conv_output_size",
    "cnnlib.conv_transpose_output_size",
    "cnnlib.arithmetic.conv_output_size",
    "cnnlib.arithmetic.conv_transpose_output_size",
)
SAME = ("conv2d", "torch.nn.Conv1d", "torch.nn.Conv2d", "torch.nn.Conv3d")  # a layer holds the amounts
PADDING = ("pad", "numpy.pad")
FIELDS = (
    "conv2d",
    "cnnlib.receptive_field",
    "cnnlib.summary",
)

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "padding_stride_dilation#The size formula, by counting positions",
    "p1-same-padding": "padding_stride_dilation#Valid, same, full",
    "p2": "padding_stride_dilation#Padding: inventing the border",
    "p2-pixel-uses": "padding_stride_dilation#What the border loses",
    "p3": "receptive_field#Three numbers for each layer",
    "p4": "receptive_field#How the field grows",
    "p5": "padding_stride_dilation#Back up: the transposed convolution",
}

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {
    "p1-output-size-visible": SIZES,
    "p1-output-size-hidden": SIZES,
    "p1-same-padding-visible": SAME,
    "p1-same-padding-hidden": SAME,
    "p2-source-indices-visible": PADDING,
    "p2-source-indices-hidden": PADDING,
    "p2-pad2d-visible": PADDING,
    "p2-zeros-replicate-hidden": PADDING,
    "p2-reflect-circular-hidden": PADDING,
    "p3-receptive-fields-visible": FIELDS,
    "p3-size-jump-hidden": FIELDS,
    "p3-dilation-hidden": FIELDS,
    "p3-start-hidden": FIELDS,
    "p5-transposed-size-visible": TRANSPOSED,
    "p5-transposed-size-hidden": TRANSPOSED,
    "p5-output-padding-visible": TRANSPOSED,
    "p5-output-padding-hidden": TRANSPOSED,
}


def draw(generator, low, high):
    return int(torch.randint(low, high + 1, (), generator=generator))


def one_or_two(generator, low, high):
    """Draw an int, or a pair of them."""
    pair = draw(generator, low, high), draw(generator, low, high)
    return pair if draw(generator, 0, 1) else pair[0]


def pair(value):
    return (value, value) if isinstance(value, int) else value


def pairs(*values):
    return zip(*map(pair, values), strict=True)


def first(examples, cases):
    """Let examples of the text be the first cases."""
    return lambda generator, trial: (
        examples[trial] if trial < len(examples) else cases(generator, trial - len(examples))
    )


def using(function, **changed):
    """Return the function with these arguments instead of those given."""
    signature = inspect.signature(function)
    return lambda *args, **kwargs: function(**signature.bind(*args, **kwargs).arguments | changed)


def then(function, change):
    """Return the function with a changed result."""
    return lambda *args, **kwargs: change(*function(*args, **kwargs))


def demand(faults):
    """Raise what is wrong, if anything is."""
    if faults:
        raise check.WrongAnswer(check.Report(False, "\n".join(faults)))


# --- Part 1: five sizes by hand

STRIDE = "That is stride 1; with stride 2 only every second position counts."
ONCE = "Does the padding stand on both sides? And is the first position counted?"
SUBTRACTED = "A stride of 2 divides the number of positions by about 2; it does not subtract 2."
ROUNDED_UP = "That is rounded up; a position whose window does not fit any more is dropped."
DILATION = "That is without dilation; a dilated window spans more pixels than it reads."
SPAN = "How many pixels lie between the first and the last that a dilated window reads, both included?"
ONE_SHORT = "That gives fewer than 55 rows."
TOO_MANY = "That gives more than 55 rows."
NOT_SMALLEST = "That is not the smallest padding: the floor makes different paddings give the same size."
POSITIONS = "Review: how many positions has the window on the padded rows, and which of them count?"

by_hand = ByHand(
    right={"a": 17, "b": 112, "c": 24, "d": (8, 12), "e": 2},
    review={
        "a": POSITIONS,
        "b": POSITIONS,
        "c": "Review: how many pixels does the dilated window span?",
        "d": "Review: do it once for the height and once for the width.",
        "e": "Review: try paddings from 0 on. How many rows does each give?",
    },
    mistakes={
        "a": {33: STRIDE, 16: ONCE, 31: SUBTRACTED},
        "b": {
            224: STRIDE,
            111: ONCE,
            113: ROUNDED_UP,
            109: "That is without padding.",
            222: SUBTRACTED,
        },
        "c": {30: DILATION, 20: SPAN, 21: SPAN, 25: SPAN},
        "d": {
            (12, 8): "The numbers are right, the order is not: height comes first.",
            (7, 10): "A pair is (vertical, horizontal): its first number belongs to the height.",
            (8, 16): DILATION,
            (15, 12): STRIDE,
            (9, 12): ("The height counts every second row of the padded image; count every second position."),
        },
        "e": {0: ONE_SHORT, 1: ONE_SHORT, 3: NOT_SMALLEST, 4: TOO_MANY, 5: TOO_MANY},
    },
)


# --- Part 1: output sizes in general


def conv_size(size, kernel_size, stride=1, padding=0, dilation=1):
    with torch.device("meta"):  # shapes are enough
        image, kernel = torch.zeros(1, 1, *size), torch.zeros(1, 1, *pair(kernel_size))
        return tuple(F.conv2d(image, kernel, None, stride, padding, dilation).shape[2:])


def fitting(generator, kernel_size, padding, dilation, more):
    """Draw height and width of an image on which, with its padding, the window just fits, or a larger one."""
    least = [d * (k - 1) + 1 - 2 * p for k, p, d in pairs(kernel_size, padding, dilation)]
    return tuple(max(1, side) + draw(generator, 0, more) for side in least)


def size_cases(generator, trial):
    """Set one option after the other, then all of them, and last a large image."""
    if trial < 12:
        option = ("kernel_size", "stride", "padding", "dilation")[trial % 4]
        value = draw(generator, 2, 3) if trial < 8 else (draw(generator, 1, 3), draw(generator, 2, 4))
        size = (draw(generator, 7, 12), draw(generator, 9, 14))
        return ((size, value), {}) if option == "kernel_size" else ((size, 3), {option: value})
    if trial == 20:
        return ((100_001, 7), 3, 2), {}
    kernel_size, padding, dilation = (one_or_two(generator, low, 3) for low in (2, 0, 1))
    size = fitting(generator, kernel_size, padding, dilation, more=4 * (trial % 2))
    return (size, kernel_size, one_or_two(generator, 1, 3), padding, dilation), {}


def with_size(change):
    """The size for another image, made from each side and its stride, padding and dilation."""

    def wrong(size, kernel_size, stride=1, padding=0, dilation=1):
        other = [change(*values) for values in pairs(size, stride, padding, dilation)]
        return conv_size(other, kernel_size, stride, padding, dilation)

    return wrong


def reversed_pairs(function):
    """The function with all pairs but the size read as (horizontal, vertical)."""
    return lambda size, *args, **options: function(
        size, *(pair(value)[::-1] for value in args), **{key: pair(v)[::-1] for key, v in options.items()}
    )


REFUSED = ("ValueError", "but there the window does not fit on the image: raise a ValueError.")
TOO_LARGE = [
    ((10, 2), 3, 1, 0, 1),
    ((3, 9), 5, 4, 0, 1),
    ((2, 9), (5, 3), 1, 1, 1),
    ((9, 6), 3, 2, 0, (1, 3)),
]

output_size = [
    Values(
        conv_size,
        first([(((10, 7), 3), {"stride": 2, "padding": (1, 0)})], size_cases),
        {
            "the stride is ignored": using(conv_size, stride=1),
            "the padding is ignored": using(conv_size, padding=0),
            "the padding is added on one side only": with_size(lambda n, s, p, d: n - p),
            "the dilation is ignored": using(conv_size, dilation=1),
            "the span of the dilated window is taken to be D times K": with_size(
                lambda n, s, p, d: n - (d - 1)
            ),
            "the size is rounded up, or 1 is added where nothing is left over": with_size(
                lambda n, s, p, d: n + s - 1
            ),
            "the last 1, for the first position, is missing": then(conv_size, lambda h, w: (h - 1, w - 1)),
            "height and width are exchanged in the result": then(conv_size, lambda h, w: (w, h)),
            "pairs are read as (horizontal, vertical)": reversed_pairs(conv_size),
        },
        trials=22,
    ),
    Conditions("refuses", [((case, *REFUSED), {}) for case in TOO_LARGE]),
]


def hidden_p1_output_size(output_size):
    """Sizes with all options at once; where a window does not fit, an error."""
    fit, too_large = [], []
    for trial in range(24):
        generator = torch.Generator().manual_seed(20 + trial)
        refused = trial % 3 == 0  # by one row or one column
        ranges = ((4, 6), (1, 4), (0, 1), (1, 3)) if refused else ((1, 5), (1, 4), (0, 3), (1, 3))
        kernel_size, stride, padding, dilation = (one_or_two(generator, *limits) for limits in ranges)
        height, width = fitting(generator, kernel_size, padding, dilation, more=(0, 1, 30)[trial % 3])
        size = (height - refused * (trial % 2), width - refused * (1 - trial % 2))
        case = (size, kernel_size, stride, padding, dilation)
        if refused:
            too_large.append(case)
        else:
            fit.append((case, {}))
    forbidden = FORBIDDEN["p1-output-size-hidden"]
    check.function(output_size, conv_size, fit, forbid=forbidden).require()
    with check.forbid(*forbidden):
        demand([fault for case in too_large for fault in measures.refuses(output_size, case, *REFUSED)][:3])


# --- Part 1: padding="same"


def same_amounts(kernel_size, dilation=1, side=50):
    """What PyTorch adds, found by the place where one pixel comes out."""
    places = []
    for corner in (0, -1):  # a kernel that reads one corner of the window only moves the picture
        image, weight = torch.zeros(1, 1, side, side), torch.zeros(1, 1, *pair(kernel_size))
        image[..., corner, corner] = weight[..., corner, corner] = 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch copies the image where it needs an extra row
            moved = F.conv2d(image, weight, padding="same", dilation=dilation)
        places.append(moved[0, 0].nonzero()[0].tolist())
    (top, left), (last_row, last_column) = places
    return (left, side - 1 - last_column, top, side - 1 - last_row)


def same_cases(generator, trial):
    kernel_size = draw(generator, 1, 6) if trial % 3 else (draw(generator, 1, 6), draw(generator, 1, 6))
    if trial % 2:
        return (kernel_size,), {}
    dilation = draw(generator, 2, 3) if trial % 4 else (draw(generator, 1, 3), draw(generator, 1, 3))
    return (kernel_size,), {"dilation": dilation}


same_padding = Values(
    lambda kernel_size, dilation=1: same_amounts(kernel_size, dilation),
    first([(((3, 4),), {})], same_cases),
    {
        "the pixel left over is put first": then(
            same_amounts, lambda left, right, top, bottom: (right, left, bottom, top)
        ),
        "top and bottom come before left and right": then(
            same_amounts, lambda left, right, top, bottom: (top, bottom, left, right)
        ),
        "the dilation is ignored": using(same_amounts, dilation=1),
        "both sides get the larger half, so that an even kernel enlarges the image": then(
            same_amounts, lambda left, right, top, bottom: (right, right, bottom, bottom)
        ),
        "both sides get the smaller half, so that an even kernel shrinks the image": then(
            same_amounts, lambda left, right, top, bottom: (left, left, top, top)
        ),
    },
    trials=13,
)


def hidden_p1_same_padding(same_padding):
    """Compare the amounts for other kernels and dilations, larger ones, too."""

    def cases(generator, trial):
        most = 5 if trial % 2 else 12
        return (one_or_two(generator, 1, most), one_or_two(generator, 1, 4)), {}

    def like(kernel_size, dilation):
        return same_amounts(kernel_size, dilation, side=120)

    forbidden = FORBIDDEN["p1-same-padding-hidden"]
    check.function(same_padding, like, cases, trials=14, forbid=forbidden, seed=40).require()


# --- Part 2: one row

MODES = ("zeros", "reflect", "replicate", "circular")


def row_by_torch(size, before, after, mode):
    row = torch.arange(1.0, size + 1).reshape(1, 1, size)
    padded = F.pad(row, (before, after), mode="constant" if mode == "zeros" else mode)
    return [int(pixel) - 1 if pixel else None for pixel in padded.flatten().tolist()]


def row_cases(generator, trial):
    size = 1 + (trial + 2) % 7
    before, after = torch.randint(0, size, (2,), generator=generator).tolist()
    return (size, before, after, MODES[trial % 4]), {}


def instead(**modes):
    return lambda size, before, after, mode: row_by_torch(size, before, after, modes.get(mode, mode))


def border_repeated(size, before, after, mode):
    if mode != "reflect":
        return row_by_torch(size, before, after, mode)
    return np.pad(np.arange(size), (before, after), mode="symmetric").tolist()


def own_end_copied(size, before, after, mode):
    if mode != "circular":
        return row_by_torch(size, before, after, mode)
    row = list(range(size))
    return row[:before] + row + row[size - after :]


source_indices = Values(
    row_by_torch,
    first([((4, 2, 1, mode), {}) for mode in MODES], row_cases),
    {
        "reflect repeats the border pixel": border_repeated,
        "circular puts the row's beginning before it and its end after it": own_end_copied,
        "before and after are exchanged": lambda size, before, after, mode: row_by_torch(
            size, after, before, mode
        ),
        "replicate and reflect are exchanged": instead(replicate="reflect", reflect="replicate"),
        "the mode is ignored: all borders are zeros": instead(**dict.fromkeys(MODES, "zeros")),
        "zeros gives the indices of border pixels, not None": instead(zeros="replicate"),
    },
    trials=24,
)


def hidden_p2_source_indices(source_indices):
    """Compare longer rows in each mode, padding on one side only, and padding as long as it may be."""

    def cases(generator, trial):
        size = draw(generator, 1, 20)
        before, after = (draw(generator, 0, size - 1) for _ in range(2))
        before = (before, 0, before, size - 1)[trial // 4]
        after = 0 if trial // 4 == 2 else after
        return (size, before, after, MODES[trial % 4]), {}

    forbidden = FORBIDDEN["p2-source-indices-hidden"]
    check.function(source_indices, row_by_torch, cases, trials=16, forbid=forbidden, seed=50).require()


# --- Part 2: images

DTYPES = (torch.float32, torch.float64, torch.int64)


def pad_by_torch(x, amounts, mode="zeros"):
    padded = F.pad(x.double(), amounts, mode="constant" if mode == "zeros" else mode)
    return padded.to(x.dtype)  # PyTorch pads whole numbers by zeros only


def pad_cases(generator, trial):
    """Small images in each mode; with amounts of zero, in other types, and without a mode."""
    shape = (1 + trial // 15, 1 + trial // 10, 3, 4) if trial < 20 else (1, 1, 2, 3)
    x = torch.randint(1, 10, shape, generator=generator)
    amounts = tuple(torch.randint(0, 3, (4,), generator=generator).tolist())
    if trial < 4:
        amounts = (2, 1, 1, 2)
    elif trial > 19:
        amounts = (0, 0, 0, 0)
    dtype = DTYPES[trial % 3] if trial > 3 else torch.float32
    return (x.to(dtype), amounts, *([MODES[trial % 4]] if trial < 24 else [])), {}


def in_order(*order):
    return lambda x, amounts, mode="zeros": pad_by_torch(x, tuple(amounts[i] for i in order), mode)


def border_repeated_2d(x, amounts, mode="zeros"):
    if mode != "reflect":
        return pad_by_torch(x, amounts, mode)
    left, right, top, bottom = amounts
    return torch.from_numpy(np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), mode="symmetric"))


def corners_zero(x, amounts, mode="zeros"):
    left, right, top, bottom = amounts
    rows = F.pad(pad_by_torch(x, (0, 0, top, bottom), mode), (left, right))
    columns = F.pad(pad_by_torch(x, (left, right, 0, 0), mode), (0, 0, top, bottom))
    return rows + columns - F.pad(x, amounts)


EXAMPLE = (torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), (1, 0, 0, 1), "reflect"), {}

pad2d = Values(
    pad_by_torch,
    first([EXAMPLE], pad_cases),
    {
        "the amounts are read as (top, bottom, left, right)": in_order(2, 3, 0, 1),
        "the amounts are read as (left, top, right, bottom)": in_order(0, 2, 1, 3),
        "before and after are exchanged": in_order(1, 0, 3, 2),
        "the corners are left empty": corners_zero,
        "reflect repeats the border pixel": border_repeated_2d,
        "the mode is ignored: all borders are zeros": using(pad_by_torch, mode="zeros"),
    },
    trials=26,
    fresh=True,
)


def like_pad2d(pad2d, cell, seed, options):
    """Compare random values, shapes, types and amounts."""

    def cases(generator, trial):
        N, C, H, W = (draw(generator, 1, 4) for _ in range(4))
        amounts = tuple(draw(generator, 0, side - 1) for side in (W, W, H, H))
        x = torch.randn(N, C, H, W, generator=generator).to(DTYPES[trial // 4 % 2])
        if trial == 12:
            x, amounts = (9 * x).long(), (0, 0, 0, 0)
        return (x, amounts), options[trial % len(options)]

    forbidden = FORBIDDEN[cell]
    check.function(pad2d, pad_by_torch, cases, trials=14, forbid=forbidden, seed=seed, fresh=True).require()


def hidden_p2_zeros_replicate(pad2d):
    """Compare zeros and replicate."""
    options = ({}, {"mode": "zeros"}, {"mode": "replicate"})
    like_pad2d(pad2d, "p2-zeros-replicate-hidden", 60, options)


def hidden_p2_reflect_circular(pad2d):
    """Compare reflect and circular."""
    like_pad2d(pad2d, "p2-reflect-circular-hidden", 90, ({"mode": "reflect"}, {"mode": "circular"}))


# --- Part 2: how often windows read a pixel


def counted(numbers, kernel_size, stride=1, pixels=None):
    """How the sum of all outputs changes with each pixel, if all weights are 1."""
    values = torch.zeros(1 + (pixels or int(numbers.max())), requires_grad=True)
    weight = torch.ones(1, 1, kernel_size, kernel_size)
    F.conv2d(values[numbers][None, None], weight, None, stride).sum().backward()
    return values.grad.round().long()[1:]


def uses_cases(generator, trial):
    height, width = torch.randint(3, 5, (2,), generator=generator).tolist()
    kernel_size = (2, 2, 3)[trial % 3] if trial < 10 else (1, min(height, width))[trial % 2]
    numbers = torch.arange(1, height * width + 1).reshape(1, 1, height, width)
    mode = ("constant", "replicate", "circular", "reflect")[trial % 4]
    amounts = (trial % 2, 1, 1, trial // 2 % 2) if 3 < trial < 10 else (0, 0, 0, 0)
    return (F.pad(numbers.float(), amounts, mode)[0, 0].long(), kernel_size), {}


def once_a_window(numbers, kernel_size):
    windows = numbers.unfold(0, kernel_size, 1).unfold(1, kernel_size, 1).flatten(0, 1).flatten(1)
    return torch.stack([(windows == n).any(1).sum() for n in range(1, int(numbers.max()) + 1)])


pixel_uses = Values(
    lambda numbers, kernel_size: counted(numbers, kernel_size),
    first([((torch.tensor([[0, 1, 2, 2], [0, 3, 4, 4]]), 2), {})], uses_cases),
    {
        "the last row and the last column of windows are missing": lambda numbers, kernel_size: counted(
            numbers[:-1, :-1], kernel_size, pixels=int(numbers.max())
        ),
        "the windows do not overlap; with stride 1 they move by one pixel": lambda numbers, kernel_size: (
            counted(numbers, kernel_size, stride=kernel_size)
        ),
        "a pixel that a window reads twice is counted once": once_a_window,
        "the zeros of the border are counted, too": lambda numbers, kernel_size: counted(
            numbers + 1, kernel_size
        ),
    },
    trials=13,
)


def hidden_p2_pixel_uses(pixel_uses):
    """Compare other images, windows and paddings."""

    def cases(generator, trial):
        height, width, kernel_size, padding = (draw(generator, 1, 4) for _ in range(4))
        numbers = torch.arange(1.0, (height + 4) * (width + 4) + 1).reshape(1, 1, height + 4, width + 4)
        mode = ("constant", "reflect", "replicate", "circular")[trial % 4]
        return (F.pad(numbers, (padding,) * 4, mode)[0, 0].long(), kernel_size), {}

    check.function(pixel_uses, lambda *arguments: counted(*arguments), cases, seed=80).require()


# --- Part 3: receptive fields


def measured(layers, length=600):
    """Measure by gradients what two units in the middle of each layer depend on, if all weights are 1."""
    if not layers:
        return []
    x = torch.zeros(2 * len(layers), 1, length, dtype=torch.float64, requires_grad=True)
    y, units, total = x, [], 0
    for number, (kernel_size, stride, padding, dilation) in enumerate(layers):
        kernel = torch.ones(1, 1, kernel_size, dtype=torch.float64)
        y = F.conv1d(y, kernel, None, stride, padding, dilation)
        units.append(y.shape[2] // 2)
        # Each unit of each layer in an image of its own, so that one gradient tells all fields.
        total = total + y[2 * number, 0, units[-1]] + y[2 * number + 1, 0, units[-1] + 1]
    seen = [gradient.nonzero().flatten().tolist() for gradient in torch.autograd.grad(total, x)[0][:, 0]]
    rows = []
    for unit, field, following in zip(units, seen[::2], seen[1::2], strict=True):
        jump = following[0] - field[0]
        rows.append((field[-1] - field[0] + 1, jump, field[0] - unit * jump))
    return rows


def field_cases(generator, trial):
    """Set an option at a time, in two layers or three; then all of them; then short networks."""

    def layer():
        stride = draw(generator, 2, 3) if trial % 4 == 1 else 1
        padding = draw(generator, 1, 2) if trial % 4 == 2 else 0
        return draw(generator, 1, 4), stride, padding, draw(generator, 2, 3) if trial % 4 == 3 else 1

    if trial < 12:
        return ([layer() for _ in range(2 + trial // 8)],), {}
    depth = 3 if trial < 16 else 17 - trial
    ranges = (1, 4), (1, 3), (0, 2), (1, 3)
    return ([tuple(draw(generator, *limits) for limits in ranges) for _ in range(depth)],), {}


def with_layers(change):
    return lambda layers: measured([change(*layer) for layer in layers])


def own_stride_counted(layers):
    parts = [part for k, s, p, d in layers for part in ((1, s, 0, 1), (k, 1, p, d))]
    return measured(parts)[1::2]


def padding_in_pixels(layers):
    paddings = [padding for _, _, padding, _ in layers]
    return [(r, j, -sum(paddings[: i + 1])) for i, (r, j, _) in enumerate(measured(layers))]


receptive_fields = Values(
    lambda layers: measured(layers),
    first([(([(3, 2, 1, 1), (3, 1, 1, 2)],), {})], field_cases),
    {
        "the dilation is ignored": with_layers(lambda k, s, p, d: (k, s, p, 1)),
        "the stride is ignored": with_layers(lambda k, s, p, d: (k, 1, p, d)),
        "the padding is ignored": with_layers(lambda k, s, p, d: (k, s, 0, d)),
        "a kernel of K units is taken to add K fields, but one of them is there already": with_layers(
            lambda k, s, p, d: (k + 1, s, p, d)
        ),
        "a layer's own stride spreads its window, but it spreads only those after it": own_stride_counted,
        "the padding of a layer is counted in pixels; its positions are as far apart as its input's units": (
            padding_in_pixels
        ),
        "the start has the wrong sign": lambda layers: [(r, j, -b) for r, j, b in measured(layers)],
        "the third number is the center of the field, not its start": lambda layers: [
            (r, j, b + (r - 1) / 2) for r, j, b in measured(layers)
        ],
        "only the last layer's triple is returned": lambda layers: measured(layers)[-1],
    },
    trials=19,
)

CONV3, POOL2, POOL3 = (3, 1, 1, 1), (2, 2, 0, 1), (3, 2, 0, 1)
NETWORKS = {  # size and jump: Araujo, Norris and Sim, "Computing Receptive Fields …", Distill 2019
    (195, 32): [(11, 4, 2, 1), POOL3, (5, 1, 2, 1), POOL3, *[CONV3] * 3, POOL3],
    (212, 32): [layer for convs in (2, 2, 3, 3, 3) for layer in (*[CONV3] * convs, POOL2)],
}


def taking(function, numbers, words):
    """The function with these numbers of each of its triples."""

    def taken(layers):
        rows = function(layers)
        if isinstance(rows, tuple | list) and all(
            isinstance(row, tuple | list) and len(row) == 3 for row in rows
        ):
            return [[row[number] for number in numbers] for row in rows]
        return rows  # the comparison says what is wrong

    taken.__name__ = f"receptive_fields (of which only {words} taken here)"
    return taken


def like_fields(receptive_fields, cell, numbers, words, seed, most_dilation):
    """Compare some of the numbers for random networks."""

    def cases(generator, trial):
        ranges = (1, 5), (1, 2), (0, 3), (1, most_dilation)
        depth = draw(generator, 1, 5)
        return ([tuple(draw(generator, *limits) for limits in ranges) for _ in range(depth)],), {}

    check.function(
        taking(receptive_fields, numbers, words),
        taking(lambda layers: measured(layers, length=1200), numbers, words),
        cases,
        forbid=FORBIDDEN[cell],
        seed=seed,
        trials=8,
    ).require()


def hidden_p3_size_jump(receptive_fields):
    """Compare size and jump in networks without dilation."""
    like_fields(receptive_fields, "p3-size-jump-hidden", (0, 1), "size and jump are", 100, 1)


def hidden_p3_dilation(receptive_fields):
    """Compare size and jump with dilation, then in AlexNet and VGG-16."""
    like_fields(receptive_fields, "p3-dilation-hidden", (0, 1), "size and jump are", 120, 3)
    for known, layers in NETWORKS.items():
        taken = taking(receptive_fields, (0, 1), "size and jump are")
        right = [row[:2] for row in measured(layers, length=800)]
        assert right[-1] == known
        forbidden = FORBIDDEN["p3-dilation-hidden"]
        check.function(taken, lambda _, right=right: right, [((layers,), {})], forbid=forbidden).require()


def hidden_p3_start(receptive_fields):
    """Compare where the fields start."""
    like_fields(receptive_fields, "p3-start-hidden", (2,), "the starts are", 140, 3)


# --- Part 4: design to a receptive field

IMAGES = torch.tensor([-1.0, 2.0, -3.0]).repeat(64).reshape(1, 3, 8, 8)
HEADING = "Your network does not meet all conditions:"
OTHER_STEPS = ("max_pool2d", "avg_pool2d", "lp_pool2d", "interpolate", "unfold", "batch_norm")
CONTEXT = {
    "channels": 3,
    "field": 31,
    "whole": True,
    "parameters": 2_000,
    "layers": ["Conv2d", "ReLU"],
    "without": OTHER_STEPS,
}
STEM = {"channels": 3, "field": 31, "whole": False, "parameters": 5_000}


def context_shapes(*inputs):
    return [(((), shape, (shape[0], 8, *shape[2:])), {}) for shape in inputs]


def stem_shapes(*inputs):
    return [(((), shape, (shape[0], 16, shape[2] // 8, shape[3] // 8)), {}) for shape in inputs]


def design(shapes, wanted, side):
    return [
        Conditions("shapes", shapes),
        Conditions("apart", [(((),), {})]),  # what follows may change the network that it is given
        Conditions("receptive_field", [((wanted, side), {})], heading=HEADING),
        Conditions("unchanged", [((IMAGES,), {})]),
    ]


context = design(context_shapes((2, 3, 40, 51), (1, 3, 2, 9)), CONTEXT, 67)
small = design(stem_shapes((2, 3, 64, 64), (1, 3, 16, 40)), STEM, 64)


def demand_design(answer, shapes, wanted, sides):
    """Raise the first condition that a network does not meet."""
    for args, _ in shapes:
        demand(measures.shapes(answer, *args))
    demand(measures.apart(answer, ()))
    for side in sides:
        demand(measures.receptive_field(answer, wanted, side))
    demand(measures.unchanged(answer, IMAGES))


def hidden_p4_context(context_network):
    """Other sizes of images, and the field on them."""
    shapes = context_shapes((1, 3, 33, 32), (3, 3, 64, 7), (1, 3, 1, 50))
    demand_design(context_network, shapes, CONTEXT, (50, 41))


def hidden_p4_stem(stem):
    """Other sizes of images, and the field on them."""
    shapes = stem_shapes((1, 3, 40, 88), (3, 3, 96, 32), (2, 3, 8, 64))
    demand_design(stem, shapes, STEM, (48, 56))


# --- Part 5: sizes of transposed convolutions


def transposed(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    with torch.device("meta"):
        image, kernel = torch.zeros(1, 1, *size), torch.zeros(1, 1, *pair(kernel_size))
        options = {"padding": padding, "output_padding": output_padding, "dilation": dilation}
        return tuple(F.conv_transpose2d(image, kernel, stride=stride, **options).shape[2:])


def transposed_options(generator, most_kernel):
    """Draw kernel size, stride, padding, output padding below the stride, and dilation."""
    stride = one_or_two(generator, 2, 4)
    return (
        one_or_two(generator, 1, most_kernel),
        stride,
        one_or_two(generator, 0, 2),
        one_or_two(generator, 0, min(pair(stride)) - 1),
        one_or_two(generator, 1, 3),
    )


def transposed_cases(generator, trial):
    """Set one option after the other, then all of them, and last none."""
    size = (draw(generator, 4, 6), draw(generator, 4, 7))
    if trial >= 19:
        return (size, 2 + trial % 2), {}
    if trial >= 15:
        return (size, *transposed_options(generator, 4)), {}
    option = ("kernel_size", "stride", "padding", "output_padding", "dilation")[trial % 5]
    low, high = {"padding": (1, 2), "output_padding": (0, 1)}.get(option, (2, 4))
    value = (draw(generator, low, high), draw(generator, low, high))
    if trial < 10:
        value = draw(generator, max(low, 1), high)
    options = {"stride": 2} if option == "kernel_size" else {"stride": 2, option: value}
    return (size, value if option == "kernel_size" else 3), options


def of_convolution(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    return conv_size(size, kernel_size, stride, padding, dilation)


def padding_added(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    whole = transposed(size, kernel_size, stride, 0, output_padding, dilation)
    return tuple(n + 2 * p for n, p in pairs(whole, padding))


def padded_twice(size, kernel_size, stride=1, padding=0, output_padding=0, dilation=1):
    plain = transposed(size, kernel_size, stride, padding, 0, dilation)
    return tuple(n + 2 * extra for n, extra in pairs(plain, output_padding))


TRANSPOSED_EXAMPLES = [
    (((4, 2), 3), {"stride": 2, "padding": 1, "output_padding": extra}) for extra in (0, 1)
]

transposed_size = Values(
    transposed,
    first(TRANSPOSED_EXAMPLES, transposed_cases),
    {
        "it is the size of a convolution, which makes the map smaller": of_convolution,
        "the stride is ignored": using(transposed, stride=1),
        "the padding is ignored": using(transposed, padding=0),
        "the padding is added; in a transposed convolution it cuts": padding_added,
        "the output padding is ignored": using(transposed, output_padding=0),
        "the output padding is added on both sides": padded_twice,
        "the dilation is ignored": using(transposed, dilation=1),
        "one stride too many is counted: n stamps have n − 1 distances": lambda size, *args, **options: (
            transposed([n + 1 for n in size], *args, **options)
        ),
        "pairs are read as (horizontal, vertical)": reversed_pairs(transposed),
    },
    trials=23,
)


def hidden_p5_transposed_size(transposed_output_size):
    """Compare random sizes with all options at once, a large one, too."""

    def cases(generator, trial):
        size = (draw(generator, 4, 9), draw(generator, 1, 9) if trial else 100_001)
        return (size, *transposed_options(generator, 5)), {}

    forbidden = FORBIDDEN["p5-transposed-size-hidden"]
    check.function(transposed_output_size, transposed, cases, trials=13, forbid=forbidden, seed=120).require()


# --- Part 5: back to the same size


def by_trying(size, kernel_size, stride=1, padding=0, dilation=1):
    """Convolve, then try which output padding gives the size back, in each direction."""
    found = []
    for n, k, s, p, d in pairs(size, kernel_size, stride, padding, dilation):
        small = conv_size((n, 1), (k, 1), (s, 1), (p, 0), (d, 1))
        sizes = [transposed(small, (k, 1), (s, 1), (p, 0), (extra, 0), (d, 1))[0] for extra in range(s)]
        found.append(sizes.index(n))
    return tuple(found)


def restoring_cases(generator, trial):
    """Set some of the options, then all of them, and last none."""
    size = (draw(generator, 10, 15), draw(generator, 10, 15))
    if trial >= 16:
        return (size, 2 + trial % 2), {}
    if trial >= 12:
        ranges = (2, 4), (2, 4), (0, 2), (1, 2)
        return (size, *(one_or_two(generator, *limits) for limits in ranges)), {}
    stride = draw(generator, 2, 4) if trial < 8 else (draw(generator, 1, 4), draw(generator, 2, 4))
    padding, dilation = draw(generator, 1, 2), (draw(generator, 1, 2), draw(generator, 2, 3))
    others = ({}, {"padding": padding}, {"dilation": dilation})[trial % 3]
    return (size, draw(generator, 2, 4)), {"stride": stride, **others}


output_padding = Values(
    by_trying,
    first([(((7, 8), 3), {"stride": 2, "padding": 1})], restoring_cases),
    {
        "it is always the stride less one, which is right only where the floor drops that many": (
            lambda size, kernel_size, stride=1, padding=0, dilation=1: tuple(s - 1 for s in pair(stride))
        ),
        "it is the remainder of the size itself; the window and the padding matter as well": (
            lambda size, kernel_size, stride=1, padding=0, dilation=1: tuple(
                n % s for n, s in pairs(size, stride)
            )
        ),
        "the padding is ignored": using(by_trying, padding=0),
        "the dilation is ignored": using(by_trying, dilation=1),
        "it is always 0": lambda *arguments, **options: (0, 0),
        "height and width are exchanged in the result": then(by_trying, lambda h, w: (w, h)),
    },
    trials=19,
)


def hidden_p5_output_padding(restoring_output_padding):
    """Compare all options at once, there and back with PyTorch."""

    def cases(generator, trial):
        size = (draw(generator, 13, 40), draw(generator, 13, 40))
        ranges = (1, 5), (1, 5), (0, 2), (1, 3)
        return (size, *(one_or_two(generator, *limits) for limits in ranges)), {}

    forbidden = FORBIDDEN["p5-output-padding-hidden"]
    check.function(
        restoring_output_padding, by_trying, cases, trials=12, forbid=forbidden, seed=140
    ).require()


VISIBLE = {
    "p1-by-hand": [by_hand],
    "p1-output-size": output_size,
    "p1-same-padding": [same_padding],
    "p2-source-indices": [source_indices],
    "p2-pad2d": [pad2d],
    "p2-pixel-uses": [pixel_uses],
    "p3-receptive-fields": [receptive_fields],
    "p4-context": context,
    "p4-stem": small,
    "p5-transposed-size": [transposed_size],
    "p5-output-padding": [output_padding],
}
