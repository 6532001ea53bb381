"""The tests of the exercise on architectures."""

# canary-9b3e71d4
import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

from autograder.visible import ByHand, Conditions, Values
from cnnlib import check
from cnnlib.check import configurations, measures
from cnnlib.check.given import fill

LIBRARY = (
    "conv2d",
    "cnnlib.conv_output_size",
    "cnnlib.conv_parameters",
    "cnnlib.conv_macs",
    "cnnlib.summary",
    "cnnlib.arithmetic.conv_output_size",
    "cnnlib.arithmetic.conv_parameters",
    "cnnlib.arithmetic.conv_macs",
    "cnnlib.arithmetic.summary",
)

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "architectures#Choosing sizes",
    "p2": "architectures#One pattern for nearly all",
    "p3": "architectures#VGG: one kind of layer",
    "p4": "architectures#Inception: several kernel sizes at once",
    "p5": "architectures#Where everything is",
}

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {"p1-size-table-visible": LIBRARY, "p1-size-table-hidden": LIBRARY}


def draw(generator, low, high):
    return int(torch.randint(low, high + 1, (), generator=generator))


def integers(generator, *shape):
    """Whole numbers as floats: they keep a table short."""
    return torch.randint(-4, 5, shape, generator=generator).float()


def run(network, x, training=False, seed=0):
    """What a network gives with known weights."""
    return fill(network, seed).train(training)(x).detach()


def demand(faults):
    """Raise what is wrong, if anything is."""
    if faults:
        raise check.WrongAnswer(check.Report(False, "\n".join(faults)))


# --- Part 1: sizing by hand

MACS = "Review: each value of the output takes one MAC for each weight of its filter."
HEAD = "Review: a dense layer has a weight from every value it reads to every feature, and a bias a feature."
SHARE = "Review: the dense layers' number, divided by that of all eight layers, times 100."
LAYERS = "Review: which layers are there, and what shape does each return?"
ONE_CHANNEL = "That is a filter for one channel; a filter covers all channels of its input."
BIAS = "That counts the bias; adding it is no MAC."
PARAMETERS = "Those are parameters; a filter multiplies again at every position of the output."
ONE_FILTER = "That is one map of the output; there is one for each filter."
TWICE = "That counts the multiplication and the addition; together they are one MAC."
VALUES = "Those are values; each takes 4 bytes."
UNPOOLED = "Each pooling 2/2 halves the height and the width for all that follows."
NO_BIASES = "Those are the weights; each feature has a bias as well."
COMPLEMENT = "That is the share of the convolutions."

by_hand = ByHand(
    right={
        "a_macs_1": 993_720,
        "a_macs_2": 181_500,
        "a_bytes": 239_552,
        "b_layers": 8,
        "b_map": (128, 4, 4),
        "b_macs": (9_437_184, 9_437_184, 9_437_184),
        "b_dense": 527_114,
        "b_global": 1_290,
        "b_share_parameters": 65,
        "b_share_macs": 1,
    },
    review={
        "a_macs_1": MACS,
        "a_macs_2": MACS,
        "a_bytes": LAYERS,
        "b_layers": LAYERS,
        "b_map": LAYERS,
        "b_macs": MACS,
        "b_dense": HEAD,
        "b_global": HEAD,
        "b_share_parameters": SHARE,
        "b_share_macs": SHARE,
    },
    mistakes={
        "a_macs_1": {
            331_240: ONE_CHANNEL,
            1_000_480: BIAS,
            1_480: PARAMETERS,
            1_470: PARAMETERS,
            1_505_280: "That is a map as large as the image; nothing is padded here.",
            99_372: ONE_FILTER,
            1_987_440: TWICE,
        },
        "a_macs_2": {
            18_150: ONE_CHANNEL,
            182_226: BIAS,
            1_506: PARAMETERS,
            1_500: PARAMETERS,
            30_250: ONE_FILTER,
            363_000: TWICE,
            726_000: "That is stride 1; with stride 2 only every second position counts.",
            54_450: "That takes the image's channels; this layer reads the output of the layer before.",
        },
        "a_bytes": {
            59_888: VALUES,
            7_486: VALUES,
            29_944: "That is one image; the batch has 8.",
            337_856: "That includes the images; only the outputs of the two layers are asked for.",
            479_104: "That is 8 bytes a value; a value takes 4 bytes here.",
            95_040: "Those are the weights; the outputs are asked for.",
            95_552: "Those are the parameters; the outputs are asked for.",
        },
        "b_layers": {
            6: "Those are the convolutions; a dense layer has weights, too.",
            7: "K counts the dense layers with a ReLU; one more follows.",
            11: "Pooling has no weights.",
            5: "Each of the M groups has N convolutions.",
        },
        "b_map": {
            (4, 4, 128): "The numbers are right, the order is not: PyTorch's is (C, H, W).",
            (128, 32, 32): UNPOOLED,
            (128, 8, 8): "There is one pooling in each of the three groups.",
            (128, 2, 2): "A 3 x 3 convolution with padding 1 keeps the height and the width.",
        },
        "b_macs": {
            (9_437_184, 37_748_736, 150_994_944): UNPOOLED,
            (884_736, 4_718_592, 4_718_592): (
                "Those are the first convolutions of the groups; the second ones read as many channels as "
                "they give."
            ),
            (9_216, 36_864, 147_456): PARAMETERS,
            (9_248, 36_928, 147_584): PARAMETERS,
            (18_874_368, 18_874_368, 18_874_368): TWICE,
            (2_359_296, 2_359_296, 2_359_296): "The pooling comes after both convolutions of its group.",
        },
        "b_dense": {
            20_490: "That goes from the map to the classes at once; a layer of 256 features is between.",
            526_848: NO_BIASES,
            524_544: "That is the first dense layer; the last has parameters, too.",
            35_594: "The first dense layer reads every value of the map, not one a channel.",
            6_922: "That is one channel; the layer reads all 128.",
        },
        "b_global": {
            1_280: NO_BIASES,
            35_594: "One FC takes the place of both dense layers; there is no layer of 256 features.",
            20_490: "Global average pooling leaves one value a channel.",
            170: "Global pooling averages over the places, not over the channels.",
        },
        "b_share_parameters": {
            35: COMPLEMENT,
            184: "That divides by the convolutions' number; divide by that of the whole network.",
            1: "That is the other share.",
        },
        "b_share_macs": {
            99: COMPLEMENT,
            65: (
                "Parameters are not MACs: a dense layer uses each weight once, a convolution at every "
                "position."
            ),
        },
    },
)


