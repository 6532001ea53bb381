"""The tests of the exercise on convolution."""

# canary-c6ad41aa
from math import prod

import torch
import torch.nn.functional as F
from torch import nn

from autograder.visible import ByHand, Conditions, Values
from cnnlib import check
from cnnlib.check import measures

SIZES = (
    "conv2d",
    "cnnlib.conv_output_size",
    "cnnlib.conv_parameters",
    "cnnlib.arithmetic.conv_output_size",
    "cnnlib.arithmetic.conv_parameters",
)
CONVOLUTIONS = (
    "conv2d",
    "unfold",
    "numpy.convolve",
    "numpy.correlate",
    "scipy.signal.convolve",
    "scipy.signal.convolve2d",
    "scipy.signal.correlate",
    "scipy.signal.correlate2d",
    "scipy.signal.fftconvolve",
    "scipy.ndimage.convolve",
    "scipy.ndimage.correlate",
)

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "convolution#Channels: many maps in, many maps out",
    "p1-conclusions": "motivation#What a dense layer costs",
    "p2": "convolution#Where the layer sits in a network",
    "p3": "convolution#Two dimensions",
    "p3-options": "padding_stride_dilation#The size formula, by counting positions",
    "p4": "convolution#Filters you can write by hand",
    "p5": "convolution#A convolution is a matrix product",
}

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {
    "p2-summary-visible": SIZES,
    "p2-summary-hidden": SIZES,
    "p3-conv2d-visible": CONVOLUTIONS,
    "p3-options-visible": CONVOLUTIONS,
    "p3-conv2d-hidden": CONVOLUTIONS,
    "p3-stride-padding-hidden": CONVOLUTIONS,
    "p3-dilation-groups-hidden": CONVOLUTIONS,
    "p5-im2col-visible": ("unfold", "conv2d"),
    "p5-im2col-hidden": ("unfold", "conv2d"),
    "p5-multiply-visible": ("conv2d",),
    "p5-multiply-hidden": ("conv2d",),
    "p5-dense-matrix-visible": ("conv2d",),
    "p5-dense-matrix-hidden": ("conv2d",),
}


def draw(generator, low, high):
    return int(torch.randint(low, high + 1, (), generator=generator))


def one_or_two(generator, low, high):
    """Draw an int, or a pair of them."""
    pair = draw(generator, low, high), draw(generator, low, high)
    return pair if draw(generator, 0, 1) else pair[0]


def pair(value):
    return (value, value) if isinstance(value, int) else value


def dtype_of(trial):
    """Every third trial is in float64."""
    return torch.float64 if trial % 3 == 2 else torch.float32


def integers(generator, trial, *shape):
    return torch.randint(-4, 5, shape, generator=generator).to(dtype_of(trial))


def normal(generator, trial, *shape):
    return torch.randn(shape, generator=generator).to(dtype_of(trial))


def shape_that_fits(generator, kernel_size, padding=0, dilation=1, more=3):
    """Draw height and width of an image that is, with its padding, as large as the kernel or larger."""
    spans = [d * (k - 1) + 1 for k, d in zip(pair(kernel_size), pair(dilation), strict=True)]
    least = [max(1, span - 2 * p) for span, p in zip(spans, pair(padding), strict=True)]
    return [side + draw(generator, 0, more) for side in least]


def first(example, cases):
    """Let an example of the text be the first case."""
    return lambda generator, trial: cases(generator, trial - 1) if trial else example


def using(function, **changed):
    return lambda *arguments, **options: function(*arguments, **(options | changed))


# --- Part 1: layer table

TABLES = {
    2: [
        ("Conv1d", (2, 2, 3), 14),
        ("Conv2d", (2, 2, 3, 3), 38),
        ("Conv3d", (2, 2, 3, 3, 3), 110),
        ("Linear", (5, 4), 25),
    ],
    1: [
        ("Conv1d", (1, 1, 2), 3),
        ("Conv2d", (1, 1, 2, 2), 5),
        ("Conv3d", (1, 1, 2, 2, 2), 9),
        ("Linear", (3, 2), 9),
        ("Linear", (7, 6), 49),
    ],
}


def typed_in(channels, kernel_size, in_features, out_features):
    return TABLES[channels]


def mistaken(row):
    return lambda *arguments: [row(name, shape) for name, shape, _ in typed_in(*arguments)]


def linear_exchanged(name, shape):
    if name == "Linear":
        return name, shape[::-1], prod(shape) + shape[1]
    return name, shape, prod(shape) + shape[0]


layer_table = Values(
    typed_in,
    [((2, 3, [4], [5]), {}), ((1, 2, [2, 6], [3, 7]), {})],
    {
        "the biases are not counted": mistaken(lambda name, shape: (name, shape, prod(shape))),
        "the sizes of the shape are added instead of multiplied": mistaken(
            lambda name, shape: (name, shape, sum(shape))
        ),
        "the inputs and outputs of Linear are exchanged": mistaken(linear_exchanged),
    },
)


