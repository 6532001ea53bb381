"""The tests of the exercise on pooling."""

# canary-7be1d94c
from functools import partial
from math import comb, lcm, prod

import torch
import torch.nn.functional as F
from torch import nn

from autograder.visible import ByHand, Conditions, Values
from cnnlib import check
from cnnlib.check import given, measures

SIZES = (
    "max_pool1d",
    "max_pool2d",
    "avg_pool1d",
    "avg_pool2d",
    "cnnlib.conv_output_size",
    "cnnlib.arithmetic.conv_output_size",
)
POOLING = ("max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d")
ADAPTIVE = ("adaptive_avg_pool2d", "avg_pool2d", "avg_pool1d", "avg_pool3d", "interpolate")
BACKWARD = (*POOLING, "torch.autograd.grad", "torch.autograd.backward")

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "pooling#Four numbers become one",
    "p2": "pooling#Sizes: stride, padding and the ceiling",
    "p3": "pooling#Global and adaptive pooling",
    "p4": "pooling#The gradient: one winner, or equal shares",
    "p5": "pooling#Nearly invariant is not invariant",
    "p5-blur": "pooling#Aliasing: the finest stripes",
}

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {
    "p2-size-visible": SIZES,
    "p2-size-hidden": SIZES,
    "p2-max-visible": POOLING,
    "p2-max-hidden": POOLING,
    "p2-max-ceil-hidden": POOLING,
    "p2-avg-visible": POOLING,
    "p2-avg-hidden": POOLING,
    "p3-adaptive-visible": ADAPTIVE,
    "p3-adaptive-hidden": ADAPTIVE,
    "p4-max-visible": BACKWARD,
    "p4-max-hidden": BACKWARD,
    "p4-avg-visible": BACKWARD,
    "p4-avg-hidden": BACKWARD,
}


def draw(generator, low, high):
    return int(torch.randint(low, high + 1, (), generator=generator))


def pair(value):
    return (value, value) if isinstance(value, int) else value


def integers(generator, *shape, low=-9, high=9):
    """Draw whole numbers as floats: they keep a table short."""
    return torch.randint(low, high + 1, shape, generator=generator).float()


def normal(generator, trial, *shape):
    """Draw standard normal numbers; every third trial is in float64."""
    return torch.randn(shape, generator=generator).to(torch.float64 if trial % 3 == 2 else torch.float32)


def in_float64(cases):
    """Let the tensors of these cases be float64."""

    def doubled(generator, trial):
        args, options = cases(generator, trial)
        return tuple(arg.double() if isinstance(arg, torch.Tensor) else arg for arg in args), options

    return doubled


def only_first_image(function):
    return lambda x, *arguments, **options: function(x[:1], *arguments, **options)


# --- Part 1: pooling by hand

IMAGE = [[-3, -1, 2, 0, 1], [-5, -7, 4, 10, 3], [1, 9, -2, 0, 7], [7, -1, 2, 8, -4], [0, 2, 5, -6, -8]]


def maps_of_torch():
    image = torch.tensor(IMAGE).float()[None, None]
    maps = {
        "max_2_2": F.max_pool2d(image, 2),
        "avg_2_2": F.avg_pool2d(image, 2),
        "max_3_2": F.max_pool2d(image, 3, 2),
        "max_3_2_padded": F.max_pool2d(image, 3, 2, padding=1),
    }
    return {key: tuple(result.int().flatten().tolist()) for key, result in maps.items()}


def counts_of_torch():
    image = torch.zeros(1, 1, 55, 55, requires_grad=True)
    (seen,) = torch.autograd.grad(F.avg_pool2d(image, 2).sum(), image)
    maps = torch.zeros(1, 128, 16, 16)
    read = {"flatten": maps, "pooled": F.max_pool2d(maps, 2), "global": F.adaptive_avg_pool2d(maps, 1)}
    layers = {key: nn.Linear(values.numel(), 100, device="meta") for key, values in read.items()}
    return {
        "outputs_2_2": F.max_pool2d(image, 2).numel(),
        "outputs_3_2": F.max_pool2d(image, 3, 2).numel(),
        "unseen_2_2": int((seen == 0).sum()),
    } | {f"head_{key}": sum(p.numel() for p in layer.parameters()) for key, layer in layers.items()}


SHAPE = "Review: write down where each window starts, then its values."
WINDOWS = "Review: how many windows fit in a row of 55 values?"
DENSE = "Review: the layer has a weight from every value it reads to every class, and a bias a class."
REVIEW = (
    dict.fromkeys(("max_2_2", "avg_2_2", "max_3_2", "max_3_2_padded"), SHAPE)
    | dict.fromkeys(("outputs_2_2", "outputs_3_2", "unseen_2_2"), WINDOWS)
    | dict.fromkeys(("head_flatten", "head_pooled", "head_global"), DENSE)
)

STRIDE = "That is stride 1; here the windows start at every second row and column."
EXCHANGED = "Maximum and average are exchanged."
SIDE_BY_SIDE = "That puts windows of 3 side by side; with stride 2 they overlap."
CEIL_COUNT = "That rounds up; a window that does not fit is dropped."
HALF_THE_SIDE = "That is 55 / 2, rounded up, along each axis; count the windows of 3 that fit."
ONE_AXIS = "That is one axis; the map has rows and columns."
NO_BIAS = "That is the weights; each class has a bias as well."
ONE_BIAS = "That counts one bias for the layer; each class has its own."
CHANNELS = "That is one channel; the layer reads all 128."
HALVED_CHANNELS = "Pooling keeps the number of channels."