def measured(input_shape, layers, conv=nn.Conv2d):
    """The table of part 1, from PyTorch's own layers; large ones have no values."""
    x, rows = torch.zeros(1, *input_shape), []
    for kind, *numbers in layers:
        x = x.to(configurations.device(x, numbers))
        with torch.device(x.device):
            if kind == "conv":
                layer = conv(x.shape[1], *numbers)
            elif kind == "pool":
                layer = nn.MaxPool2d(*numbers)
            elif kind == "global":
                layer = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
            else:
                x = x.flatten(1)
                layer = nn.Linear(x.shape[1], *numbers)
        x, own = layer(x), list(layer.parameters())
        macs = x[0].numel() * own[0][0].numel() if own else 0
        rows.append((tuple(x.shape[1:]), sum(parameter.numel() for parameter in own), macs))
    return rows


def pattern(groups, hidden):
    """The network of part b: two convolutions and a pooling for each group, then the dense layers."""
    layers = []
    for channels in groups:
        layers += [("conv", channels, 3, 1, 1)] * 2 + [("pool", 2, 2)]
    return layers + [("linear", features) for features in hidden]


def hidden_p1_layers(by_hand, points):
    """The answers to part a, against PyTorch's layers."""
    rows = measured((3, 32, 32), [("conv", 10, 7, 1, 0), ("conv", 6, 5, 2, 0)])
    right = {"a_macs_1": rows[0][2], "a_macs_2": rows[1][2]}
    right["a_bytes"] = 8 * 4 * sum(math.prod(shape) for shape, *_ in rows)
    return check.answers(by_hand(), right).points(points)


def hidden_p1_pattern(by_hand, points):
    """The answers to part b, against PyTorch's layers."""
    rows = measured((3, 32, 32), pattern((32, 64, 128), (256, 10)))
    maps, dense = rows[:-2], rows[-2:]

    def share(number):
        return round(100 * sum(row[number] for row in dense) / sum(row[number] for row in rows))

    right = {
        "b_layers": sum(row[1] > 0 for row in rows),
        "b_map": maps[-1][0],
        "b_macs": tuple(row[2] for row in maps[1::3]),
        "b_dense": sum(row[1] for row in dense),
        "b_global": measured(maps[-1][0], [("global",), ("linear", 10)])[-1][1],
        "b_share_parameters": share(1),
        "b_share_macs": share(2),
    }
    return check.answers(by_hand(), right).points(points)


# --- Part 1: the table


def size_table_cases(generator, trial):
    """Short networks, one kind of layer after the other; then the example, and what is small or large."""
    shape = (draw(generator, 1, 3), draw(generator, 7, 9), draw(generator, 7, 9))
    layers = [("conv", draw(generator, 2, 4), draw(generator, 2, 3), 1, 0)]
    if trial >= 4:
        layers = [("conv", draw(generator, 2, 4), 3, draw(generator, 2, 3), draw(generator, 0, 1))]
    if trial >= 8:
        layers = [("conv", draw(generator, 2, 4), 3, 1, draw(generator, 0, 1))]
        layers += [("pool", draw(generator, 2, 3), 2)]
    if trial >= 12:
        layers += [("linear", draw(generator, 2, 5))]
    if trial >= 16:
        layers = [("conv", draw(generator, 2, 4), 3, 1, 1), ("global",)]
        layers += [("linear", draw(generator, 2, 5)), ("linear", 2)]
    if trial >= 20:
        layers = [("pool", 2, draw(generator, 1, 3)), ("conv", 3, 4, 2, 2), ("conv", 2, 1, 1, 0)]
    if trial == 23:
        shape, layers = (3, 32, 32), [("conv", 12, 3, 1, 1), ("pool", 2, 2), ("linear", 10)]
    if trial == 24:
        layers = []
    if trial == 25:
        shape, layers = (3, 225, 224), [("conv", 63, 3, 1, 1), ("linear", 4095)]
    return (shape, layers), {}


def mistaken(change):
    """The table with another row for each layer, made from the right one and from what went in."""

    def wrong(input_shape, layers):
        result, before = [], tuple(input_shape)
        for layer, row in zip(layers, measured(input_shape, layers), strict=True):
            result.append(change(layer, before, *row))
            before = row[0]
        return result

    return wrong


def without_biases(layer, before, shape, parameters, macs):
    return shape, parameters - (shape[0] if parameters else 0), macs


def one_bias(layer, before, shape, parameters, macs):
    return shape, parameters - (shape[0] - 1 if parameters else 0), macs