def by_torch_layers(channels, kernel_size, in_features, out_features):
    with torch.device("meta"):  # shapes are enough
        convolutions = [layer(channels, channels, kernel_size) for layer in (nn.Conv1d, nn.Conv2d, nn.Conv3d)]
        linear = [nn.Linear(*sizes) for sizes in zip(in_features, out_features, strict=True)]
    return [
        (type(layer).__name__, tuple(layer.weight.shape), sum(p.numel() for p in layer.parameters()))
        for layer in convolutions + linear
    ]


def hidden_p1_layer_table(layer_table):
    """Compare tables of other layers, the five of the notebook's next cell among them."""
    cases = [
        ((3, 2, [7, 2, 5], [3, 9, 4]), {}),
        ((4, 3, [], []), {}),
        ((32, 5, [28 * 28, 32 * 32], [28 * 28, 32 * 32]), {}),
    ]
    check.function(layer_table, by_torch_layers, cases).require()


conclusions = ByHand(
    right={"conv_weights": 25_600, "dense_weights": 629_407_744, "true_statements": ("b", "c", "e")},
    review={
        "conv_weights": "Multiply the sizes of the weight's shape (out, in, height, width).",
        "dense_weights": "Every output value has a weight for every input value; count all channels.",
    },
    mistakes={
        "conv_weights": {25_632: "That includes the biases; weights are asked for."},
        "dense_weights": {
            784**2: "That is one channel to one channel; there are 32 on each side.",
            629_407_744 + 32 * 784: "That includes the biases; weights are asked for.",
        },
    },
    statements={
        "true_statements": {
            "a": "Which sizes decide each layer's parameter count? Is the image's among them? (statement a)",
            "b": "Divide the weights of each row of the table by those of the row before. (statement b)",
            "c": "How many weights has a Linear from 2n to 2n features? (statement c)",
            "d": "Parameters are not computation: a kernel is used at every position. (statement d)",
            "e": "A convolution is linear: what can a dense layer compute? (statement e)",
        }
    },
)


def hidden_p1_conclusions(conclusions, points):
    """Count the two numbers of weights with PyTorch."""
    with torch.device("meta"):  # the dense layer would need 2.5 GB
        layer, image = nn.Conv2d(32, 32, 5, padding=2), torch.zeros(1, 32, 28, 28)
        right = {
            "conv_weights": layer.weight.numel(),
            "dense_weights": image.numel() * layer(image).numel(),
        }
    return check.answers(conclusions(), right, review=dict.fromkeys(right, "Count again.")).points(points)


# --- Part 2: shapes and parameters

LAYERS = {  # channels and size of the input; filters, kernel, stride
    "a": (3, 32, 10, 5, 1),
    "b": (3, 6, 2, 2, 1),
    "c1": (3, 32, 10, 7, 1),
    "c2": (10, 26, 6, 5, 2),
    "d1": (3, 32, 8, 3, 1),
    "d2": (8, 30, 16, 5, 1),
}


def by_torch_shapes():
    """Return the right answers from the layers themselves, and assert that each reads the one before."""
    right, shape = {}, None
    for name, (channels, side, filters, kernel_size, stride) in LAYERS.items():
        assert not name.endswith("2") or shape == (channels, side, side)
        with torch.device("meta"):
            layer = nn.Conv2d(channels, filters, kernel_size, stride)
            shape = tuple(layer(torch.zeros(1, channels, side, side)).shape[1:])
        right[f"{name}_shape"] = shape
        right[f"{name}_parameters"] = sum(p.numel() for p in layer.parameters())
    return right


def shape_mistakes(channels, side, filters, kernel_size, stride):
    dense, out = side - kernel_size + 1, (side - kernel_size) // stride + 1
    found = {
        (filters, dense, dense): "That is stride 1; with stride 2 only every second position counts.",
        (filters, out + 1, out + 1): "The last window must fit into the image: round down, then add 1.",
    }
    return (found if stride == 2 else {}) | {
        (filters, side, side): "Nothing is padded, so the result is smaller than the image.",
        (filters, out - 1, out - 1): "One position is missing: a window as wide as the image has one.",
        (out, out, filters): "The numbers are right, the order is not: PyTorch's is (C, H, W).",
        (channels * filters, out, out): "A filter gives one map: it sums over all channels of its input.",
    }


def parameter_mistakes(channels, side, filters, kernel_size, stride):
    area = kernel_size**2
    previous = "That takes the image's channels; this layer reads the result of the layer before."
    return ({filters * (3 * area + 1): previous} if channels != 3 else {}) | {
        filters * channels * area: "That is the weights; each filter has a bias as well.",
        filters * channels * area + 1: "That counts one bias for the layer; each filter has its own.",
        filters * (area + 1): "That is a filter for one channel; a filter covers all channels of its input.",
    }