by_hand = ByHand(
    right=maps_of_torch() | counts_of_torch(),
    review=REVIEW,
    mistakes={
        "max_2_2": {
            (-1, 4, 10, 10, 9, 9, 10, 10, 9, 9, 8, 8, 7, 5, 8, 8): STRIDE,
            (-1, 10, 3, 9, 8, 7, 2, 5, -8): (
                "That has windows that stick out; without ceil_mode, a window that does not fit is dropped."
            ),
            (-4, 4, 4, 2): EXCHANGED,
        },
        "avg_2_2": {
            (-1, 10, 9, 8): EXCHANGED,
            (-16, 16, 16, 8): (
                "That is the sum of each window; an average is divided by the number of values."
            ),
        },
        "max_3_2": {
            (9,): SIDE_BY_SIDE,
            9: SIDE_BY_SIDE,
            (9, 10, 10, 9, 10, 10, 9, 9, 8): STRIDE,
        },
        "max_3_2_padded": {
            (0, 10, 10, 9, 10, 10, 7, 8, 8): (
                "An empty place never wins: max pooling pads with minus infinity, not with zero."
            ),
            (9, 10, 9, 8): "That is without padding.",
        },
        "outputs_2_2": {
            28 * 28: CEIL_COUNT,
            27: ONE_AXIS,
            55 * 55 // 4: "A quarter of the values is right only where the windows cover the whole map.",
            54 * 54: STRIDE,
        },
        "outputs_3_2": {28 * 28: HALF_THE_SIDE, 27: ONE_AXIS, 18 * 18: SIDE_BY_SIDE, 53 * 53: STRIDE},
        "unseen_2_2": {
            110: "The corner lies in the last row and in the last column; count it once.",
            55: "A row and a column are left over.",
            0: "55 is odd: do the windows reach the last row and the last column?",
            55 * 55 - 27 * 27: "Those values do not win, but most of them lie in a window.",
        },
        "head_flatten": {
            128 * 256 * 100: NO_BIAS,
            128 * 256 * 100 + 1: ONE_BIAS,
            256 * 100 + 100: CHANNELS,
        },
        "head_pooled": {
            128 * 64 * 100: NO_BIAS,
            128 * 64 * 100 + 1: ONE_BIAS,
            64 * 100 + 100: CHANNELS,
            128 * 128 * 100 + 100: "Pooling 2/2 halves the height and the width.",
            128 * 64 * 100 + 25: "The weights get fewer, the biases do not.",
            64 * 64 * 100 + 100: HALVED_CHANNELS,
        },
        "head_global": {
            128 * 100: NO_BIAS,
            128 * 100 + 1: ONE_BIAS,
            100 + 100: CHANNELS,
            64 * 100 + 100: HALVED_CHANNELS,
        },
    },
)


def hidden_p1_values(by_hand, points):
    """Compare the four maps with PyTorch's."""
    return check.answers(by_hand(), maps_of_torch(), review=REVIEW).points(points)


def hidden_p1_counts(by_hand, points):
    """Compare the six numbers with those of PyTorch's results and layers."""
    return check.answers(by_hand(), counts_of_torch(), review=REVIEW).points(points)


# --- Part 2: the number of windows


def windows_of_torch(size, kernel_size, stride=None, padding=0, ceil_mode=False):
    axis = torch.empty(1, 1, size, device="meta")  # a shape is enough, however long
    return F.max_pool1d(axis, kernel_size, stride, padding, 1, ceil_mode).shape[2]


def size_cases(generator, trial):
    """Set no padding, padding, `ceil_mode`, both where the rule for the last window matters, then all."""
    kernel_size = draw(generator, 2, 4)
    size, half = kernel_size + draw(generator, 0, 6), kernel_size // 2
    options = {"stride": draw(generator, 1, 3)} if trial % 2 else {}
    if trial < 5:
        return (size, kernel_size), options
    if trial < 10:
        return (size, kernel_size), options | {"padding": half}
    windows = draw(generator, 2, 4)
    if trial < 15:  # something is left over behind these windows
        return (windows * kernel_size + draw(generator, 1, kernel_size - 1), kernel_size), {"ceil_mode": True}
    if trial < 20:  # by rounding alone there would be one more than these
        return (windows * kernel_size - half, kernel_size), {"padding": half, "ceil_mode": True}
    if trial == 20:
        return (30_000_001, 2), {}
    options = {"stride": draw(generator, 1, 6), "padding": draw(generator, 0, half)}
    return (size, kernel_size), options | {"ceil_mode": True}


def windows_by_rounding(size, kernel_size, stride=None, padding=0, ceil_mode=False):
    stride = stride or kernel_size
    return (size + 2 * padding - kernel_size + ceil_mode * (stride - 1)) // stride + 1


def without_the_first(*arguments, ceil_mode=False, **options):
    if ceil_mode:
        raise ValueError("not told from ceil_mode ignored")
    return windows_of_torch(*arguments, **options) - 1


size = Values(
    windows_of_torch,
    size_cases,
    {
        "the stride is 1 if none is given": lambda size, kernel_size, stride=None, **options: (
            windows_of_torch(size, kernel_size, stride or 1, **options)
        ),
        "ceil_mode is ignored": lambda *args, ceil_mode=False, **options: windows_of_torch(*args, **options),
        "it always rounds up": lambda *args, ceil_mode=False, **options: windows_of_torch(
            *args, ceil_mode=True, **options
        ),
        "a window that starts behind the input is counted": windows_by_rounding,
        "the padding is ignored": lambda *args, padding=0, **options: windows_of_torch(*args, **options),
        "the padding is added on one side only": lambda size, *args, padding=0, **options: windows_of_torch(
            size + padding, *args, **options
        ),
        "the first window is not counted": without_the_first,
    },
    trials=26,
)