def biases_as_macs(layer, before, shape, parameters, macs):
    return shape, parameters, macs + (math.prod(shape) if macs else 0)


def weights_as_macs(layer, before, shape, parameters, macs):
    return shape, parameters, parameters - (shape[0] if parameters else 0)


def one_channel(layer, before, shape, parameters, macs):
    if layer[0] != "conv":
        return shape, parameters, macs
    return shape, (parameters - shape[0]) // before[0] + shape[0], macs // before[0]


def one_channel_macs(layer, before, shape, parameters, macs):
    return shape, parameters, macs // before[0] if layer[0] == "conv" else macs


def places_before(layer, before, shape, parameters, macs):
    if layer[0] != "conv":
        return shape, parameters, macs
    return shape, parameters, macs // (shape[1] * shape[2]) * before[1] * before[2]


def pair_left(layer, before, shape, parameters, macs):
    return (*shape, 1, 1) if layer[0] == "global" else shape, parameters, macs


def with_layers(change):
    return lambda input_shape, layers: measured(input_shape, [change(*layer) for layer in layers])


def padded_once(in_channels, channels, kernel_size, stride, padding):
    one_side = nn.ZeroPad2d((padding, 0, padding, 0))
    return nn.Sequential(one_side, nn.Conv2d(in_channels, channels, kernel_size, stride))


size_table = Values(
    measured,
    size_table_cases,
    trials=26,
    wrong={
        "the biases are not counted as parameters": mistaken(without_biases),
        "one bias is counted for a layer; each filter and each feature has its own": mistaken(one_bias),
        "adding the biases is counted as MACs": mistaken(biases_as_macs),
        "multiplication and addition are counted as two": mistaken(
            lambda layer, before, shape, parameters, macs: (shape, parameters, 2 * macs)
        ),
        "the parameters are taken for the MACs": mistaken(
            lambda layer, before, shape, parameters, macs: (shape, parameters, parameters)
        ),
        "the weights are taken for the MACs; a filter multiplies at every position": mistaken(
            weights_as_macs
        ),
        "a filter is taken to cover one channel; it covers all": mistaken(one_channel),
        "the MACs are those of one input channel": mistaken(one_channel_macs),
        "the MACs are counted at the positions of the input, not of the output": mistaken(places_before),
        "global pooling leaves two axes of size 1; they are dropped here": mistaken(pair_left),
        "the padding is ignored": with_layers(
            lambda kind, *n: (kind, *n[:3], 0) if kind == "conv" else (kind, *n)
        ),
        "the padding is added at one side only": lambda input_shape, layers: measured(
            input_shape, layers, padded_once
        ),
        "the stride of a convolution is ignored": with_layers(
            lambda kind, *n: (kind, *n[:2], 1, *n[3:]) if kind == "conv" else (kind, *n)
        ),
        "pooling windows lie side by side; the stride is ignored": with_layers(
            lambda kind, *n: (kind, n[0], n[0]) if kind == "pool" else (kind, *n)
        ),
        "the height is taken for the width": lambda input_shape, layers: measured(
            (input_shape[0], input_shape[1], input_shape[1]), layers
        ),
    },
)


def hidden_p1_size_table(size_table):
    """Random networks with several layers of each kind, and two that are known."""

    def cases(generator, trial):
        if trial == 0:
            return ((3, 32, 32), pattern((32, 64, 128), (256, 10))), {}
        if trial == 1:
            return ((3, 201, 199), [("conv", 33, 3, 1, 1), ("linear", 3)]), {}
        layers = []
        for _ in range(draw(generator, 1, 4)):
            kernel_size, stride, padding = draw(generator, 1, 5), draw(generator, 1, 2), draw(generator, 0, 2)
            layers.append(("conv", draw(generator, 1, 6), kernel_size, stride, padding))
            layers += [("pool", draw(generator, 2, 3), draw(generator, 1, 3))] * draw(generator, 0, 1)
        layers += [("global",)] * draw(generator, 0, 1)
        layers += [("linear", draw(generator, 1, 9))] * draw(generator, 0, 3)
        shape = (draw(generator, 1, 4), draw(generator, 60, 90), draw(generator, 60, 90))
        return (shape, [] if trial == 2 else layers), {}

    forbidden = FORBIDDEN["p1-size-table-hidden"]
    check.function(size_table, measured, cases, forbid=forbidden, seed=20, trials=8).require()


# --- Part 2: a ten-layer network

WIDTHS = (4, 4, 4, 4, 6, 6, 8, 8, 9, 9)


def ten_layers(
    in_channels,
    classes,
    widths,
    *,
    pools=(4, 6, 8),
    order="cnr",
    pool=nn.MaxPool2d,
    head=nn.AdaptiveAvgPool2d,
    last=True,
    track=True,
):
    """The network asked for, or one with other parts."""
    layers = []
    for number, width in enumerate(widths, start=1):
        parts = {
            "c": nn.Conv2d(in_channels, width, 3, padding=1, bias=False),
            "n": nn.BatchNorm2d(width, track_running_stats=track),
            "r": nn.ReLU(),
        }
        kept = order if last or number < len(widths) else order.replace("r", "")
        layers += [parts[part] for part in kept] + ([pool(2)] if number in pools else [])
        in_channels = width
    return nn.Sequential(*layers, head(1), nn.Flatten(), nn.Linear(in_channels, classes))