REVIEW = {
    "shape": "Review: how many positions has a window of this size on this many pixels? Channels come first.",
    "parameters": "Review: a filter covers all channels of its input and has one bias.",
}


def by_hand_review(keys):
    return {key: REVIEW[key.partition("_")[2]] for key in keys}


by_hand = ByHand(
    right=by_torch_shapes(),
    review=by_hand_review(by_torch_shapes()),
    mistakes={f"{name}_shape": shape_mistakes(*sizes) for name, sizes in LAYERS.items()}
    | {f"{name}_parameters": parameter_mistakes(*sizes) for name, sizes in LAYERS.items()},
)


def hidden_p2_shapes(by_hand, points):
    """Compare the six shapes with those of the layers themselves."""
    right = {key: value for key, value in by_torch_shapes().items() if key.endswith("_shape")}
    return check.answers(by_hand(), right, review=by_hand_review(right)).points(points)


def hidden_p2_parameters(by_hand, points):
    """Compare the six numbers of parameters with those of the layers themselves."""
    right = {key: value for key, value in by_torch_shapes().items() if key.endswith("_parameters")}
    return check.answers(by_hand(), right, review=by_hand_review(right)).points(points)


def of_torch(input_shape, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True):
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups, "bias": bias}
    layer = nn.Conv2d(input_shape[0], out_channels, kernel_size, **options)
    shape = layer(torch.zeros(1, *input_shape)).shape[1:]
    return tuple(shape), sum(p.numel() for p in layer.parameters())


def summary_cases(generator, trial):
    """Set one option after the other, then all of them."""
    option = ("kernel_size", "stride", "padding", "dilation", "groups")[trial % 5]
    values = (draw(generator, 1, 3), draw(generator, 1, 3)) if trial % 2 else draw(generator, 2, 3)
    groups = draw(generator, 2, 3) if option == "groups" or trial >= 20 else 1
    kernel_size = values if option == "kernel_size" else 3
    options = {option: values} if option in ("stride", "padding", "dilation") else {"groups": groups}
    if trial >= 20:
        options = {name: one_or_two(generator, 1, 3) for name in ("padding", "dilation")}
        options["stride"] = one_or_two(generator, 2, 3)
        options["groups"] = groups
    window = options.get("padding", 0), options.get("dilation", 1)
    size = shape_that_fits(generator, kernel_size, *window, more=6)
    filters, bias = groups * draw(generator, 1, 3), bool(draw(generator, 0, 1))
    return ((groups * draw(generator, 1, 3), *size), filters, kernel_size), {**options, "bias": bias}


def one_padding(input_shape, *arguments, padding=0, **options):
    channels, height, width = input_shape
    vertical, horizontal = pair(padding)
    return of_torch((channels, height + vertical, width + horizontal), *arguments, **options)


def rounded_up(input_shape, *arguments, stride=1, **options):
    channels, height, width = input_shape
    vertical, horizontal = pair(stride)
    larger = (channels, height + vertical - 1, width + horizontal - 1)
    return of_torch(larger, *arguments, stride=stride, **options)


def dilated_too_far(input_shape, *arguments, dilation=1, **options):
    channels, height, width = input_shape
    vertical, horizontal = pair(dilation)
    smaller = (channels, height - vertical + 1, width - horizontal + 1)
    return of_torch(smaller, *arguments, dilation=dilation, **options)


def sides_exchanged(*arguments, **options):
    (channels, height, width), parameters = of_torch(*arguments, **options)
    return (channels, width, height), parameters


def without_groups(*arguments, groups=1, **options):
    return of_torch(*arguments, groups=groups, **options)[0], of_torch(*arguments, **options)[1]


def one_bias(input_shape, out_channels, *arguments, bias=True, **options):
    shape, weights = of_torch(input_shape, out_channels, *arguments, bias=False, **options)
    return shape, weights + bias


summary = Values(
    of_torch,
    first((((1, 6, 6), 2, 3), {"stride": 2, "padding": 1}), summary_cases),
    {
        "the stride is ignored": using(of_torch, stride=1),
        "the padding is ignored": using(of_torch, padding=0),
        "the padding is added on one side only": one_padding,
        "the dilation is ignored": using(of_torch, dilation=1),
        "a dilated kernel is taken to be d · k pixels wide; it is d · (k - 1) + 1 wide": dilated_too_far,
        "the size is rounded up, or 1 is added where nothing is left over": rounded_up,
        "height and width are exchanged": sides_exchanged,
        "every filter is counted with all input channels, whatever the groups": without_groups,
        "the biases are left out": using(of_torch, bias=False),
        "the biases are counted although there are none": using(of_torch, bias=True),
        "one bias is counted for the whole layer": one_bias,
    },
    trials=31,
)