def hidden_p2_size(pool_output_size):
    """Compare random sizes with all options at once, and a very long axis."""

    def cases(generator, trial):
        kernel_size = draw(generator, 1, 7)
        options = {
            "stride": draw(generator, 1, kernel_size + 2) if trial % 3 else None,
            "padding": draw(generator, 0, kernel_size // 2),
        }
        options["ceil_mode"] = trial % 4 > 0
        if trial % 8 == 7:  # no float32 is 50,000,001, the room for steps
            return (50_000_004, 3), {"stride": 2, "ceil_mode": options["ceil_mode"]}
        return (kernel_size + draw(generator, 0, 40), kernel_size), options

    forbidden = FORBIDDEN["p2-size-hidden"]
    check.function(pool_output_size, windows_of_torch, cases, trials=16, forbid=forbidden, seed=20).require()


# --- Part 2: max and average pooling from scratch


def using(function, **changed):
    return lambda x, kernel_size, **options: function(x, kernel_size, **(options | changed))


def padded(function, sides, value):
    """Pad by hand before and after, as often as `sides` says, with a value."""

    def wrong(x, kernel_size, stride=None, padding=0, **options):
        vertical, horizontal = pair(padding)
        before, after = sides
        widths = (horizontal * before, horizontal * after, vertical * before, vertical * after)
        return function(F.pad(x, widths, value=value), kernel_size, stride, **options)

    return wrong


def stride_of_one(function):
    return lambda x, kernel_size, stride=None, **options: function(x, kernel_size, stride or 1, **options)


def sides_exchanged(function):
    return lambda x, kernel_size, **options: function(x.mT, kernel_size, **options).mT


def padding_exchanged(x, kernel_size, padding=0, **options):
    """Pad with minus infinity as `F.pad` does with its numbers in the wrong order."""
    vertical, horizontal = pair(padding)
    x = F.pad(x, (vertical, vertical, horizontal, horizontal), value=float("-inf"))
    return F.max_pool2d(x, kernel_size, **options)


def all_options(generator, trial, largest=4):
    """Draw kernel size, stride and padding together, in turn as ints and as pairs; start with one value."""
    if trial == 0:
        return 1, {"stride": None, "padding": 0}
    kernel_size = draw(generator, 1, largest), draw(generator, 1, largest)
    kernel_size = kernel_size if trial % 2 else kernel_size[0]
    padding = tuple(draw(generator, 0, side // 2) for side in pair(kernel_size))
    stride = None, draw(generator, 1, 5), (draw(generator, 1, 3), draw(generator, 1, 3))
    return kernel_size, {"stride": stride[trial % 3], "padding": padding if trial % 2 else padding[0]}


def max_cases(generator, trial):
    """Set one option after the other, as ints and then as pairs."""
    kernel_size = draw(generator, 2, 3) if trial < 10 else (draw(generator, 2, 3), draw(generator, 1, 2))
    tall, wide = pair(kernel_size)
    size = draw(generator, 3, 5), draw(generator, 3, 5)
    options = (
        {},
        {"stride": draw(generator, 1, 2) if trial < 10 else (draw(generator, 1, 2), 3)},
        {"padding": tall // 2 if trial < 10 else (tall // 2, wide // 2)},
        {"ceil_mode": True},
        {"ceil_mode": True, "padding": 1},
    )[trial % 5]
    if trial % 5 == 4:  # without the rule for the last window, ceil_mode adds one to these
        kernel_size, size = 2, (3, 2 * draw(generator, 1, 2) + 1)
    x = integers(generator, 1 + trial // 5 % 2, draw(generator, 1, 2), *size, high=1)
    return (x, kernel_size), options


def max_together_cases(generator, trial):
    """Set all options together."""
    kernel_size, options = all_options(generator, trial, largest=3)
    x = integers(generator, 1 + trial % 2, 1, draw(generator, 3, 5), draw(generator, 3, 5), high=-1)
    return (x, kernel_size), options | {"ceil_mode": trial % 4 > 1}


MOST_NEGATIVE = (30.0, 400.0, 5e3, 2e4, 1e7, 1e12, 1e30, torch.inf, torch.inf)


def far_below_zero(generator, trial):
    """Use values far below zero, in turn in float32 and float64; two images have values of minus infinity."""
    kernel_size, options = draw(generator, 2, 3), {"ceil_mode": trial % 3 == 2}
    x = integers(generator, 1, 1, 4, draw(generator, 3, 5), low=1, high=3)
    x = -x * (MOST_NEGATIVE[trial] if MOST_NEGATIVE[trial] < torch.inf else 1.0)
    if MOST_NEGATIVE[trial] == torch.inf:
        x[:, :, :2, :3] = -torch.inf
    return (x.double() if trial % 2 else x, kernel_size, 1 + trial % 2, 1), options


def beyond_the_last(x, kernel_size, padding=0, **options):
    y = F.max_pool2d(x, kernel_size, padding=padding, **options)
    return F.pad(y, (0, 1, 0, 1), value=float("-inf")) if padding and options.get("ceil_mode") else y


MAX_MISTAKES = {
    "the padding is filled with zeros, and a zero wins over negative values": padded(
        F.max_pool2d, (1, 1), 0.0
    ),
    "the stride is 1 if none is given": stride_of_one(F.max_pool2d),
    "the stride is always the kernel size": using(F.max_pool2d, stride=None),
    "the padding is ignored": using(F.max_pool2d, padding=0),
    "the input is padded before, but not after": padded(F.max_pool2d, (1, 0), float("-inf")),
    "ceil_mode is ignored": using(F.max_pool2d, ceil_mode=False),
    "it always rounds up": using(F.max_pool2d, ceil_mode=True),
    "a window that starts behind the input is kept": beyond_the_last,
    "the mean is taken, not the maximum": using(F.avg_pool2d, count_include_pad=False),
    "vertical and horizontal are exchanged": sides_exchanged(F.max_pool2d),
    "the padding's two numbers are exchanged (F.pad begins with the last axis)": padding_exchanged,
    "the maximum is taken over the channels, too": lambda x, kernel_size, **options: F.max_pool2d(
        x, kernel_size, **options
    ).amax(1, keepdim=True),
    "only the first image is used": only_first_image(F.max_pool2d),
}
FILLED = {
    f"an empty place is filled with {name}, which wins over smaller values; it counts as minus infinity": (
        lambda x, *arguments, value=value, **options: padded(
            F.max_pool2d, (1, 1), torch.finfo(x.dtype).min if value is None else value
        )(x, *arguments, **options)
    )
    for name, value in {
        "-1": -1.0,
        "-10": -10.0,
        "-100": -100.0,
        "-999": -999.0,
        "-1000": -1e3,
        "-9999": -9999.0,
        "-10000": -1e4,
        "-1e6": -1e6,
        "-1e9": -1e9,
        "-1e10": -1e10,
        "the smallest finite number": None,
    }.items()
}
maximum = [
    Values(F.max_pool2d, max_cases, MAX_MISTAKES, trials=15, fresh=True),
    Values(F.max_pool2d, max_together_cases, MAX_MISTAKES, trials=10, seed=20, fresh=True),
    Values(F.max_pool2d, far_below_zero, FILLED, trials=len(MOST_NEGATIVE), seed=40, fresh=True),
]


def max_values(generator, trial, *shape):
    """Draw values below zero, now and then far below it or with minus infinity among them."""
    x = normal(generator, trial, *shape) - 2
    if trial % 4 == 1:
        return x * (1e4, 1e12, 1e30)[trial % 3]
    return x.masked_fill(x < -2, -torch.inf) if trial % 4 == 3 else x


def like_max_pool2d(max_pool2d, cases, cell, seed):
    forbidden = FORBIDDEN[cell]
    check.function(
        max_pool2d, F.max_pool2d, cases, forbid=forbidden, seed=seed, trials=12, fresh=True
    ).require()


def hidden_p2_max(max_pool2d):
    """Compare random values, stride and padding together, as ints and as pairs."""

    def cases(generator, trial):
        kernel_size, options = all_options(generator, trial)
        N, C = draw(generator, 1, 3), draw(generator, 1, 3)
        x = max_values(generator, trial, N, C, draw(generator, 4, 8), draw(generator, 4, 8))
        return (x, kernel_size, options["stride"], options["padding"]), {}

    like_max_pool2d(max_pool2d, cases, "p2-max-hidden", seed=30)


def hidden_p2_max_ceil(max_pool2d):
    """Compare random values with `ceil_mode`, stride and padding."""

    def cases(generator, trial):
        kernel_size, options = all_options(generator, trial)
        C, H, W = draw(generator, 1, 2), draw(generator, 4, 7), draw(generator, 4, 7)
        return (max_values(generator, trial, 1 + trial % 2, C, H, W), kernel_size), {
            **options,
            "ceil_mode": True,
        }

    like_max_pool2d(max_pool2d, cases, "p2-max-ceil-hidden", seed=60)


def avg_cases(generator, trial):
    """Set one option after the other, as ints and then as pairs."""
    padding = (1, 1, (1, 0), (0, 1))[trial // 4]
    kernel_size = draw(generator, 2, 3) if trial < 8 else (draw(generator, 2, 3), draw(generator, 2, 4))
    options = (
        {},
        {"stride": draw(generator, 1, 2) if trial < 8 else (draw(generator, 1, 2), 3)},
        {"padding": padding},
        {"padding": padding, "count_include_pad": False},
    )[trial % 4]
    N, C = 1 + trial // 4 % 2, draw(generator, 1, 2)
    x = integers(generator, N, C, draw(generator, 3, 5), draw(generator, 4, 5))
    return (x, kernel_size), options


def avg_together_cases(generator, trial):
    """Set all options together."""
    kernel_size, options = all_options(generator, trial, largest=3)
    x = integers(generator, 1 + trial % 2, 1, draw(generator, 3, 5), draw(generator, 3, 5))
    return (x, kernel_size), options | {"count_include_pad": trial % 4 > 1}


def filled_with_zeros(x, kernel_size, count_include_pad=True, **options):
    if not count_include_pad:
        raise ValueError("not told from a window that is kept")
    return F.avg_pool2d(x, kernel_size, **options, ceil_mode=True, divisor_override=prod(pair(kernel_size)))


AVG_MISTAKES = {
    "the stride is 1 if none is given": stride_of_one(F.avg_pool2d),
    "the stride is always the kernel size": using(F.avg_pool2d, stride=None),
    "the padding is ignored": using(F.avg_pool2d, padding=0),
    "the padding is filled with minus infinity": padded(F.avg_pool2d, (1, 1), float("-inf")),
    "the padding's zeros are counted although count_include_pad is False": using(
        F.avg_pool2d, count_include_pad=True
    ),
    "the padding's zeros are not counted although count_include_pad is True": using(
        F.avg_pool2d, count_include_pad=False
    ),
    "the sum is not divided": using(F.avg_pool2d, divisor_override=1),
    "a window that does not fit is kept": using(F.avg_pool2d, ceil_mode=True),
    "a window that does not fit is kept, filled with zeros": filled_with_zeros,
    "the maximum is taken, not the mean": lambda x, kernel_size, count_include_pad=True, **options: (
        F.max_pool2d(x, kernel_size, **options)
    ),
    "vertical and horizontal are exchanged": sides_exchanged(F.avg_pool2d),
    "the padding's two numbers are exchanged (F.pad begins with the last axis)": (
        lambda x, kernel_size, padding=0, **options: F.avg_pool2d(
            x, kernel_size, padding=pair(padding)[::-1], **options
        )
    ),
    "only the first image is used": only_first_image(F.avg_pool2d),
}
average = [
    Values(F.avg_pool2d, avg_cases, AVG_MISTAKES, trials=16, fresh=True),
    Values(F.avg_pool2d, avg_together_cases, AVG_MISTAKES, trials=10, seed=20, fresh=True),
    Values(F.avg_pool2d, in_float64(avg_cases), trials=4, seed=40, fresh=True),
]


def hidden_p2_avg(avg_pool2d):
    """Compare random values, stride, padding and `count_include_pad`, as ints and as pairs."""

    def cases(generator, trial):
        kernel_size, options = all_options(generator, trial)
        N, C = draw(generator, 1, 2), draw(generator, 1, 3)
        x = normal(generator, trial, N, C, draw(generator, 4, 8), draw(generator, 4, 8))
        x = x.relu() if trial % 4 == 1 else x  # a zero of the input is no padding
        return (x, kernel_size), options | {"count_include_pad": trial % 4 > 1}

    forbidden = FORBIDDEN["p2-avg-hidden"]
    check.function(
        avg_pool2d, F.avg_pool2d, cases, forbid=forbidden, seed=90, trials=16, fresh=True
    ).require()


# --- Part 3: adaptive pooling


def adaptive_cases(generator, trial):
    """Pool globally, then in equal windows, then in windows that overlap."""
    x = integers(
        generator, *(draw(generator, 1, 2) for _ in range(2)), *(draw(generator, 4, 7) for _ in "HW")
    )
    if trial < 4:
        return (x, 1), {}
    if trial < 8:
        return (x[:, :, :4, :4], 2), {}
    if trial < 12:
        return (x, draw(generator, 2, 4)), {}
    return (x, (draw(generator, 1, 3), draw(generator, 3, 5))), {}


def larger_cases(generator, trial):
    """Ask for a larger output, or for the input's size, in turn in float32 and float64."""
    height, width = draw(generator, 1, 4), draw(generator, 1, 4)
    out = (height, width) if trial % 4 == 0 else (height + draw(generator, 0, 2), width + 1)
    x = integers(generator, 1 + trial % 2, 1, height, width)
    return (x.double() if trial % 2 else x, out), {}


def of_windows(height, width):
    """Pool with windows of a fixed size, where such windows exist."""

    def wrong(x, output_size):
        out = pair(output_size)
        strides = [size // number for size, number in zip(x.shape[2:], out, strict=True)]
        kernel = [
            side(size, number, stride)
            for side, size, number, stride in zip((height, width), x.shape[2:], out, strides, strict=True)
        ]
        return F.avg_pool2d(x, kernel, strides)[:, :, : out[0], : out[1]]

    return wrong


def side_by_side(size, number, stride):
    return stride


def longer(size, number, stride):
    return size - (number - 1) * stride


def ends_rounded_down(x, output_size):
    for axis, number in zip((2, 3), pair(output_size), strict=True):
        edges = torch.arange(number + 1) * x.shape[axis] // number
        windows = x.split(edges.diff().tolist(), axis)
        x = torch.cat([window.mean(axis, keepdim=True) for window in windows], axis)
    return x


def summed(x, output_size):
    mean = F.adaptive_avg_pool2d(x, output_size)
    ones = torch.eye(x.shape[2] * x.shape[3]).reshape(1, -1, *x.shape[2:])
    return mean * (F.adaptive_avg_pool2d(ones, output_size) > 0).sum(1)


ADAPTIVE_MISTAKES = {
    "the windows lie side by side, and what is left over is dropped": of_windows(side_by_side, side_by_side),
    "all windows have one size and one stride": of_windows(longer, longer),
    "a window's end is rounded down, not up": ends_rounded_down,
    "height and width are exchanged": lambda x, output_size: F.adaptive_avg_pool2d(
        x, pair(output_size)[::-1]
    ),
    "the maximum is taken, not the mean": F.adaptive_max_pool2d,
    "the sum is not divided": summed,
    "the mean is taken over the channels, too": lambda x, output_size: F.adaptive_avg_pool2d(
        x, output_size
    ).mean(1, keepdim=True),
    "the last two axes are missing": lambda x, output_size: F.adaptive_avg_pool2d(x, 1).flatten(1),
    "only the first image is used": only_first_image(F.adaptive_avg_pool2d),
}
adaptive = [
    Values(F.adaptive_avg_pool2d, adaptive_cases, ADAPTIVE_MISTAKES, trials=20, fresh=True),
    Values(F.adaptive_avg_pool2d, larger_cases, ADAPTIVE_MISTAKES, trials=8, seed=30, fresh=True),
]


def hidden_p3_adaptive(adaptive_avg_pool2d):
    """Compare random sizes, outputs larger than the input among them."""

    def cases(generator, trial):
        N, C = draw(generator, 1, 3), draw(generator, 1, 3)
        x = normal(generator, trial, N, C, draw(generator, 1, 9), draw(generator, 1, 9))
        out = draw(generator, 1, 6), draw(generator, 1, 6)
        if trial == 3:
            out = tuple(x.shape[2:])
        return (x, out if trial % 2 else out[0]), {}

    forbidden, like = FORBIDDEN["p3-adaptive-hidden"], F.adaptive_avg_pool2d
    check.function(adaptive_avg_pool2d, like, cases, forbid=forbidden, seed=40, fresh=True).require()


# --- Part 3: a head for any image size


def right_head(channels, classes):
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


def after(pool):
    """Return what a head gives with the numbers of `given.fill`, behind this pooling."""
    return lambda x, channels, classes: F.linear(
        pool(x), given.kernel(classes, channels), given.bias(classes)
    )


def trained(x, channels, classes):
    return measures.trained(right_head, x, channels, classes)


def filled_on(inputs, channels, classes):
    return measures.filled_on(right_head, inputs, channels, classes)


def head_cases(generator, trial):
    batch, height, width = (1, 1 + trial % 3, 2) if trial % 2 else (2, 2, 1 + trial % 3)
    channels, classes = (2, 3) if trial < 9 else ((1, 2), (3, 1), (1, 1))[trial % 3]
    return (integers(generator, batch, channels, height, width, low=-4, high=4), channels, classes), {}


def several_sizes(generator, trial):
    """Show one head several images, of several sizes."""
    sizes = ((4, 4), (2, 5), (1, 1)) if trial % 2 else ((2, 2), (5, 3), (2, 2))
    return ([integers(generator, 1 + n, 2, *size, low=-4, high=4) for n, size in enumerate(sizes)], 2, 3), {}


LINEAR = {"Linear": {"the dense layer": (5, 3)}}
head = [
    Conditions("shapes", [(((3, 5), (2, 3, *size), (2, 5), 20), {}) for size in ((4, 4), (7, 5))]),
    Conditions("weights", [(((3, 5), LINEAR, {"Linear": True}, {}), {})]),
    Conditions("parameters", [(((3, 5), 20), {})]),
    Values(
        after(lambda x: x.mean((2, 3))),
        head_cases,
        {
            "squeeze has dropped the axis of a batch of one": after(
                lambda x: F.adaptive_avg_pool2d(x, 1).squeeze()
            ),
            "the maximum of each channel is taken, not its mean": after(lambda x: x.amax((2, 3))),
            "the sum of each channel is taken, not its mean": after(lambda x: x.sum((2, 3))),
            "only the first place of each channel is used": after(lambda x: x[:, :, 0, 0]),
        },
        trials=15,
        measure="filled",
    ),
    Values(filled_on, several_sizes, trials=2, measure="filled_on"),
    Conditions("alike", [((torch.arange(24.0).reshape(2, 3, 2, 2), 3, 5), {})]),
    Conditions("unused", [((torch.arange(24.0).reshape(2, 3, 2, 2), 3, 5), {})]),
    Values(trained, head_cases, trials=2, measure="trained"),
    Conditions("apart", [(((3, 5),), {})]),
]


def hidden_p3_head(any_size_head):
    """Compare random features, batches and sizes, down to one pixel, in both modes."""

    def measured(measure):
        function = partial(measure, any_size_head)
        function.__name__ = any_size_head.__name__
        return function

    def cases(generator, trial):
        N, C, H, W, classes = (draw(generator, 1, 5) for _ in range(5))
        N = 1 if trial % 4 == 0 else N
        H, W = (1, 1) if trial % 5 == 0 else (H, W)
        return (torch.randn(N, C, H, W, generator=generator), C, classes), {}

    def lists(generator, trial):
        inputs = [cases(generator, trial)[0][0][:, :1] for _ in range(4)]
        return (inputs, 1, 1 + trial), {}

    linear = {"Linear": {"the dense layer": (7, 4)}}
    faults = measures.weights(any_size_head, (4, 7), linear, {"Linear": True}, {}) or [
        *measures.parameters(any_size_head, (4, 7), 35),
        *measures.apart(any_size_head, (4, 7)),
    ]
    check.Report(not faults, "\n".join(faults)).require()
    check.function(measured(measures.filled), after(lambda x: x.mean((2, 3))), cases, seed=50).require()
    check.function(measured(measures.filled_on), filled_on, lists, seed=60, trials=3).require()
    check.function(measured(measures.trained), trained, cases, seed=70, trials=3).require()


# --- Part 4: the gradients of pooling


def gradient_of(pool):
    def gradient(grad_output, input, kernel_size, stride):
        x = input.clone().requires_grad_()
        return torch.autograd.grad(pool(x, kernel_size, stride), x, grad_output)[0]

    return gradient


def max_gradient_cases(generator, trial):
    """Use windows side by side, then windows that overlap, then ties as well."""
    kernel_size = draw(generator, 2, 3)
    stride = kernel_size if trial < 5 else draw(generator, 1, kernel_size - 1)
    size = kernel_size + draw(generator, 0, 3), kernel_size + draw(generator, 0, 3)
    shape = 1 + (trial % 5 == 4), 1 + (trial % 5 == 3), *size
    x = torch.randperm(prod(shape), generator=generator).reshape(shape).float()
    x = x - x.numel() if trial % 2 else x
    if trial >= 10:
        x = integers(generator, *shape, low=-1, high=1)
    return (grad_for(generator, x, kernel_size, stride), x, kernel_size, stride), {}


def grad_for(generator, x, kernel_size, stride):
    """Draw a gradient of the shape of the result, in the input's type."""
    shape = F.max_pool2d(x, kernel_size, stride).shape
    return integers(generator, *shape, low=1).to(x.dtype)


def close_cases(generator, trial):
    """Use values that are close to each other, far below zero, in float64, and windows of one value."""
    kernel_size, stride = ((2, 1), (3, 2), (2, 3), (1, 1), (2, 2), (1, 2))[trial % 6]
    x = integers(generator, 1, 1, draw(generator, 3, 5), draw(generator, 3, 4), low=0, high=7)
    x = (2**-13 * x, 2**-22 * x, 2**-40 * x.double(), 2**-40 * x, -1e30 * (x + 1), x.double() - 8)[trial % 6]
    return (grad_for(generator, x, kernel_size, stride), x, kernel_size, stride), {}


def overwritten(grad_output, input, kernel_size, stride):
    _, places = F.max_pool2d(input, kernel_size, stride, return_indices=True)
    values = torch.zeros_like(input).flatten(2)
    return values.scatter(2, places.flatten(2), grad_output.flatten(2)).reshape(input.shape)


def largest(choose):
    """Sum in each window what `choose` keeps of it; autograd then sends gradients there."""

    def pool(x, kernel_size, stride):
        windows = x.unfold(2, kernel_size, stride).unfold(3, kernel_size, stride).flatten(-2)
        return (windows * choose(windows.detach())).sum(-1)

    return gradient_of(pool)


def one_hot(places, windows):
    return F.one_hot(places, windows.shape[-1])


def last(windows):
    return one_hot(windows.shape[-1] - 1 - windows.flip(-1).argmax(-1), windows)


MAX_GRADIENT_MISTAKES = {
    "a value that wins twice keeps only the last gradient; they add up": overwritten,
    "every value that equals the maximum gets the gradient": largest(
        lambda windows: (windows == windows.amax(-1, keepdim=True)).float()
    ),
    "values that equal the maximum share the gradient": gradient_of(
        lambda x, kernel_size, stride: (
            x.unfold(2, kernel_size, stride).unfold(3, kernel_size, stride).amax((-2, -1))
        )
    ),
    "the last of several maxima gets the gradient, not the first": largest(last),
    "the gradient is spread over the window, as for the average": gradient_of(F.avg_pool2d),
    "every value of the window gets the whole gradient": largest(torch.ones_like),
    "a maximum below zero is not found": largest(
        lambda windows: one_hot(windows.clamp(min=0).argmax(-1), windows)
    ),
    "only the first image is used": lambda grad_output, input, *numbers: torch.cat(
        [
            gradient_of(F.max_pool2d)(grad_output[:1], input[:1], *numbers),
            torch.zeros_like(input[1:]),
        ]
    ),
}
TIES = {
    "ties are broken by a small number such as 0.001; it decides between close values, too": largest(
        lambda windows: one_hot((windows - 0.001 * torch.arange(windows.shape[-1])).argmax(-1), windows)
    ),
}
max_gradient = [
    Values(gradient_of(F.max_pool2d), max_gradient_cases, MAX_GRADIENT_MISTAKES, trials=20, fresh=True),
    Values(gradient_of(F.max_pool2d), close_cases, TIES, trials=12, seed=30, fresh=True),
]


def hidden_p4_max(max_pool2d_backward):
    """Compare batches, channels, random and close values, and ties with autograd."""

    def cases(generator, trial):
        N, C = draw(generator, 1, 3), draw(generator, 1, 3)
        x = normal(generator, trial, N, C, draw(generator, 4, 7), draw(generator, 4, 7))
        x = (x, x.round(), 1 + 2**-20 * (8 * x).round(), x - 8)[trial % 4]
        kernel_size, stride = (draw(generator, 1, 4), draw(generator, 1, 4)) if trial != 5 else (1, 1)
        shape = F.max_pool2d(x, kernel_size, stride).shape
        return (torch.randn(shape, generator=generator).to(x.dtype), x, kernel_size, stride), {}

    forbidden, like = FORBIDDEN["p4-max-hidden"], gradient_of(F.max_pool2d)
    check.function(
        max_pool2d_backward, like, cases, forbid=forbidden, seed=70, trials=12, fresh=True
    ).require()


def avg_gradient_of_torch(grad_output, input_size, kernel_size, stride):
    x = grad_output.new_zeros(*grad_output.shape[:2], *input_size, requires_grad=True)
    return torch.autograd.grad(F.avg_pool2d(x, kernel_size, stride), x, grad_output)[0]


def covering(input_size, kernel_size, stride):
    """Count the windows that cover each value."""
    windows = windows_in(input_size, kernel_size, stride)
    return avg_gradient_of_torch(torch.ones(1, 1, *windows), input_size, kernel_size, stride) * kernel_size**2


def windows_in(input_size, kernel_size, stride):
    return [(size - kernel_size) // stride + 1 for size in input_size]


def avg_gradient_cases(generator, trial):
    """Use windows side by side, then windows that overlap."""
    kernel_size = draw(generator, 2, 3)
    stride = kernel_size if trial < 5 else draw(generator, 1, kernel_size - 1)
    input_size = (kernel_size + draw(generator, 0, 3), kernel_size + draw(generator, 1, 4))
    shape = 1 + (trial % 5 == 4), 1 + trial % 2, *windows_in(input_size, kernel_size, stride)
    return (kernel_size**2 * integers(generator, *shape, low=1), input_size, kernel_size, stride), {}


def apart_cases(generator, trial):
    """Leave values between the windows, or use windows of one value; in turn in float32 and float64."""
    kernel_size, stride = ((1, 1), (2, 3), (1, 2), (3, 4))[trial % 4]
    input_size = (kernel_size + draw(generator, 1, 4), kernel_size + draw(generator, 0, 4))
    grad_output = integers(generator, 1, 1, *windows_in(input_size, kernel_size, stride), low=1)
    return (grad_output.double() if trial % 2 else grad_output, input_size, kernel_size, stride), {}


def scaled(factor):
    return lambda grad_output, input_size, kernel_size, stride: (
        avg_gradient_of_torch(grad_output, input_size, kernel_size, stride)
        * factor(input_size, kernel_size, stride)
    )


def averages_overwritten(grad_output, input_size, kernel_size, stride):
    result = grad_output / kernel_size**2
    for axis, size in zip((2, 3), input_size, strict=True):
        window = (torch.arange(size) // stride).clamp(max=result.shape[axis] - 1)
        covered = torch.arange(size) - window * stride < kernel_size
        result = result.index_select(axis, window)
        result = result * (covered[:, None] if axis == 2 else covered)
    return result


AVG_GRADIENT_MISTAKES = {
    "a value under two windows keeps only the last gradient; they add up": averages_overwritten,
    "the gradient is not divided by the number of values in a window": scaled(
        lambda size, kernel_size, stride: kernel_size**2
    ),
    "the gradient is divided by the kernel size, not by its square": scaled(
        lambda size, kernel_size, stride: kernel_size
    ),
    "the gradient is divided by stride squared, not by the values in a window": scaled(
        lambda size, kernel_size, stride: kernel_size**2 / stride**2
    ),
    "the gradients of several windows are averaged; they add up": scaled(
        lambda size, kernel_size, stride: 1 / covering(size, kernel_size, stride).clamp(min=1)
    ),
}
avg_gradient = [
    Values(avg_gradient_of_torch, avg_gradient_cases, AVG_GRADIENT_MISTAKES, trials=15, fresh=True),
    Values(avg_gradient_of_torch, apart_cases, AVG_GRADIENT_MISTAKES, trials=8, seed=30, fresh=True),
]


def hidden_p4_avg(avg_pool2d_backward):
    """Compare batches, channels and random values with autograd."""

    def cases(generator, trial):
        kernel_size, stride = (draw(generator, 1, 4), draw(generator, 1, 4)) if trial != 4 else (1, 1)
        input_size = (draw(generator, 4, 8), draw(generator, 4, 8))
        windows = windows_in(input_size, kernel_size, stride)
        N, C = draw(generator, 1, 3), draw(generator, 1, 3)
        return (normal(generator, trial, N, C, *windows), input_size, kernel_size, stride), {}

    forbidden = FORBIDDEN["p4-avg-hidden"]
    check.function(
        avg_pool2d_backward, avg_gradient_of_torch, cases, forbid=forbidden, seed=80, fresh=True
    ).require()


# --- Part 5: shifts


def rolled(x, shift):
    return x.roll(shift, (2, 3))


def measured(change, roll=rolled):
    return lambda f, images, shift: float(change(f(roll(images, shift)), f(images)))


def zeros_move_in(x, shift):
    x = rolled(x, shift)
    x[:, :, : shift[0]] = 0
    x[:, :, :, : shift[1]] = 0
    return x


def ratio(after, before):
    return (after - before).norm() / before.norm()


def shift_cases(generator, trial):
    """Start with the text's example; every fifth function ends in global average pooling."""
    if trial == 0:
        return (nn.MaxPool2d((1, 2)), torch.tensor([[[[0.0, 3.0, 4.0, 0.0]]]]), (0, 1)), {}
    layer = (
        nn.MaxPool2d(2),
        nn.AvgPool2d(2),
        nn.MaxPool2d(3, 2),
        nn.MaxPool2d(2, 1),
        nn.Sequential(nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )[trial % 5]
    shift = ((0, 1), (1, 0), (1, 2), (2, 1), (3, 2), (0, 0))[trial % 6]
    images = integers(generator, 1 + trial % 3, 2, 4 + trial % 4, 5)
    return (layer, images.double() if trial % 7 == 6 else images, shift), {}


shift = Values(
    measured(ratio),
    shift_cases,
    {
        "the change is not divided by the norm of f(x)": measured(
            lambda after, before: (after - before).norm()
        ),
        "it is divided by the norm of f(Tx), not of f(x)": measured(
            lambda after, before: (after - before).norm() / after.norm()
        ),
        "the square root is missing": measured(lambda after, before: ratio(after, before) ** 2),
        "absolute values are added, not squares": measured(
            lambda after, before: (after - before).abs().sum() / before.abs().sum()
        ),
        "the norms are subtracted, not the results": measured(
            lambda after, before: (after.norm() - before.norm()).abs() / before.norm()
        ),
        "each image has its own ratio, and these are averaged": measured(
            lambda after, before: torch.stack(list(map(ratio, after, before))).mean()
        ),
        "batch and channels are shifted, not rows and columns": measured(
            ratio, lambda x, shift: x.roll(shift, (0, 1))
        ),
        "rows and columns are exchanged": measured(ratio, lambda x, shift: x.roll(shift, (3, 2))),
        "the shift goes up and to the left": measured(
            ratio, lambda x, shift: x.roll([-step for step in shift], (2, 3))
        ),
        "zeros move in, instead of what leaves on the other side": measured(ratio, zeros_move_in),
    },
    trials=15,
)


def hidden_p5_shift(shift_change):
    """Compare random images, other layers, and a network that ends in global average pooling."""
    layers = (
        nn.AvgPool2d(3, 2),
        nn.MaxPool2d(2),
        nn.Sequential(nn.MaxPool2d(3), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )

    def cases(generator, trial):
        N, C, H, W, down, right = (draw(generator, 1, 4) for _ in range(6))
        images = torch.randn(N, C, H + 4, W + 4, generator=generator)
        return (layers[trial % 3], images, (down, right)), {}

    check.function(shift_change, measured(ratio), cases, seed=90).require()


# --- Part 5: blur pooling


def binomial(kernel_size):
    return [float(comb(kernel_size - 1, place)) for place in range(kernel_size)]


def slowly(x, row, stride=2, mode="circular", divide=sum):
    """Filter along one axis and then along the other, and keep every stride-th place at the end."""
    half = len(row) // 2
    for axis in (2, 3):
        widths = (0, 0, half, half) if axis == 2 else (half, half, 0, 0)
        windows = F.pad(x, widths, mode=mode).unfold(axis, len(row), 1)
        x = (windows * torch.tensor(row, dtype=x.dtype)).sum(-1) / divide(row)
    return x[:, :, ::stride, ::stride]


def blurred(x, kernel_size=3, stride=2):
    return slowly(x, binomial(kernel_size), stride)


def blurring(row=lambda row: row, **changed):
    return lambda x, kernel_size=3, stride=2: slowly(
        x, row(binomial(kernel_size)), **({"stride": stride} | changed)
    )


def blur_cases(generator, trial):
    """Start with the text's second example."""
    if trial == 0:
        x = torch.zeros(1, 1, 4, 4)
        x[0, 0, 1, 1] = 16
        return (x,), {}
    x = integers(generator, 1 + trial % 3 // 2, 2, 4 + trial % 2, 4 + trial % 3)
    return (x,), ({}, {"kernel_size": 5}, {"stride": 1}, {"stride": 3})[trial % 4]


def other_kernels(generator, trial):
    """Use the smallest and the largest kernel, in turn in float32 and float64."""
    kernel_size, stride = ((1, 1), (7, 2), (1, 2), (5, 1))[trial % 4]
    x = integers(generator, 1 + trial // 2 % 2, 1, 4, 4 + trial % 3)
    return (x.double() if trial % 2 else x, kernel_size, stride), {}


BLUR_MISTAKES = {
    "the kernel is not divided by the sum of its entries": blurring(divide=lambda row: 1),
    "the kernel is divided by the sum of one row, not of all entries": blurring(
        divide=lambda row: sum(row) ** 0.5
    ),
    "the kernel is divided by the number of its entries": blurring(divide=len),
    "all weights are equal; they are binomial": blurring(row=lambda row: [1.0] * len(row)),
    "the border is padded with zeros, not in a circle": blurring(mode="constant"),
    "the border is reflected, not continued in a circle": blurring(mode="reflect"),
    "the border is repeated, not continued in a circle": blurring(mode="replicate"),
    "the stride is ignored": blurring(stride=1),
    "nothing is blurred": blurring(row=lambda row: [1.0]),
    "the channels are added up": lambda x, *arguments, **options: blurred(x, *arguments, **options).sum(
        1, keepdim=True
    ),
    "every channel is the sum of all channels": lambda x, *arguments, **options: blurred(
        x.sum(1, keepdim=True).expand_as(x), *arguments, **options
    ),
    "only the first image is used": only_first_image(blurred),
}
blur = [
    Values(blurred, blur_cases, BLUR_MISTAKES, trials=11, fresh=True),
    Values(blurred, other_kernels, BLUR_MISTAKES, trials=8, seed=30, fresh=True),
]


def by_rolling(x, kernel_size=3, stride=2):
    for axis in (2, 3):
        x = sum(
            weight / 2 ** (kernel_size - 1) * x.roll(place - kernel_size // 2, axis)
            for place, weight in enumerate(binomial(kernel_size))
        )
    return x[:, :, ::stride, ::stride]


def hidden_p5_blur(blur_pool2d):
    """Compare random values, batches, channels, kernel sizes and strides."""

    def cases(generator, trial):
        N, C, H, W, stride = (draw(generator, 1, 4) for _ in range(5))
        kernel_size = (1, 3, 5, 7)[trial % 4]
        stride = 1 if trial == 4 else stride
        return (normal(generator, trial, N, C, H + 3, W + 3), kernel_size, stride), {}

    check.function(blur_pool2d, by_rolling, cases, seed=100, fresh=True).require()


# --- Part 5: conclusions

conclusions = ByHand(
    right={"true_statements": ("a", "c", "d", "f")},
    statements={
        "true_statements": {
            "a": "Statement a: read the first row. What does a shift do to a convolution?",
            "b": "Statement b: invariant means that nothing changes. Read the row of max 2/2.",
            "c": "Statement c: compare two rows of the table.",
            "d": "Statement d: compare two rows of the table.",
            "e": "Statement e: the strides multiply. What is the stride of the whole network?",
            "f": "Statement f: the strides multiply. What is the stride of the whole network?",
            "g": "Statement g: which numbers of `blur_pool2d` does training change?",
        }
    },
)


def kept_places(layers):
    """Return the distance of the places of the input at which the last layer's windows start."""
    places = range(10**18)
    for _, stride in layers:
        places = places[::stride]
    return places[1] - places[0]


invisible_shift = Values(
    kept_places,
    [
        (([(3, 1), (3, 3)],), {}),
        (([(5, 1)],), {}),
        (([(3, 1), (2, 2), (3, 1), (2, 2)],), {}),
        (([(7, 2), (3, 2), (3, 3)],), {}),
        (([(2, 2), (2, 4), (3, 2)],), {}),
        (([(3, 3), (5, 1), (2, 1), (3, 2), (5, 5)],), {}),
        (([(1, 2), (3, 1), (3, 1)],), {}),
    ],
    {
        "the strides are added; they multiply": lambda layers: sum(stride for _, stride in layers),
        "the largest stride decides; the strides multiply": lambda layers: max(s for _, s in layers),
        "the least common multiple of the strides is taken; they multiply": lambda layers: lcm(
            *(stride for _, stride in layers)
        ),
        "every stride is taken for 2": lambda layers: 2 ** sum(stride > 1 for _, stride in layers),
        "the kernel sizes multiply; how far a window reaches does not matter": lambda layers: prod(
            kernel_size for kernel_size, _ in layers
        ),
        "only the last layer counts": lambda layers: layers[-1][1],
        "that is 1: pooling is taken to be invariant": lambda layers: 1,
    },
)


def hidden_p5_invisible_shift(invisible_shift):
    """Compare random networks, long ones among them."""

    def cases(generator, trial):
        layers = [(draw(generator, 1, 7), draw(generator, 1, 4)) for _ in range(1 + 2 * trial % 9)]
        return (layers,), {}

    check.function(invisible_shift, kept_places, cases, seed=110).require()


VISIBLE = {
    "p1-by-hand": [by_hand],
    "p2-size": [size],
    "p2-max": maximum,
    "p2-avg": average,
    "p3-adaptive": adaptive,
    "p3-head": head,
    "p4-max": max_gradient,
    "p4-avg": avg_gradient,
    "p5-shift": [shift],
    "p5-blur": blur,
    "p5-conclusions": [conclusions],
    "p5-invisible-shift": [invisible_shift],
}