def ten(then=None, **changed):
    """The logits of that network with known weights."""

    def logits(images, in_channels, classes, widths):
        y = run(ten_layers(in_channels, classes, widths, **changed), images)
        return then(y) if then else y

    return logits


def ten_in_mode(images, training, in_channels, classes, widths):
    return run(ten_layers(in_channels, classes, widths), images, training)


def norms_frozen(images, training, in_channels, classes, widths):
    return run(ten_layers(in_channels, classes, widths), images)


def ten_weights(in_channels, classes, widths):
    """The shapes of the weights, by what to call them."""
    pairs = list(zip((in_channels, *widths), widths, strict=False))
    return {
        "Conv2d": {f"layer {number}": (out, into, 3, 3) for number, (into, out) in enumerate(pairs, 1)},
        "BatchNorm2d": {f"after layer {number}": (width,) for number, width in enumerate(widths, 1)},
        "Linear": {"the dense layer": (classes, widths[-1])},
    }


SAME_WIDTHS = "A convolution reads as many channels as the one before it gives."
ten_structure = [{"Conv2d": False, "Linear": True}, {"Conv2d": SAME_WIDTHS}]


def ten_cases(generator, trial):
    return (integers(generator, 1 + trial % 2, 3, 24 + trial % 3, 24), 3, 5, WIDTHS), {}


SMALL = (2, 3, 2, 3, 2, 3, 2, 3, 2, 3)


def ten_training_cases(generator, trial):
    return (integers(generator, 4, 2, 12, 13), True, 2, 3, SMALL), {}


FOUR = torch.ones(4, 3, 8, 8)
EXAMPLE = 5_274_280  # the parameters of TenLayerNet(), as the task says
ten_layer_net = [
    Conditions("shapes", [(((3, 5, WIDTHS), (2, 3, 8, 8), (2, 5)), {})]),
    Conditions("weights", [(((3, 5, WIDTHS), ten_weights(3, 5, WIDTHS), *ten_structure), {})]),
    Conditions("parameters", [(((), EXAMPLE), {})]),
    Values(
        ten(),
        ten_cases,
        {
            "pooling comes after layers 5, 7 and 9; layers are counted from 1": ten(pools=(5, 7, 9)),
            "pooling comes before layers 4, 6 and 8, not after": ten(pools=(3, 5, 7)),
            "a pooling is missing": ten(pools=(4, 6)),
            "there is a pooling after layer 10, too": ten(pools=(4, 6, 8, 10)),
            "nothing is pooled after layers 4, 6 and 8": ten(pools=()),
            "the average is pooled after layers 4, 6 and 8, not the maximum": ten(pool=nn.AvgPool2d),
            "the global pooling takes the maximum, not the average": ten(head=nn.AdaptiveMaxPool2d),
            "the ReLUs are missing": ten(order="cn"),
            "the ReLU of layer 10 is missing": ten(last=False),
            "the ReLU comes before the batch norm": ten(order="crn"),
            "the batch norms are there, but not used": ten(order="cr"),
            "in evaluation mode, the batch norms use the statistics of the batch": ten(track=False),
            "softmax is applied; logits are asked for": ten(lambda y: y.softmax(1)),
            "log_softmax is applied; logits are asked for": ten(lambda y: y.log_softmax(1)),
            "ReLU is applied to the logits": ten(torch.relu),
        },
        trials=4,
        measure="filled",
    ),
    Conditions("shapes", [(((3, 5, WIDTHS), (1, 3, 8, 13), (1, 5)), {})]),
    Values(
        ten_in_mode,
        ten_training_cases,
        {"in training mode, the batch norms use their running statistics": norms_frozen},
        trials=2,
        measure="filled_in_mode",
    ),
    Conditions("once", [((FOUR, 3, 5, WIDTHS), {})]),
    Conditions("apart", [(((3, 5, WIDTHS),), {})]),
    Conditions("unused", [((FOUR, 3, 5, WIDTHS), {})]),
]


def hidden_p2_parameters(TenLayerNet):
    """The parameters of networks with other widths: that each is its own, and that each gets a gradient."""
    rising, equal = (1, 7, (2, 3, 4, 5, 6, 7, 8, 9, 10, 11)), (3, 10, (6, 5, 4, 3, 6, 5, 4, 3, 6, 5))
    for args in (rising, equal):
        demand(measures.weights(TenLayerNet, args, ten_weights(*args), *ten_structure))
        demand(measures.parameters(TenLayerNet, args, count(ten_layers(*args))))
    demand(measures.parameters(TenLayerNet, (), EXAMPLE))
    images = measures.randn(6, 1, 17, 17)
    demand(measures.shapes(TenLayerNet, rising, images.shape, (6, 7)))
    demand(measures.unused(TenLayerNet, images, *rising))
    demand(measures.once(TenLayerNet, images, *rising))
    demand(measures.apart(TenLayerNet, equal))


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def hidden_p2_values(TenLayerNet):
    """Logits with random widths and other weights, in training and in evaluation mode."""

    def logits(images, training, classes, widths):
        return run(TenLayerNet(images.shape[1], classes, widths), images, training, seed=1)

    def like(images, training, classes, widths):
        return run(ten_layers(images.shape[1], classes, widths), images, training, seed=1)

    def cases(generator, trial):
        in_channels, classes, *widths = torch.randint(2, 7, (12,), generator=generator).tolist()
        images = torch.randn(4, in_channels, 16, 16 + trial % 3, generator=generator)
        return (images, trial % 2 == 0, classes, tuple(widths)), {}

    logits.__name__ = TenLayerNet.__name__
    check.function(logits, like, cases, seed=30, trials=4).require()