def hidden_p2_summary(conv2d_summary):
    """Compare random layers with all options at once."""

    def cases(generator, trial):
        groups, kernel_size = draw(generator, 1, 4), one_or_two(generator, 1, 5)
        options = {
            "stride": one_or_two(generator, 1, 4),
            "padding": one_or_two(generator, 0, 3),
            "dilation": one_or_two(generator, 1, 3),
            "groups": groups,
            "bias": bool(draw(generator, 0, 1)),
        }
        size = shape_that_fits(generator, kernel_size, options["padding"], options["dilation"], 60)
        shape = (groups * draw(generator, 1, 5), *size)
        return (shape, groups * draw(generator, 1, 5), kernel_size), options

    forbidden = FORBIDDEN["p2-summary-hidden"]
    check.function(conv2d_summary, of_torch, cases, trials=24, forbid=forbidden, seed=20).require()


# --- Part 3: conv2d from scratch

IMAGE = torch.arange(1.0, 10.0).reshape(1, 1, 3, 3)
KERNEL = torch.tensor([[[[1.0, 2.0], [0.0, -1.0]]]])


def conv2d_cases(generator, trial):
    """Use one channel and one filter first, then several, with a bias now and then."""
    several = trial >= 5
    channels, filters = draw(generator, 1 + several, 1 + 2 * several), draw(generator, 1 + several, 3)
    filters = filters if several else 1
    kernel_size = draw(generator, 1, 3), draw(generator, 1, 3)
    size = kernel_size[0] + draw(generator, 1, 3), kernel_size[1] + draw(generator, 0, 2)
    bias = integers(generator, trial, filters) if trial % 4 == 3 else None
    x = integers(generator, trial, 1 + trial % 2, channels, *size)
    return (x, integers(generator, trial, filters, channels, *kernel_size), bias), {}


plain = Values(
    F.conv2d,
    first(((IMAGE, KERNEL, None), {}), conv2d_cases),
    {
        "the kernel is flipped": lambda x, w, b: F.conv2d(x, w.flip(2, 3), b),
        "the bias is not added": lambda x, w, b: F.conv2d(x, w),
        "the bias is added once for each weight": lambda x, w, b: F.conv2d(
            x, w, None if b is None else b * w[0].numel()
        ),
        "only the first channel is used, without the sum over channels": lambda x, w, b: F.conv2d(
            x[:, :1], w[:, :1], b
        ),
        "only the first image is used": lambda x, w, b: F.conv2d(x[:1], w, b),
        "the products are averaged, not summed": lambda x, w, b: F.conv2d(x, w / w[0].numel(), b),
        "the last row and the last column of positions are missing": lambda x, w, b: F.conv2d(x, w, b)[
            :, :, :-1, :-1
        ],
    },
    trials=21,
)

OPTIONS = ("stride", "padding", "dilation", "groups")


def one_option_cases(generator, trial):
    """Set one option after the other, as ints and then as pairs."""
    option = OPTIONS[trial % 4]
    groups = draw(generator, 2, 3) if option == "groups" else 1
    value = draw(generator, 2, 3) if trial < 12 else ((1, 2), (3, 1), (2, 3))[trial % 3]
    more = (0, 1, 3)[trial % 3] if option == "padding" else 3
    return options_case(generator, trial, {option: groups if option == "groups" else value}, more)


def all_options_cases(generator, trial):
    """Set all options together, and a bias."""
    options = {name: one_or_two(generator, 1, 2) for name in OPTIONS[:3]}
    (x, weight), options = options_case(generator, trial, {**options, "groups": draw(generator, 2, 3)}, 2)
    return (x, weight), {"bias": integers(generator, trial, len(weight)), **options}