def hidden_p2_sizes(TenLayerNet):
    """Images of other sizes, down to 8 by 8, and a batch of one."""
    for shape in [(1, 2, 8, 8), (1, 2, 32, 32), (3, 2, 13, 40), (1, 2, 65, 9), (2, 2, 15, 15)]:
        demand(measures.shapes(TenLayerNet, (2, 5, WIDTHS), shape, (shape[0], 5)))
    model = TenLayerNet(2, 5, WIDTHS).eval()
    images = measures.randn(3, 2, 24, 16, seed=1)
    with torch.no_grad():
        together = model(images)
        alone = torch.cat([model(image[None]) for image in images])
    if not torch.allclose(together, alone, rtol=1e-4, atol=1e-5):
        demand(["In evaluation mode, an image's logits depend on the rest of its batch."])


# --- Part 3: a configurable VGG

NETWORKS = [
    ([(1, 2), (2, 4)], [3], 1, 2, (4, 6)),
    ([(2, 3)], [], 2, 4, (5, 4)),
    ([(2, 3), (3, 5)], [7, 6], 3, 5, (9, 10)),
    ([(1, 4), (1, 3), (2, 6)], [8], 3, 3, (13, 16)),
]


def vgg_layers(
    stages,
    hidden,
    in_channels,
    classes,
    image_size,
    *,
    pool=nn.MaxPool2d,
    first=False,
    conv="all",
    dense=True,
):
    """The network asked for, or one that differs in its pooling or in its ReLUs."""
    layers = []
    for number, width in stages:
        stage = []
        for left in range(number, 0, -1):
            stage.append(nn.Conv2d(in_channels, width, 3, padding=1))
            stage += [nn.ReLU()] if conv == "all" or (conv == "last" and left == 1) else []
            in_channels = width
        layers += [pool(2), *stage] if first else [*stage, pool(2)]
    layers.append(nn.Flatten())
    features = in_channels * (image_size[0] >> len(stages)) * (image_size[1] >> len(stages))
    for size in hidden:
        layers += [nn.Linear(features, size)] + [nn.ReLU()] * dense
        features = size
    return nn.Sequential(*layers, nn.Linear(features, classes))


def vgg(then=None, **changed):
    """The logits of that network with known weights."""

    def logits(images, stages, hidden, in_channels, classes, image_size):
        y = run(vgg_layers(stages, hidden, in_channels, classes, image_size, **changed), images)
        return then(y) if then else y

    return logits


def vgg_weights(*args):
    """The shapes of the weights, by what to call them."""
    named: dict[str, dict[str, Sequence[int]]] = {"Conv2d": {}, "Linear": {}}
    for layer in vgg_layers(*args):
        kind = type(layer).__name__
        if kind in named:
            label = f"{'convolution' if kind == 'Conv2d' else 'dense layer'} {len(named[kind]) + 1}"
            named[kind][label] = tuple(layer.weight.shape)
    return named


vgg_structure = [
    {"Conv2d": True, "Linear": True},
    {
        "Conv2d": SAME_WIDTHS,
        "Linear": "The first dense layer reads C · H · W values; each pooling halves H and W, rounded down.",
    },
]
# What all kinds of dropout, and of batch norm, are built on.
LEFT_OUT = {"_DropoutNd": "VGG's dropout is left out here.", "_NormBase": "This VGG has no batch norm."}
SMALL_VGG = [(1, 4), (1, 8)]  # with the default arguments


def vgg_cases(generator, trial):
    args = NETWORKS[trial % 4]
    return (integers(generator, 1 + (trial + 1) % 2, args[2], *args[4]), *args), {}


vgg_net = [
    *(Conditions("weights", [((args, vgg_weights(*args), *vgg_structure), {})]) for args in NETWORKS),
    Conditions("absent", [((NETWORKS[0], LEFT_OUT), {})]),
    Conditions("parameters", [(((SMALL_VGG,), 5_538), {})]),
    Conditions(
        "shapes",
        [((NETWORKS[2], (2, 3, 9, 10), (2, 5)), {}), ((NETWORKS[3], (1, 3, 13, 16), (1, 3)), {})],
    ),
    Values(
        vgg(),
        vgg_cases,
        {
            "the average is pooled, not the maximum": vgg(pool=nn.AvgPool2d),
            "pooling comes before each stage, not after it": vgg(first=True),
            "there is no ReLU after the convolutions": vgg(conv="none"),
            "ReLU follows the last convolution of a stage only": vgg(conv="last"),
            "there is no ReLU between the dense layers": vgg(dense=False),
            "softmax is applied; logits are asked for": vgg(lambda y: y.softmax(1)),
            "log_softmax is applied; logits are asked for": vgg(lambda y: y.log_softmax(1)),
            "ReLU is applied to the logits": vgg(torch.relu),
        },
        trials=6,
        measure="filled",
    ),
    Conditions("alike", [((torch.ones(2, 3, 9, 10), *NETWORKS[2]), {})]),
    Conditions("apart", [((NETWORKS[0],), {})]),
    Conditions("unused", [((torch.ones(2, 3, 9, 10), *NETWORKS[2]), {})]),
]


def hidden_p3_values(VGG):
    """Logits of random networks with other weights, in training and in evaluation mode."""

    def logits(images, stages, hidden, in_channels, classes, image_size, training):
        made = VGG(stages, hidden, in_channels, classes, image_size)
        return run(made, images, training, seed=2)

    def like(images, stages, hidden, in_channels, classes, image_size, training):
        return run(vgg_layers(stages, hidden, in_channels, classes, image_size), images, seed=2)

    def cases(generator, trial):
        stages = [(draw(generator, 1, 3), draw(generator, 2, 6)) for _ in range(draw(generator, 1, 3))]
        hidden = [draw(generator, 3, 8) for _ in range(draw(generator, 0, 3))]
        image_size = (draw(generator, 8, 18), draw(generator, 8, 18))
        images = torch.randn(1 + trial % 3, draw(generator, 1, 4), *image_size, generator=generator)
        return (images, stages, hidden, images.shape[1], draw(generator, 2, 6), image_size, trial != 3), {}

    logits.__name__ = VGG.__name__
    check.function(logits, like, cases, seed=40, trials=5).require()


def hidden_p3_parameters(VGG):
    """Parameters of narrow networks of VGG's depths, the default arguments, and a gradient for each."""
    for numbers in ((1, 1, 2, 2, 2), (2, 2, 3, 3, 3)):  # 11 and 16 layers
        stages = list(zip(numbers, (2, 3, 4, 6, 6), strict=True))
        args = (stages, [9, 8], 3, 7, (64, 40))
        demand(measures.weights(VGG, args, vgg_weights(*args), *vgg_structure))
        demand(measures.parameters(VGG, args, count(vgg_layers(*args))))
    demand(measures.shapes(VGG, args, (2, 3, 64, 40), (2, 7)))
    demand(measures.unused(VGG, torch.ones(1, 3, 64, 40), *args))
    demand(measures.apart(VGG, args))
    demand(measures.parameters(VGG, (SMALL_VGG,), count(vgg_layers(SMALL_VGG, (), 3, 10, (32, 32)))))


# --- Part 3: the stages of VGG

CHANNELS = [64, 128, 256, 512, 512]
# The parameters of torchvision.models.vgg11, vgg13, vgg16 and vgg19.
PUBLISHED = {11: 132_863_336, 13: 133_047_848, 16: 138_357_544, 19: 143_667_240}
LATE = {11: 2, 13: 2, 16: 3, 19: 4}  # convolutions of each of the last three stages


def stages_of(depth):
    numbers = [1 if depth == 11 else 2] * 2 + [LATE[depth]] * 3
    return list(zip(numbers, CHANNELS, strict=True))


vgg_stages = [
    Conditions("stages", [((depth, CHANNELS, 3), {}) for depth in PUBLISHED]),
    Values(stages_of, [((13,), {})]),  # the example
]


def hidden_p3_stages(vgg_stages):
    """The stages, and the parameters that they give on 224 by 224 pixels, against the published numbers."""
    check.function(vgg_stages, stages_of, [((depth,), {}) for depth in PUBLISHED]).require()
    for depth, published in PUBLISHED.items():
        with torch.device("meta"):
            got = count(vgg_layers(vgg_stages(depth), (4096, 4096), 3, 1000, (224, 224)))
        if got != published:
            demand([f"VGG-{depth} would have {got:,} parameters, expected {published:,}."])


# --- Part 4: an inception module

SIZES = (2, 1, 3, 4, 5, 7, 6)
EQUAL = (2, 3, 3, 3, 3, 3, 3)  # layers of one shape are still different layers
NARROW = (2, 1, 3, 1, 4, 1, 2)
ENDS, REDUCTIONS = (0, 2, 4, 5), (1, 3)
MAX_POOL, AVERAGE_POOL = nn.MaxPool2d(3, 1, 1), nn.AvgPool2d(3, 1, 1)


def padded_pool(value):
    return nn.Sequential(nn.ConstantPad2d(1, value), nn.MaxPool2d(3, 1))


class Branches(nn.Module):
    """The module asked for, or one that differs in its branches; `linear` are convolutions without ReLU."""

    def __init__(self, *sizes, order=(0, 1, 2, 3), pool=MAX_POOL, linear=(), pool_last=False):
        super().__init__()
        self.convolutions = nn.ModuleList(
            nn.Conv2d(shape[1], shape[0], shape[2], padding="same")
            for shape in inception_weights(*sizes)["Conv2d"].values()
        )
        self.order, self.pool, self.linear, self.pool_last = order, pool, linear, pool_last

    def apply_layer(self, x, number):
        y = self.convolutions[number](x)
        return y if number in self.linear else y.relu()

    def forward(self, x):
        branches = [
            self.apply_layer(x, 0),
            self.apply_layer(self.apply_layer(x, 1), 2),
            self.apply_layer(self.apply_layer(x, 3), 4),
            self.pool(self.apply_layer(x, 5)) if self.pool_last else self.apply_layer(self.pool(x), 5),
        ]
        return torch.cat([branches[number] for number in self.order], 1)


def inception_weights(in_channels, out1, reduce3, out3, reduce5, out5, project):
    """The shapes of the weights, by what to call them."""
    return {
        "Conv2d": {
            "branch 1, 1 x 1": (out1, in_channels, 1, 1),
            "branch 2, 1 x 1": (reduce3, in_channels, 1, 1),
            "branch 2, 3 x 3": (out3, reduce3, 3, 3),
            "branch 3, 1 x 1": (reduce5, in_channels, 1, 1),
            "branch 3, 5 x 5": (out5, reduce5, 5, 5),
            "branch 4, 1 x 1": (project, in_channels, 1, 1),
        }
    }