def options_case(generator, trial, options, more):
    groups = options.get("groups", 1)
    kernel_size = draw(generator, 2, 3) if "padding" in options else 2, draw(generator, 1, 2)
    window = options.get("padding", 0), options.get("dilation", 1)
    size = shape_that_fits(generator, kernel_size, *window, more=more)
    x = integers(generator, trial, 1 + trial // 4 % 2, groups * draw(generator, 1, 2), *size)
    filters = groups * draw(generator, 1, 2)
    return (x, integers(generator, trial, filters, x.shape[1] // groups, *kernel_size)), options


def padded(sides, mode="constant"):
    def wrong(x, w, padding=0, **options):
        vertical, horizontal = pair(padding)
        before, after = sides
        widths = (horizontal * before, horizontal * after, vertical * before, vertical * after)
        return F.conv2d(F.pad(x, widths, mode=mode), w, **options)

    return wrong


def pairs_exchanged(x, w, **options):
    pairs = {name: pair(options[name])[::-1] for name in OPTIONS[:3] if name in options}
    return F.conv2d(x, w, **(options | pairs))


def interleaved(x, w, bias=None, groups=1, **options):
    order = torch.arange(w.shape[0]).reshape(-1, groups).T.flatten()
    maps = F.conv2d(x, w[order], groups=groups, **options)[:, order.argsort()]
    return maps if bias is None else maps + bias[:, None, None]


OPTION_MISTAKES = {
    "the kernel is flipped": lambda x, w, **options: F.conv2d(x, w.flip(2, 3), **options),
    "only the first image is used": lambda x, w, **options: F.conv2d(x[:1], w, **options),
    "the stride is ignored": using(F.conv2d, stride=1),
    "the padding is ignored": using(F.conv2d, padding=0),
    "zeros are added before, but not after": padded((1, 0)),
    "zeros are added after, but not before": padded((0, 1)),
    "the border is repeated instead of filled with zeros": padded((1, 1), mode="replicate"),
    "the dilation is ignored": using(F.conv2d, dilation=1),
    "vertical and horizontal are exchanged": pairs_exchanged,
    "all filters read the first group's channels": lambda x, w, groups=1, **options: F.conv2d(
        x[:, : w.shape[1]], w, **options
    ),
    "filter o is given to group o % groups": interleaved,
}
with_options = [
    Values(F.conv2d, one_option_cases, OPTION_MISTAKES, trials=20),
    Values(
        F.conv2d,
        all_options_cases,
        OPTION_MISTAKES | {"the bias is not added": using(F.conv2d, bias=None)},
        trials=9,
        seed=20,
    ),
]


def like_conv2d(conv2d, cases, cell, seed, trials):
    forbidden = FORBIDDEN[cell]
    check.function(conv2d, F.conv2d, cases, forbid=forbidden, seed=seed, trials=trials).require()


def hidden_p3_conv2d(conv2d):
    """Compare random values, shapes and biases, without options."""

    def cases(generator, trial):
        channels, filters = draw(generator, 1, 4), draw(generator, 1, 4)
        kernel_size = draw(generator, 1, 3), draw(generator, 1, 3)
        size = shape_that_fits(generator, kernel_size, more=4)
        x = normal(generator, trial, draw(generator, 1, 3), channels, *size)
        bias = normal(generator, trial, filters) if draw(generator, 0, 1) else None
        return (x, normal(generator, trial, filters, channels, *kernel_size)), {"bias": bias}

    like_conv2d(conv2d, cases, "p3-conv2d-hidden", seed=30, trials=12)


def hidden_p3_stride_padding(conv2d):
    """Compare stride and padding together, as ints and as pairs."""

    def cases(generator, trial):
        options = {"stride": one_or_two(generator, 1, 3), "padding": one_or_two(generator, 0, 2)}
        kernel_size = draw(generator, 1, 3), draw(generator, 1, 3)
        channels, filters = draw(generator, 1, 2), draw(generator, 1, 3)
        size = shape_that_fits(generator, kernel_size, options["padding"], more=4)
        x = normal(generator, trial, draw(generator, 1, 2), channels, *size)
        weight = normal(generator, trial, filters, channels, *kernel_size)
        return (x, weight, normal(generator, trial, filters)), options

    like_conv2d(conv2d, cases, "p3-stride-padding-hidden", seed=60, trials=16)


def hidden_p3_dilation_groups(conv2d):
    """Compare dilation and groups together, with stride and padding."""

    def cases(generator, trial):
        groups, kernel_size = draw(generator, 1, 3), (draw(generator, 1, 3), draw(generator, 1, 3))
        options = {
            "stride": draw(generator, 1, 2),
            "padding": one_or_two(generator, 0, 2),
            "dilation": one_or_two(generator, 1, 3),
            "groups": groups,
        }
        size = shape_that_fits(generator, kernel_size, options["padding"], options["dilation"], 4)
        channels, filters = draw(generator, 1, 2), groups * draw(generator, 1, 2)
        x = normal(generator, trial, draw(generator, 1, 2), groups * channels, *size)
        weight = normal(generator, trial, filters, channels, *kernel_size)
        return (x, weight, normal(generator, trial, filters)), options

    like_conv2d(conv2d, cases, "p3-dilation-groups-hidden", seed=90, trials=20)


# --- Part 4: hand-made filters

NAMES = ("identity", "box blur", "sharpen", "Prewitt x", "Sobel x", "Sobel y")
NINTHS = [
    [[0, 0, 0], [0, 9, 0], [0, 0, 0]],
    [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    [[-1, -1, -1], [-1, 17, -1], [-1, -1, -1]],
    [[-9, 0, 9], [-9, 0, 9], [-9, 0, 9]],
    [[-9, 0, 9], [-18, 0, 18], [-9, 0, 9]],
    [[-9, -18, -9], [0, 0, 0], [9, 18, 9]],
]
BANK = torch.tensor(NINTHS).unsqueeze(1) / 9
IMAGES = (
    [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    [[0, 0, 1], [0, 0, 1], [0, 0, 1]],
    [[0, 0, 0], [0, 0, 0], [0, 0, 9]],
    [[0, 0, 0], [0, 0, 0], [3, 3, 3]],
    [[5, 1, 0], [2, 7, 3], [0, 1, 8]],
)


def responses_of(bank):
    def respond(image, names):
        values = F.conv2d(image[None, None], bank).flatten().tolist()
        return {name: round(value, 6) for name, value in zip(names, values, strict=True)}

    return respond


def changed_bank(**changed):
    """Return the bank with other filters, by number."""
    bank = BANK.clone()
    for number, weight in changed.items():
        bank[int(number.removeprefix("f"))] = weight
    return responses_of(bank)


filter_bank = [
    Conditions("tensor", [(((), (6, 1, 3, 3), "float32"), {})]),
    Values(
        responses_of(BANK),
        [((torch.tensor(image).float(), NAMES), {}) for image in IMAGES],
        {
            "the edge filters have the opposite sign, as a flipped kernel would need": changed_bank(
                f3=-BANK[3], f4=-BANK[4], f5=-BANK[5]
            ),
            "the box blur is a sum, not a mean": changed_bank(f1=9 * BANK[1], f2=2 * BANK[0] - 9 * BANK[1]),
            "Sobel x and Sobel y are exchanged": changed_bank(f4=BANK[5], f5=BANK[4]),
        },
        measure="responses",
    ),
]


def hidden_p4_filter_bank(filter_bank):
    """Compare what the six filters give on random images, after a look at their shape and type."""
    faults = measures.tensor(filter_bank, (), (6, 1, 3, 3), "float32")
    check.Report(not faults, "\n".join(faults)).require()

    def responses(images):
        return F.conv2d(images, filter_bank())

    def cases(generator, trial):
        return (torch.randn(1, 1, 3 + trial % 3, 3 + trial % 2, generator=generator),), {}

    responses.__name__ = "filter_bank"
    check.function(responses, lambda images: F.conv2d(images, BANK), cases).require()


def half(kernel):
    return [side // 2 for side in kernel.shape]


def summed(images, kernel, padding=half):
    weight = kernel.expand(1, images.shape[1], *kernel.shape)
    return F.conv2d(images, weight, padding=padding(kernel))


def with_padding(padding):
    return lambda images, kernel: torch.cat(
        [summed(channel, kernel, padding) for channel in images.split(1, dim=1)], dim=1
    )


separately = with_padding(half)


def channels_cases(generator, trial):
    sides = ((1, 3), (3, 1), (3, 3), (3, 5), (5, 1))[trial % 5]
    size = draw(generator, 2, 3), 4 + trial % 2
    images = integers(generator, trial, 1 + trial // 2 % 2, 1 + trial % 3, *size)
    return (images, integers(generator, trial, *sides)), {}


filter_channels = Values(
    separately,
    first(
        ((torch.arange(1.0, 7.0).reshape(1, 2, 1, 3), torch.tensor([[1.0, 0.0, 0.0]])), {}), channels_cases
    ),
    {
        "the channels are added up": summed,
        "the sum over all channels is copied to every channel": lambda images, kernel: summed(
            images, kernel
        ).expand_as(images),
        "only the first image is filtered": lambda images, kernel: separately(images[:1], kernel),
        "the kernel is flipped": lambda images, kernel: separately(images, kernel.flip(0, 1)),
        "nothing is padded": with_padding(lambda kernel: 0),
        "the kernel's height decides the padding of the width, too": with_padding(
            lambda kernel: kernel.shape[0] // 2
        ),
        "the padding is the kernel's size, not half of it": with_padding(lambda kernel: kernel.shape),
    },
    trials=13,
)


def hidden_p4_filter_channels(filter_channels):
    """Compare random values, batches and numbers of channels."""

    def cases(generator, trial):
        N, C, H, W, kh, kw = (draw(generator, 1, 4) for _ in range(6))
        images = normal(generator, trial, N, C, H + 2, W + 2)
        return (images, normal(generator, trial, 2 * kh - 1, 2 * kw - 1)), {}

    check.function(filter_channels, separately, cases, seed=40, trials=12).require()


def magnitude(combine):
    def of(images):
        sobel_x, sobel_y = BANK[4:6].to(images.dtype).split(1)
        return combine(F.conv2d(images, sobel_x), F.conv2d(images, sobel_y))

    return of


def gradient_cases(generator, trial):
    """Use images of 3 x 3 pixels with whole results, then larger ones and batches."""
    bottom = ((1, 6), (0, 0), (7, -6), (-7, 8), (-7, 24))
    if trial < len(bottom):
        image = torch.zeros(1, 1, 3, 3)
        image[0, 0, 2, 1:] = torch.tensor(bottom[trial])
        return (image,), {}
    size = draw(generator, 3, 5), draw(generator, 3, 5)
    return (integers(generator, 0, draw(generator, 1, 2), 1, *size),), {}  # float32, as the bank is


gradient = Values(
    magnitude(torch.hypot),
    gradient_cases,
    {
        "the square root is missing": magnitude(lambda gx, gy: gx**2 + gy**2),
        "the absolute values are added": magnitude(lambda gx, gy: gx.abs() + gy.abs()),
        "the two slopes are added without squares": magnitude(lambda gx, gy: gx + gy),
        "only the horizontal slope is used": magnitude(lambda gx, gy: gx.abs()),
        "only the vertical slope is used": magnitude(lambda gx, gy: gy.abs()),
    },
    trials=9,
)


def hidden_p4_gradient(gradient_magnitude):
    """Compare random images of other sizes."""

    def cases(generator, trial):
        N, H, W = (draw(generator, 1, 7) for _ in range(3))
        return (normal(generator, 0, N, 1, H + 2, W + 2),), {}

    check.function(gradient_magnitude, magnitude(torch.hypot), cases, seed=50).require()


# --- Part 5: convolution as matrix multiplication


def im2col_cases(generator, trial):
    channels = 1 if trial < 5 else draw(generator, 2, 3)
    kernel_size = (2, draw(generator, 2, 3))
    options = ({}, {"stride": 2}, {"padding": 1}, {"stride": 2, "padding": 2})[trial % 4]
    size = shape_that_fits(generator, kernel_size, options.get("padding", 0))
    x = torch.randint(1, 10, (1 + trial // 4 % 2, channels, *size), generator=generator)
    return (x.to(dtype_of(trial)), kernel_size), options


def rearranged(order):
    def wrong(x, kernel_size, **options):
        columns = F.unfold(x, kernel_size, **options)
        parts = columns.reshape(x.shape[0], x.shape[1], *kernel_size, -1).permute(order)
        return parts.reshape(columns.shape)

    return wrong


def in_column_order(x, kernel_size, **options):
    return rearranged((0, 1, 3, 2, 4))(x.mT, kernel_size[::-1], **options)


def rows_reshaped(*arguments, **options):
    columns = F.unfold(*arguments, **options)
    return columns.mT.reshape(columns.shape)


im2col = Values(
    F.unfold,
    first(((torch.arange(1.0, 7.0).reshape(1, 1, 2, 3), (2, 2)), {}), im2col_cases),
    {
        "rows and columns are exchanged": lambda *arguments, **options: F.unfold(*arguments, **options).mT,
        "the windows are rows, and reshape cuts them anew; a transpose makes columns of them": rows_reshaped,
        "the channels come last inside a column": rearranged((0, 2, 3, 1, 4)),
        "inside a column, the window is read column by column": rearranged((0, 1, 3, 2, 4)),
        "the windows are taken column by column": in_column_order,
        "only the first image is used": lambda x, *arguments, **options: F.unfold(
            x[:1], *arguments, **options
        ),
        "the stride is ignored": using(F.unfold, stride=1),
        "the padding is ignored": using(F.unfold, padding=0),
    },
    trials=15,
)


def hidden_p5_im2col(im2col):
    """Compare random values, stride and padding together."""

    def cases(generator, trial):
        kernel_size = draw(generator, 1, 3), draw(generator, 1, 3)
        options = {"stride": draw(generator, 1, 3), "padding": draw(generator, 0, 2)}
        size = shape_that_fits(generator, kernel_size, options["padding"], more=5)
        x = normal(generator, trial, draw(generator, 1, 3), draw(generator, 1, 3), *size)
        return (x, kernel_size), options

    forbidden = FORBIDDEN["p5-im2col-hidden"]
    check.function(im2col, F.unfold, cases, forbid=forbidden, seed=70, trials=12).require()


def product(columns, weight, output_size):
    return F.conv1d(columns, weight.reshape(len(weight), -1, 1)).unflatten(2, output_size)


def multiply_cases(generator, trial):
    C, kh, kw = (draw(generator, 1, 2) for _ in range(3))
    filters, h, w = (draw(generator, 1 + (trial > 3), 3) for _ in range(3))
    weight = integers(generator, trial, filters, C, kh, kw)
    return (integers(generator, trial, 1 + trial % 2, C * kh * kw, h * w), weight, (h, w)), {}


def without_transpose(columns, weight, size):
    positions = product(columns, weight, size).flatten(2).mT
    return positions.reshape(len(columns), len(weight), *size)


COLUMNS = torch.tensor([[[1.0, 2.0], [2.0, 3.0], [4.0, 5.0], [5.0, 6.0]]])
multiply = Values(
    product,
    first(((COLUMNS, torch.tensor([[[[1.0, 0.0], [0.0, 2.0]]]]), (1, 2)), {}), multiply_cases),
    {
        "positions and filters are mixed up by a reshape without a transpose": without_transpose,
        "height and width are exchanged": lambda columns, weight, size: product(columns, weight, size[::-1]),
        "only the first image is used": lambda columns, weight, size: product(columns[:1], weight, size),
        "the kernel is flipped": lambda columns, weight, size: product(columns, weight.flip(2, 3), size),
        "the weight is flattened with the channels last": lambda columns, weight, size: product(
            columns, weight.permute(0, 2, 3, 1).reshape(weight.shape), size
        ),
    },
    trials=11,
)


def hidden_p5_multiply(conv2d_from_columns):
    """Compare random values, other shapes and larger batches."""

    def cases(generator, trial):
        N, C, filters, kh, kw, h, w = (draw(generator, 1, 5) for _ in range(7))
        weight = normal(generator, trial, filters, C, kh, kw)
        return (normal(generator, trial, N, weight[0].numel(), h * w), weight, (h, w)), {}

    forbidden = FORBIDDEN["p5-multiply-hidden"]
    check.function(conv2d_from_columns, product, cases, forbid=forbidden, seed=80).require()


def by_torch(kernel, height, width):
    pixels = torch.eye(height * width, dtype=kernel.dtype).reshape(-1, 1, height, width)
    return F.conv2d(pixels, kernel[None, None]).flatten(1).T


def matrix_cases(generator, trial):
    kh, kw, taller, wider = (draw(generator, 1, 3) for _ in range(4))
    kernel = torch.randint(1, 10, (kh, kw), generator=generator).to(dtype_of(trial))
    return (kernel, kh + taller - 1, kw + wider), {}


def moved_by_one(kernel, height, width):
    matrix = by_torch(kernel, height, width)
    return torch.stack([matrix[0].roll(row) for row in range(len(matrix))])


def without_the_rest_of_the_line(kernel, height, width):
    row = F.pad(kernel.flatten(), (0, height * width - kernel.numel()))
    starts = by_torch(kernel, height, width).count_nonzero(1)  # as many rows as there are positions
    columns = width - kernel.shape[1] + 1
    return torch.stack([row.roll(n // columns * width + n % columns) for n in range(len(starts))])


dense_matrix = Values(
    by_torch,
    first(((torch.tensor([[1.0, 2.0], [3.0, 4.0]]), 2, 3), {}), matrix_cases),
    {
        "the kernel is flipped": lambda kernel, *size: by_torch(kernel.flip(0, 1), *size),
        "the matrix is transposed": lambda kernel, *size: by_torch(kernel, *size).T,
        "each row moves on by one pixel, also where a line of the image ends": moved_by_one,
        "the kernel's rows follow each other without the rest of the line between them": (
            without_the_rest_of_the_line
        ),
    },
    trials=11,
)


def hidden_p5_dense_matrix(dense_matrix):
    """Compare random kernels on larger images."""

    def cases(generator, trial):
        kh, kw, taller, wider = (draw(generator, 1, 4) for _ in range(4))
        return (normal(generator, trial, kh, kw), kh + taller - 1, kw + wider), {}

    forbidden = FORBIDDEN["p5-dense-matrix-hidden"]
    check.function(dense_matrix, by_torch, cases, forbid=forbidden, seed=100).require()


COUNTS = ("entries", "nonzero", "weights")


def counted(side, kernel_size):
    """Count the entries of the matrix, those that are not zero, and the different ones among these."""
    kernel = torch.arange(1.0, kernel_size**2 + 1).reshape(kernel_size, kernel_size)
    matrix = by_torch(kernel, side, side)
    return dict(
        zip(COUNTS, (matrix.numel(), int(matrix.count_nonzero()), len(matrix.unique()) - 1), strict=True)
    )


def by_formula(side, kernel_size):
    positions = (side - kernel_size + 1) ** 2
    return dict(zip(COUNTS, (positions * side**2, positions * kernel_size**2, kernel_size**2), strict=True))


REVIEW_COUNTS = {
    "entries": "Review: there is a row for each output pixel and a column for each input pixel.",
    "nonzero": "Review: each row holds the kernel once.",
    "weights": "Review: the kernel is the same in every row.",
}
counts = ByHand(
    right=by_formula(32, 5),
    review=REVIEW_COUNTS,
    mistakes={
        "entries": {
            1024**2: "That is a square matrix; without padding the result is smaller than the image.",
            784**2: "That is a square matrix; the image is larger than the result.",
        },
        "nonzero": {1024 * 25: "That is a row for each input pixel; rows belong to output pixels."},
        "weights": {
            784 * 25: "Those are the places of the weights; count different weights.",
            26: "That includes a bias; the matrix has none.",
        },
    },
)


def hidden_p5_counts(matrix_counts, points):
    """Compare the three numbers with a formula that holds where the matrix is small enough to count in."""
    assert counted(7, 3) == by_formula(7, 3), "The formula does not hold."
    return check.answers(matrix_counts(), by_formula(32, 5), review=REVIEW_COUNTS).points(points)


VISIBLE = {
    "p1-layer-table": [layer_table],
    "p1-conclusions": [conclusions],
    "p2-by-hand": [by_hand],
    "p2-summary": [summary],
    "p3-conv2d": [plain],
    "p3-options": with_options,
    "p4-filter-bank": filter_bank,
    "p4-filter-channels": [filter_channels],
    "p4-gradient": [gradient],
    "p5-im2col": [im2col],
    "p5-multiply": [multiply],
    "p5-dense-matrix": [dense_matrix],
    "p5-counts": [counts],
}