def inception(then=None, **changed):
    """The maps of that module with known weights."""

    def maps(images, in_channels, out1, reduce3, out3, reduce5, out5, project):
        sizes = in_channels, out1, reduce3, out3, reduce5, out5, project
        y = run(Branches(*sizes, **changed), images)
        return then(y) if then else y

    return maps


inception_structure = [
    {"Conv2d": True},
    {"Conv2d": "A branch's second convolution reads what its first gives; the layers must be registered."},
]


def inception_cases(generator, trial):
    if trial >= 6:  # far below any number that could stand for "outside"
        images = -4096 * torch.tensor([[[[3.0, 1.0]], [[1.0, 2.0]]]])
        return (images if trial == 6 else images.mT, *NARROW), {}
    sides = [(4, 5), (5, 3), (6, 4), (1, 1), (2, 3)][trial % 5]
    return (integers(generator, 1 + trial % 2, 2, *sides), *NARROW), {}


inception_module = [
    Conditions("shapes", [((SIZES, (2, 2, 6, 9), (2, 18, 6, 9)), {})]),
    Conditions("weights", [((SIZES, inception_weights(*SIZES), *inception_structure), {})]),
    Conditions("weights", [((EQUAL, inception_weights(*EQUAL), *inception_structure), {})]),
    Values(
        inception(),
        inception_cases,
        {
            "the ReLUs after the reductions are missing": inception(linear=REDUCTIONS),
            "the ReLUs at the ends of the branches are missing": inception(linear=ENDS),
            "there are no ReLUs": inception(linear=ENDS + REDUCTIONS),
            "the ReLU after the pooling branch's convolution is missing": inception(linear=(5,)),
            "the average is pooled, not the maximum": inception(pool=AVERAGE_POOL),
            "the pooling takes zeros for what lies outside": inception(pool=padded_pool(0.0)),
            "the pooling takes -1 for what lies outside": inception(pool=padded_pool(-1.0)),
            "the pooling takes -100 for what lies outside": inception(pool=padded_pool(-100.0)),
            "the pooling takes -1000 for what lies outside": inception(pool=padded_pool(-1000.0)),
            "nothing is pooled": inception(pool=nn.Identity()),
            "the input goes through a ReLU before the branches": lambda images, *sizes: inception()(
                images.relu(), *sizes
            ),
            "the pooling comes after the 1 x 1 convolution of its branch, not before": inception(
                pool_last=True
            ),
            "the pooling branch comes first": inception(order=(3, 0, 1, 2)),
            "the branches come in another order": inception(order=(0, 2, 1, 3)),
            "the branches come in the reverse order": inception(order=(3, 2, 1, 0)),
        },
        trials=8,
        measure="filled",
    ),
    Conditions("apart", [((SIZES,), {})]),
    Conditions("unused", [((torch.ones(1, 2, 5, 5), *SIZES), {})]),
]


def hidden_p4_values(Inception):
    """Other sizes, weights and images, down to one pixel."""

    def maps(images, *sizes):
        return run(Inception(images.shape[1], *sizes), images, seed=3)

    def like(images, *sizes):
        return run(Branches(images.shape[1], *sizes), images, seed=3)

    def cases(generator, trial):
        in_channels = 1 + trial % 4
        sizes = (torch.randperm(9, generator=generator)[:6] + 1).tolist()
        sides = [(1, 1), (1, 7), (4, 3), (8, 9), (2, 6)][trial % 5]
        images = torch.randn(1 + trial % 3, in_channels, *sides, generator=generator) - 0.5
        return (-8192 * (images.abs() + 1) if trial == 0 else images, *sizes), {}

    maps.__name__ = Inception.__name__
    check.function(maps, like, cases, seed=60, trials=7).require()


# Table 1 of Szegedy et al. (2015), modules 3a, 4a and 5b: the input's channels, then those of the module.
GOOGLENET = [
    (192, 64, 96, 128, 16, 32, 32),
    (480, 192, 96, 208, 16, 48, 64),
    (832, 384, 192, 384, 48, 128, 128),
]


def hidden_p4_parameters(Inception):
    """Shapes and parameters of three of GoogLeNet's modules, an eighth as wide, and of one of equal sizes."""
    for sizes in [*(tuple(size // 8 for size in row) for row in GOOGLENET), (3, 2, 2, 2, 2, 2, 2)]:
        in_channels, out1, _, out3, _, out5, project = sizes
        out_channels = out1 + out3 + out5 + project
        demand(measures.shapes(Inception, sizes, (2, in_channels, 7, 7), (2, out_channels, 7, 7)))
        demand(measures.weights(Inception, sizes, inception_weights(*sizes), *inception_structure))
        demand(measures.parameters(Inception, sizes, count(Branches(*sizes))))
    demand(measures.unused(Inception, torch.ones(1, in_channels, 5, 5), *sizes))
    demand(measures.apart(Inception, sizes))


# --- Part 4: what the reductions are for

WITH_BIASES = "That includes the biases; weights are asked for."
conclusions = ByHand(
    right={
        "naive_weights": 387_072,
        "naive_channels": 416,
        "reduced_weights": 163_328,
        "true_statements": "bcef",
    },
    review={
        "naive_weights": "A kernel has a weight for each of its places, input and output channels.",
        "naive_channels": "Add the channels of all four branches.",
        "reduced_weights": "Count the six convolutions; each reads what the layer before it gives.",
    },
    mistakes={
        "naive_weights": {
            387_296: WITH_BIASES,
            393_216: "The naive module's pooling branch has no convolution.",
        },
        "reduced_weights": {
            163_696: WITH_BIASES,
            157_184: "The convolution behind the pooling is missing.",
            414_720: "The large kernels read the reduced maps, not the module's input.",
            155_136: "That has a second 3 × 3 kernel where the module has a 5 × 5.",
        },
        "naive_channels": {
            256: "That is the module with reductions. What does pooling alone return?",
            224: "The pooling branch is missing.",
        },
    },
    statements={
        "true_statements": {
            "a": "Statement a: how many pixels does a 1 × 1 kernel see?",
            "b": "Statement b: how many channels does pooling return?",
            "c": "Statement c: each of the two layers is linear. What is between them?",
            "d": "Statement d: is the size of the image one of the sizes of a weight?",
            "e": "Statement e: could the maps be concatenated otherwise?",
            "f": "Statement f: how often does each weight multiply, in maps of one size?",
        }
    },
)


def hidden_p4_conclusions(conclusions, points):
    """What was asked without a visible test: a stack of modules, its field, and the MACs of module 3a."""
    x = torch.zeros(1, 192, 1, 1)
    for _ in range(5):
        kernels = [torch.zeros(out, x.shape[1], side, side) for out, side in ((64, 1), (128, 3), (32, 5))]
        maps = [F.conv2d(x, kernel, padding="same") for kernel in kernels]
        x = torch.cat([*maps, MAX_POOL(x)], 1)
    layers = [("conv", 16, 1, 1, 0), ("conv", 32, 5, 1, 2)] * 3
    right = {
        "stack_channels": x.shape[1],
        "stack_field": field(layers),
        "reduced_macs": sum(
            28 * 28 * math.prod(shape) for shape in inception_weights(*GOOGLENET[0])["Conv2d"].values()
        ),
    }
    review = {
        "stack_channels": "Review: what does each module add to the channels that it reads?",
        "stack_field": "Review: which branch sees most, and what does its 1 × 1 convolution add?",
        "reduced_macs": "Review: how often does each weight multiply in a map of 28 × 28?",
    }
    return check.answers(conclusions(), right, review=review).points(points)


def field(layers):
    """Pixels in a row that one unit of the last map depends on, by its gradient."""
    signal = torch.ones(1, 1, 257, dtype=torch.float64, requires_grad=True)
    x = signal
    for kind, *numbers in layers:
        if kind == "conv":
            _, kernel_size, stride, padding = numbers
            x = F.conv1d(x, torch.ones(1, 1, kernel_size, dtype=torch.float64), None, stride, padding)
        elif kind == "pool":
            x = F.avg_pool1d(x, *numbers)
    (gradient,) = torch.autograd.grad(x[0, 0, x.shape[2] // 2], signal)
    seen = gradient[0, 0].nonzero().flatten()
    return int(seen[-1] - seen[0]) + 1


# --- Part 5: a network for a budget

LEAST = {"convolutions": 8, "width": 16, "kernel": 3, "channels": 64, "side": 8, "field": 41}
MOST = {"Parameters": 70_000, "MACs": 5_000_000, "Values": 40_000}

budget = Conditions(
    "configuration",
    [(((3, 32, 32), 10, LEAST, MOST), {})],
    heading="Your design does not meet all conditions:",
)


def designed(design):
    """The configuration in its proper form, and its table."""
    layers = configurations.read(design())
    if isinstance(layers, str):
        demand([f"design() {layers}"])
    if layers != configurations.read(design()):
        demand(["design() returns another list each time it is called."])
    try:
        return layers, measured((3, 32, 32), layers)
    except RuntimeError as error:
        demand([f"PyTorch cannot build it: {error}"])


def hidden_p5_cost(design):
    """Parameters, MACs and values, counted in a network built from the configuration."""
    _, rows = designed(design)
    if not rows or rows[-1][0] != (10,):
        demand(["The network does not end in 10 features."])
    parameters, macs = (sum(row[number] for row in rows) for number in (1, 2))
    values = 3 * 32 * 32 + sum(math.prod(row[0]) for row in rows)
    costs = {"Parameters": parameters, "MACs": macs, "Values": values}
    demand([f"{name}: {costs[name]:,}, more than {m:,}." for name, m in MOST.items() if costs[name] > m])


def hidden_p5_structure(design):
    """Depth, resolution and receptive field, measured in the layers."""
    layers, rows = designed(design)
    maps = [layer for layer in layers if layer[0] in ("conv", "pool")]
    head = [layer[0] for layer in layers[len(maps) :]]
    proper = head in (["linear"] * len(head), ["global"] + ["linear"] * (len(head) - 1))
    if layers[: len(maps)] != maps or not maps or not proper or layers[-1] != ("linear", 10):
        demand([f"The head is {head}, or not at the end."])
    faults = []
    depth = sum(layer[0] == "conv" and layer[1] >= 16 and layer[2] >= 3 for layer in maps)
    if depth < 8:
        faults.append(f"Depth: {depth} such convolutions, expected 8.")
    channels, *sides = rows[len(maps) - 1][0]
    if channels < 64 or min(sides) < 8:
        faults.append(f"Resolution: the last map is {(channels, *sides)}.")
    if field(maps) < 41:
        faults.append(f"Receptive field: {field(maps)} pixels in a row, expected 41.")
    demand(faults)


VISIBLE = {
    "p1-by-hand": [by_hand],
    "p1-size-table": [size_table],
    "p2-ten-layers": ten_layer_net,
    "p3-vgg": vgg_net,
    "p3-stages": vgg_stages,
    "p4-inception": inception_module,
    "p4-conclusions": [conclusions],
    "p5-design": [budget],
}
