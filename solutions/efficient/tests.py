"""The tests of the exercise on efficient networks."""

# canary-3e91b5d7
from functools import partial
from math import ceil, gcd

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from autograder.visible import ByHand, Conditions, Values
from cnnlib import challenge, check
from cnnlib.check import given, measures

CONVOLUTIONS = (
    "conv2d",
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
SHUFFLES = ("channel_shuffle", "pixel_shuffle", "pixel_unshuffle")

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "efficient#The cost ratio",
    "p2": "efficient#Two jobs in one layer",
    "p2-shuffle": "efficient#Groups, and the shuffle between them",
    "p3": "efficient#Squeeze-and-excitation: weigh the channels",
    "p4": "efficient#MobileNetV2: wide inside, narrow between",
    "p5": "efficient#The measured claim: one budget, five designs, a curve for each",
}

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {
    "p2-grouped-visible": CONVOLUTIONS,
    "p2-grouped-hidden": CONVOLUTIONS,
    "p2-separable-visible": CONVOLUTIONS,
    "p2-separable-hidden": CONVOLUTIONS,
    "p2-shuffle-visible": SHUFFLES,
    "p2-shuffle-hidden": SHUFFLES,
}


def draw(generator, low, high):
    return int(torch.randint(low, high + 1, (), generator=generator))


def integers(generator, *shape, low=-4, high=4):
    """Draw whole numbers as floats: they keep a table short."""
    return torch.randint(low, high + 1, shape, generator=generator).float()


def in_turn(trial, *tensors):
    """Return the tensors, in every third trial in float64."""
    return tuple(tensor.double() if trial % 3 == 2 else tensor for tensor in tensors)


def demand(faults):
    """Raise what is wrong, if anything is."""
    check.Report(not faults, "\n".join(faults)).require()


def measured(measure, answer, **options):
    """Return a measure of an answer as a function of a case, with the answer's name."""
    function = partial(measure, answer, **options)
    function.__name__ = answer.__name__
    return function


# --- Part 1: costs and orders by hand


def without_bias(*arguments, **options):
    return nn.Conv2d(*arguments, bias=False, device="meta", **options)


def weights(*layers):
    return sum(parameter.numel() for layer in layers for parameter in layer.parameters())


def macs(layers, *shape):
    """Count the multiply-adds of layers, one after the other, for one image by PyTorch's own counter."""
    with FlopCounterMode(display=False) as counter:
        nn.Sequential(*layers)(torch.empty(1, *shape, device="meta"))
    return counter.get_total_flops() // 2


def separable_layers(C, channels, stride=1, late=1):
    return [without_bias(C, C, 3, stride, padding=1, groups=C), without_bias(C, channels, 1, late)]


def inverted_layers(C, channels, stride=1, expansion=6):
    hidden = expansion * C
    expand = [without_bias(C, hidden, 1)] if expansion != 1 else []
    depthwise = without_bias(hidden, hidden, 3, stride, padding=1, groups=hidden)
    return [*expand, depthwise, without_bias(hidden, channels, 1)]


def gate_layers(channels, inner):
    return [nn.Linear(channels, inner, device="meta"), nn.Linear(inner, channels, device="meta")]


def costs_of_torch():
    standard = weights(without_bias(64, 128, 3))
    separable = weights(*separable_layers(64, 128))
    shared = gcd(separable, standard)
    block = inverted_layers(24, 24)
    late, early = (macs(separable_layers(64, 128, *strides), 64, 28, 28) for strides in ((1, 2), (2, 1)))
    return {
        "a_standard": standard,
        "a_grouped": weights(without_bias(64, 128, 3, groups=4)),
        "a_separable": separable,
        "a_ratio": (separable // shared, standard // shared),
        "a_late": late - early,
        "b_weights": weights(*block),
        "b_macs": macs(block, 24, 28, 28),
        "b_widest": max(layer.out_channels for layer in block) * 28 * 28,
        "c_36": weights(*gate_layers(144, 36)),
        "c_6": weights(*gate_layers(144, 6)),
        "c_macs": macs(gate_layers(144, 36), 144),
    }


def shuffles_of_torch():
    order = F.channel_shuffle(torch.arange(12.0)[None, :, None, None], 3)
    x = torch.zeros(1, 16, 1, 1, requires_grad=True)
    weight, seen = torch.ones(16, 2, 1, 1), []
    for between in (lambda y: y, lambda y: F.channel_shuffle(y, 8)):
        y = F.conv2d(between(F.conv2d(x, weight, groups=8)), weight, groups=8)
        (gradient,) = torch.autograd.grad(y[0, 0, 0, 0], x)
        seen.append(int((gradient != 0).sum()))
    return {"d_order": tuple(order.int().flatten().tolist()), "d_seen": tuple(seen)}


WEIGHTS = "Review: a filter has a weight for each cell of its kernel in each channel that it reads."
MACS = "Review: each weight is used once for every position of its own layer's output."
GATE = "Review: two dense layers, one to the inner width and one back, both with biases."
ORDER = "Review: write the channels as a table with a row for each group, then read it column by column."
REVIEW = {
    "a_standard": WEIGHTS,
    "a_grouped": WEIGHTS,
    "a_separable": WEIGHTS,
    "a_ratio": "Review: divide both counts by all factors that they share; 1/k² + 1/C_out gives the same.",
    "a_late": MACS,
    "b_weights": WEIGHTS,
    "b_macs": MACS,
    "b_widest": "Review: how many channels are there at the widest place, and how many positions has a map?",
    "c_36": GATE,
    "c_6": GATE,
    "c_macs": "Review: a dense layer uses each weight once for an image; biases are only added.",
    "d_order": ORDER,
    "d_seen": "Review: follow one output back. Which channels are in its group, and which groups made them?",
}
BIASES = "That includes biases; these layers have none."
FIRST_ONLY = "That is the first dense layer alone."
NO_BIASES = "That is the weights; both dense layers have biases."

by_hand = ByHand(
    right=costs_of_torch() | shuffles_of_torch(),
    review=REVIEW,
    mistakes={
        "a_standard": {73_856: BIASES, 1_152: "That is one kernel a filter; a filter reads all 64 channels."},
        "a_grouped": {
            73_728: "That is without groups; here each filter reads 64 / 4 channels.",
            4_608: "The filters are divided by 4, too; there are still 128 of them.",
            18_560: BIASES,
        },
        "a_separable": {
            8_192: "That is the pointwise layer alone; the depthwise one has weights, too.",
            576: "That is the depthwise layer alone; the pointwise one has weights, too.",
            9_344: "The depthwise layer comes first, so it filters 64 channels.",
            8_960: BIASES,
        },
        "a_ratio": {
            (1_152, 137): "That is the other way round: separable to standard.",
            (8_768, 73_728): "That is right, but not in lowest terms.",
            (73, 576): "That is 1/k² + 1/C with C = 64; the channels that count are those of the output.",
        },
        "a_late": {
            6_422_528 - 1_605_632: "The pointwise layer computes 14 × 14 positions in both cases.",
            112_896: "That is what the early stride needs; how much more does the late one need?",
            451_584: "That is what the late stride needs; how much more is it than the early one?",
        },
        "b_weights": {
            6_912: "The depthwise layer has weights, too.",
            8_208 + 24 + 288: BIASES,
            4_752: "There are two pointwise layers, one before and one after the depthwise one.",
            193_536: "The middle layer is depthwise: a filter reads one channel.",
        },
        "b_macs": {8_208: "Those are the weights; each is used at every position."},
        "b_widest": {
            18_816: "That is the block's input; inside it has six times as many channels.",
            144: "That is the channels; each is a map of 28 × 28.",
        },
        "c_36": {
            10_368: NO_BIASES,
            10_404: NO_BIASES,
            10_512: NO_BIASES,
            5_220: "That is the first dense layer alone.",
        },
        "c_6": {1_728: NO_BIASES, 1_734: NO_BIASES, 870: FIRST_ONLY},
        "c_macs": {
            10_548: "Biases are only added.",
            10_368 * 784: "The dense layers see one number a channel, not a map.",
        },
        "d_order": {
            tuple(range(12)): "That is the order before.",
            (0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11): (
                "That is the way back: three channels a group. Here three groups have four channels each."
            ),
        },
        "d_seen": {
            (4, 2): "The order is the other one: first without, then with shuffle.",
            (2, 16): "One shuffle is not enough here: a group holds two channels only.",
            (16, 16): "A filter of a grouped layer reads 16 / 8 channels.",
            (2, 2): "After the shuffle, the two channels of a group come from different groups.",
        },
    },
)


def hidden_p1_costs(by_hand, points):
    """Compare the eleven costs with PyTorch's layers and its counter."""
    right = costs_of_torch()
    return check.answers(by_hand(), right, review={key: REVIEW[key] for key in right}).points(points)


def hidden_p1_shuffle(by_hand, points):
    """Compare the order and the channels seen with PyTorch's shuffle and gradients."""
    right = shuffles_of_torch()
    return check.answers(by_hand(), right, review={key: REVIEW[key] for key in right}).points(points)


# --- Part 2: grouped convolution


def grouped(input, weight, groups, stride=1, padding=0):
    return F.conv2d(input, weight, stride=stride, padding=padding, groups=groups)


def blocks_read(x, weight, groups, block, **options):
    """Let output channel `o` read the block of channels that a function of its number names."""
    width = weight.shape[1]
    full = x.new_zeros(len(weight), x.shape[1], *weight.shape[2:])
    for o in range(len(weight)):
        start = block(o) * width
        full[o, start : start + width] = weight[o]
    return F.conv2d(x, full, **options)


def only_first_image(function):
    return lambda x, *arguments, **options: function(x[:1], *arguments, **options)


GROUPED_MISTAKES = {
    "a group takes every so-manieth channel; its channels lie side by side": lambda x, w, groups, **options: (
        grouped(F.channel_shuffle(x, x.shape[1] // groups), w, groups, **options)
    ),
    "the groups' outputs are interleaved; they lie one group after the other": (
        lambda x, w, groups, **options: F.channel_shuffle(grouped(x, w, groups, **options), groups)
    ),
    "output channel o reads group o % groups; the first filters belong to the first group": (
        lambda x, w, groups, **options: blocks_read(x, w, groups, lambda o: o % groups, **options)
    ),
    "every filter reads the first group's channels": lambda x, w, groups, **options: blocks_read(
        x, w, groups, lambda o: 0, **options
    ),
    "every filter reads the channels of all groups": lambda x, w, groups, **options: F.conv2d(
        x, w.repeat(1, groups, 1, 1), **options
    ),
    "the groups' results are added; each has its own output channels": lambda x, w, groups, **options: (
        grouped(x, w, groups, **options).unflatten(1, (groups, -1)).sum(1)
    ),
    "the channels of a group are not added up; only the first is used": lambda x, w, groups, **options: (
        grouped(x[:, :: w.shape[1]], w[:, :1], groups, **options)
    ),
    "the kernels are flipped": lambda x, w, groups, **options: grouped(x, w.flip(2, 3), groups, **options),
    "the stride is ignored": lambda x, w, groups, stride=1, **options: grouped(x, w, groups, **options),
    "the padding is ignored": lambda x, w, groups, padding=0, **options: grouped(x, w, groups, **options),
    "the padding is filled with the values at the border, not with zeros": (
        lambda x, w, groups, stride=1, padding=0: grouped(
            F.pad(x, [padding] * 4, mode="replicate"), w, groups, stride
        )
    ),
    "the kernel is taken to be square": lambda x, w, groups, **options: grouped(
        x, w[:, :, : w.shape[3], : w.shape[2]], groups, **options
    ),
    "only the first image is used": only_first_image(grouped),
}


def grouped_cases(generator, trial):
    """Start with the text's example; then groups, then stride and padding, then all together."""
    if trial == 0:
        x = torch.tensor([1.0, 2, 3, 4]).reshape(1, 4, 1, 1)
        return (x, torch.tensor([[1.0, 1], [10, 1]]).reshape(2, 2, 1, 1), 2), {}
    groups = (2, 3, 1, 4)[trial % 4]
    width, filters = (1 + trial % 2, 1 + trial // 4 % 2) if trial % 5 else (1, 1)
    tall, wide = ((1, 1), (3, 2), (2, 3))[trial % 3] if trial > 3 else (1, 1)
    x = integers(generator, 1 + trial // 3 % 2, groups * width, 3, 3 + trial % 2)
    weight = integers(generator, groups * filters, width, tall, wide)
    options = {}
    if trial > 7:
        options = {"stride": 1 + trial % 2, "padding": trial // 2 % 3}
    return (*in_turn(trial, x, weight), groups), options


grouped_convolution = Values(grouped, grouped_cases, GROUPED_MISTAKES, trials=18, fresh=True)


def hidden_p2_grouped(grouped_conv2d):
    """Compare random shapes, groups, strides and paddings with PyTorch's groups."""

    def cases(generator, trial):
        groups, N, width, filters = (draw(generator, 1, 4) for _ in range(4))
        groups = groups if trial else 5
        tall, wide, H, W = (draw(generator, 1, 3) for _ in range(4))
        x = torch.randn(N, groups * width, H + 3, W + 3, generator=generator)
        weight = torch.randn(groups * filters, width, tall, wide, generator=generator)
        options = {"stride": draw(generator, 1, 3), "padding": draw(generator, 0, 2)} if trial % 4 else {}
        return (*in_turn(trial, x, weight), groups), options

    forbidden = FORBIDDEN["p2-grouped-hidden"]
    check.function(grouped_conv2d, grouped, cases, forbid=forbidden, seed=20, trials=14, fresh=True).require()


# --- Part 2: separable convolution, and the kernel that does the same


def separable(input, depthwise, pointwise, stride=1, padding=0, *, between=lambda y: y):
    y = F.conv2d(input, depthwise, stride=stride, padding=padding, groups=len(depthwise))
    return F.conv2d(between(y), pointwise)


def changed(change):
    """Change the two weights before the right convolution."""
    return lambda x, d, p, **options: separable(x, *change(d, p), **options)


SEPARABLE_MISTAKES = {
    "the pointwise convolution comes first": lambda x, d, p, **options: F.conv2d(
        F.conv2d(x, p), d, groups=len(d), **options
    ),
    "there is an activation between the two convolutions": partial(separable, between=torch.relu),
    "all channels are filtered with the first kernel": changed(lambda d, p: (d[:1].expand_as(d), p)),
    "the depthwise convolution adds up the channels; each output is one channel's": (
        lambda x, d, p, **options: F.conv2d(F.conv2d(x, d.transpose(0, 1), **options), p.sum(1, True))
    ),
    "the pointwise weights are transposed: the first axis is the output": changed(
        lambda d, p: (d, p.transpose(0, 1).reshape(p.shape))
    ),
    "the padding is used in the pointwise convolution, too": lambda x, d, p, stride=1, padding=0: F.conv2d(
        separable(x, d, torch.eye(len(d), dtype=x.dtype)[:, :, None, None], stride, padding),
        p,
        padding=padding,
    ),
    "the stride is used in the pointwise convolution, too": lambda x, d, p, stride=1, padding=0: separable(
        x, d, p, stride, padding
    )[:, :, ::stride, ::stride],
    "the kernels are flipped": changed(lambda d, p: (d.flip(2, 3), p)),
    "the stride is ignored": lambda x, d, p, stride=1, **options: separable(x, d, p, **options),
    "the padding is ignored": lambda x, d, p, padding=0, **options: separable(x, d, p, **options),
    "the pointwise convolution is missing": lambda x, d, p, **options: F.conv2d(
        x, d, groups=len(d), **options
    ),
    "the depthwise convolution is missing": lambda x, d, p, **options: F.conv2d(x, p),
    "only the first image is used": only_first_image(separable),
}


def separable_cases(generator, trial):
    """Start with the text's example; then stride and padding, then all together."""
    if trial == 0:
        x = torch.tensor([[[1.0, 2, 3]], [[1, 0, 2]]])[None]
        return (
            x,
            torch.tensor([[1.0, 1], [1, -1]]).reshape(2, 1, 1, 2),
            torch.tensor([[[[1.0]], [[10]]]]),
        ), {}
    C = 1 + trial % 3
    channels = C if trial % 2 else 1 + (trial + 1) % 4
    tall, wide = ((3, 3), (1, 2), (3, 1), (2, 2))[trial % 4]
    x = integers(generator, 1 + trial % 2, C, 3 + trial % 3, 4)
    depthwise, pointwise = integers(generator, C, 1, tall, wide), integers(generator, channels, C, 1, 1)
    options = {"stride": 1 + trial % 2, "padding": trial // 2 % 3} if trial > 5 else {}
    return in_turn(trial, x, depthwise, pointwise), options


separable_convolution = Values(separable, separable_cases, SEPARABLE_MISTAKES, trials=16, fresh=True)


def hidden_p2_separable(separable_conv2d):
    """Compare random shapes, strides and paddings with PyTorch's two layers."""

    def cases(generator, trial):
        N, C, channels, H, W = (draw(generator, 1, 5) for _ in range(5))
        tall, wide = draw(generator, 1, 4), draw(generator, 1, 4)
        x = torch.randn(N, C, H + 4, W + 4, generator=generator)
        depthwise = torch.randn(C, 1, tall, wide, generator=generator)
        pointwise = torch.randn(channels, C, 1, 1, generator=generator)
        options = {"stride": draw(generator, 1, 3), "padding": draw(generator, 0, 2)} if trial % 4 else {}
        return in_turn(trial, x, depthwise, pointwise), options

    forbidden = FORBIDDEN["p2-separable-hidden"]
    check.function(
        separable_conv2d, separable, cases, forbid=forbidden, seed=30, trials=12, fresh=True
    ).require()


def product_kernel(depthwise, pointwise):
    return pointwise * depthwise.transpose(0, 1)


KERNEL_MISTAKES = {
    "the first two axes are exchanged: the first is the output's channel": lambda d, p: product_kernel(
        d, p
    ).transpose(0, 1),
    "the input channels are added up; each keeps a kernel of its own": lambda d, p: product_kernel(d, p).sum(
        1, keepdim=True
    ),
    "the weights are added, not multiplied": lambda d, p: p + d.transpose(0, 1),
    "the depthwise kernels are flipped": lambda d, p: product_kernel(d.flip(2, 3), p),
    "the kernel's rows and columns are exchanged": lambda d, p: product_kernel(d.mT, p),
    "the first depthwise kernel is used for all channels": lambda d, p: product_kernel(d[:1].expand_as(d), p),
    "the pointwise weights are left out": lambda d, p: product_kernel(d, torch.ones_like(p)),
    "the pointwise weight is that of the input channel as output: use [o, c], not [c, o]": (
        lambda d, p: product_kernel(d, p.transpose(0, 1).reshape(p.shape))
    ),
}


def kernel_cases(generator, trial):
    """Start with the text's example."""
    if trial == 0:
        depthwise = torch.tensor([[1.0, 2], [3, 4]]).reshape(2, 1, 1, 2)
        return (depthwise, torch.tensor([[1.0, 10], [0, -1]]).reshape(2, 2, 1, 1)), {}
    C, channels = 1 + trial % 3, 1 + trial // 2 % 4
    tall, wide = ((3, 3), (1, 1), (2, 3), (1, 3))[trial % 4]
    return in_turn(trial, integers(generator, C, 1, tall, wide), integers(generator, channels, C, 1, 1)), {}


full = Values(product_kernel, kernel_cases, KERNEL_MISTAKES, trials=12, fresh=True)


def response(full_kernel, x, depthwise, pointwise):
    """Convolve with the one kernel."""
    return F.conv2d(x, full_kernel(depthwise, pointwise))


def hidden_p2_kernel(full_kernel):
    """Convolve random images with the one kernel, and compare with the two convolutions."""

    def cases(generator, trial):
        C, channels, tall, wide = (draw(generator, 1, 4) for _ in range(4))
        x = torch.randn(2, C, tall + 3, wide + 2, generator=generator)
        depthwise = torch.randn(C, 1, tall, wide, generator=generator)
        return in_turn(trial, x, depthwise, torch.randn(channels, C, 1, 1, generator=generator)), {}

    check.function(measured(response, full_kernel), separable, cases, seed=40, trials=9).require()
    shapes = [cases(torch.Generator().manual_seed(50 + trial), trial)[0][1:] for trial in range(4)]
    check.function(full_kernel, product_kernel, [(case, {}) for case in shapes], fresh=True).require()


# --- Part 2: channel shuffle


def shuffled(input, groups):
    return F.channel_shuffle(input, groups).clone()


SHUFFLE_MISTAKES = {
    "it is the way back: the table has `groups` columns, not `groups` rows": lambda x, groups: shuffled(
        x, x.shape[1] // groups
    ),
    "nothing is moved": lambda x, groups: x.clone(),
    "the order of the channels is reversed": lambda x, groups: x.flip(1),
    "the groups change places as wholes": lambda x, groups: (
        x.unflatten(1, (groups, -1)).flip(1).flatten(1, 2)
    ),
    "each group is turned around in its own place": lambda x, groups: (
        x.unflatten(1, (groups, -1)).flip(2).flatten(1, 2)
    ),
    "images are mixed: the batch axis must stay first": lambda x, groups: (
        x.flatten(0, 1).unflatten(0, (groups, -1)).transpose(0, 1).reshape(x.shape)
    ),
    "rows and columns are exchanged": lambda x, groups: shuffled(x, groups).mT.reshape(x.shape),
    "only the first image is used": only_first_image(shuffled),
}


def shuffle_cases(generator, trial):
    """Start with the text's example."""
    if trial == 0:
        return (torch.arange(6.0).reshape(1, 6, 1, 1), 2), {}
    groups = (2, 3, 4, 1, 2)[trial % 5]
    channels = groups * (4, 2, 3, 1)[trial % 4]
    (x,) = in_turn(trial, integers(generator, 1 + trial % 2, channels, 1 + trial % 3, 2, low=-9, high=9))
    return (x, groups), {}


shuffle = Values(shuffled, shuffle_cases, SHUFFLE_MISTAKES, trials=14, fresh=True)


def hidden_p2_shuffle(channel_shuffle):
    """Compare random batches, groups and sizes with PyTorch's shuffle; two shuffles bring all back."""

    def cases(generator, trial):
        N, groups, each, H, W = (draw(generator, 1, 5) for _ in range(5))
        (x,) = in_turn(trial, torch.randn(N, groups * each, H, W, generator=generator))
        return (x, groups), {}

    forbidden = FORBIDDEN["p2-shuffle-hidden"]
    check.function(
        channel_shuffle, shuffled, cases, forbid=forbidden, seed=60, trials=12, fresh=True
    ).require()

    def there_and_back(x, groups):
        return channel_shuffle(channel_shuffle(x, groups), x.shape[1] // groups)

    there_and_back.__name__ = channel_shuffle.__name__
    options = {"forbid": forbidden, "seed": 80, "trials": 4}
    check.function(there_and_back, lambda x, groups: x.clone(), cases, **options).require()


# --- Part 3: squeeze-and-excitation


def excited(
    squeeze=lambda x: x.mean((2, 3)),
    between=torch.relu,
    gate=torch.sigmoid,
    combine=lambda x, g: x * g,
):
    """Return what the module gives with the numbers of `given.fill`, or with a mistake."""

    def output(x, channels, reduction=4):
        inner = max(1, channels // reduction)
        s = F.linear(squeeze(x), given.kernel(inner, channels), given.bias(inner))
        s = F.linear(between(s), given.kernel(channels, inner), given.bias(channels))
        return combine(x, gate(s)[:, :, None, None])

    return output


EXCITED_MISTAKES = {
    "the squeeze takes the maximum, not the mean": excited(lambda x: x.amax((2, 3))),
    "the squeeze takes the sum, not the mean": excited(lambda x: x.sum((2, 3))),
    "the squeeze averages over the batch, too; each image has its own gate": excited(
        lambda x: x.mean((0, 2, 3), keepdim=True)[..., 0, 0].expand(x.shape[:2])
    ),
    "there is no ReLU between the dense layers": excited(between=lambda s: s),
    "there is a sigmoid between the dense layers, not a ReLU": excited(between=torch.sigmoid),
    "the gate has no sigmoid": excited(gate=lambda s: s),
    "the gate is a ReLU, not a sigmoid": excited(gate=torch.relu),
    "there is a ReLU before the sigmoid: no gate can fall below 1/2": excited(
        gate=lambda s: s.relu().sigmoid()
    ),
    "the gate is a softmax: the channels would compete": excited(gate=lambda s: s.softmax(1)),
    "the gate is a tanh, not a sigmoid": excited(gate=torch.tanh),
    "the gate is a hard sigmoid": excited(gate=F.hardsigmoid),
    "the gate is added; it multiplies": excited(combine=lambda x, g: x + g),
    "the input is added to the result": excited(combine=lambda x, g: x + x * g),
    "the gate alone is returned": excited(combine=lambda x, g: g),
}


class Excited(nn.Module):
    """The module asked for, or one whose gate passes no gradient on."""

    def __init__(self, channels, reduction=4, *, change=lambda s: s):
        super().__init__()
        inner = max(1, channels // reduction)
        self.first, self.second, self.change = nn.Linear(channels, inner), nn.Linear(inner, channels), change

    def forward(self, x):
        gate = self.second(self.first(x.mean((2, 3))).relu()).sigmoid()
        return x * self.change(gate)[:, :, None, None]


def trained_gate(change=lambda s: s, seed=0):
    def output(x, *arguments):
        return measures.trained(partial(Excited, change=change), x, *arguments, seed=seed)

    return output


def gate_cases(generator, trial):
    arguments = ((4,), (6, 2), (3,), (8, 8), (2, 1), (5, 3))[trial % 6]
    x = integers(generator, 1 + trial % 3, arguments[0], 1 + trial % 3, 1 + trial % 2)
    return (x, *arguments), {}


def gate_weights(channels, inner):
    named = {"from the channels to the inner width": (inner, channels), "and back": (channels, inner)}
    return {"Linear": named}


GATES = [((8,), 2), ((6, 2), 3), ((3, 4), 1), ((20, 16), 1)]
INNER = {"Linear": "The inner width is max(1, channels // reduction)."}
gate = [
    Conditions("shapes", [((args, (2, args[0], 5, 4), (2, args[0], 5, 4)), {}) for args, _ in GATES]),
    Conditions(
        "weights",
        [((args, gate_weights(args[0], inner), {"Linear": True}, INNER), {}) for args, inner in GATES],
    ),
    Conditions("parameters", [((args, 2 * args[0] * inner + args[0] + inner), {}) for args, inner in GATES]),
    Conditions("unchanged", [((torch.arange(24.0).reshape(1, 4, 2, 3), 4), {})]),
    Values(excited(), gate_cases, EXCITED_MISTAKES, trials=9, measure="filled"),
    Conditions("alike", [((torch.arange(24.0).reshape(1, 4, 2, 3), 4), {})]),
    Conditions("unused", [((torch.arange(32.0).reshape(2, 8, 2, 1), 8), {})]),
    Values(
        trained_gate(),
        lambda generator, trial: ((integers(generator, 2, 4, 2, 3), 4, 2), {}),
        {"no gradient passes through the gate": trained_gate(torch.detach)},
        trials=2,
        measure="trained",
    ),
    Conditions("apart", [(((8,),), {})]),
]


def hidden_p3_gate(SqueezeExcite):
    """Compare random channels, reductions, batches and sizes, down to one pixel; gradients; parameters."""

    def cases(generator, trial):
        N, channels, H, W = (draw(generator, 1, 9) for _ in range(4))
        N, H, W = (1 if trial % 3 == 0 else N), (1 if trial % 4 == 0 else H), W
        x = torch.randn(N, channels, H, W, generator=generator)
        return (x, channels, draw(generator, 1, 5)) if trial % 5 else (x, channels), {}

    check.function(measured(measures.filled, SqueezeExcite), excited(), cases, seed=70).require()
    answer = measured(measures.trained, SqueezeExcite, seed=90)
    check.function(answer, trained_gate(seed=90), cases, seed=95, trials=4, rtol=1e-3, atol=1e-4).require()
    for args, inner in (((32,), 8), ((10, 3), 3), ((7, 8), 1)):
        demand(measures.parameters(SqueezeExcite, args, 2 * args[0] * inner + args[0] + inner))
    demand(measures.apart(SqueezeExcite, (6, 2)))


# --- Part 4: the inverted residual


class Inverted(nn.Module):
    """The block asked for, or one with a mistake."""

    def __init__(self, C, channels, stride=1, expansion=6, *, mistake=""):
        super().__init__()
        hidden = expansion * C
        early, middle = (stride, 1) if mistake == "early" and expansion != 1 else (1, stride)
        norm = partial(nn.BatchNorm2d, track_running_stats=mistake != "statistics of the batch")
        self.expand = nn.Sequential()
        if expansion != 1:
            self.expand = nn.Sequential(nn.Conv2d(C, hidden, 1, early, bias=False), norm(hidden))
        conv = nn.Conv2d(hidden, hidden, 3, middle, padding=1, groups=hidden, bias=False)
        self.depthwise = nn.Sequential(conv, norm(hidden))
        self.project, self.norm = nn.Conv2d(hidden, channels, 1, bias=False), norm(channels)
        self.adds, self.expands, self.mistake = stride == 1 and channels == C, expansion != 1, mistake

    def forward(self, x):
        mistake = self.mistake
        act = torch.relu if mistake == "relu" else F.relu6
        y = self.expand(x)
        y = act(y) if (self.expands and mistake != "no first") or mistake == "input through relu" else y
        y = self.depthwise(y)
        y = self.project(y if mistake == "no second" else act(y))
        adds = x.shape == y.shape if mistake == "by shape" else self.adds
        if mistake == "norm at the end":
            return self.norm(y + x if adds else y)
        y = self.norm(y)
        if mistake == "not linear":
            y = act(y)
        if mistake == "padded" and x.shape[2:] == y.shape[2:]:
            return y + F.pad(x, (0, 0, 0, 0, 0, y.shape[1] - x.shape[1]))  # cut where there are more
        y = y + (x.detach() if mistake == "detached" else x) if adds and mistake != "plain" else y
        return act(y) if mistake == "relu at the end" else y


def block(mistake=""):
    """Return what that block gives with known weights, in evaluation mode."""

    def output(x, in_channels, channels, stride=1, expansion=6):
        return measures.filled(
            partial(Inverted, mistake=mistake), x, in_channels, channels, stride, expansion
        )

    return output


def trained_block(mistake="", seed=0):
    """Return what it gives in training mode, and the gradient for the input."""

    def output(x, *arguments):
        return measures.trained(partial(Inverted, mistake=mistake), x, *arguments, seed=seed)

    return output


def numbers_of(C, channels, stride=1, expansion=6):
    hidden = expansion * C
    return weights(*inverted_layers(C, channels, stride, expansion)) + 2 * (
        hidden * (1 + (expansion != 1)) + channels
    )


def kinds(C, channels, stride=1, expansion=6):
    hidden = expansion * C
    return [(1, 1, 1)] * (1 + (expansion != 1)) + [(3, 3, hidden)]


def block_shapes(args, N, H, W):
    C, channels, stride = (*args, 1)[:3]
    return (args, (N, C, H, W), (N, channels, ceil(H / stride), ceil(W / stride))), {}


def block_cases(generator, trial):
    C = 1 + trial % 3
    more = ((C,), (4,), (C, 2), (5, 2), (C, 1, 1), (C, 1, 3), (3, 2, 1), (2, 1, 4))[trial % 8]
    x = integers(generator, 1 + trial % 2, C, 3 + trial % 2, 4, low=-9, high=9)
    return (x, C, *more), {}


BLOCKS = [(2, 2), (2, 4), (2, 2, 2), (3, 2, 2, 4), (3, 3, 1, 1), (2, 5, 1, 1), (2, 1), (2, 2, 3, 2)]
LAYERS = "The layers are not those of the task:"
one_pixel = [
    ((torch.tensor([[[[3.0]], [[-2.0]]]]), 2, 2, 2), {}),
    ((4 * torch.ones(2, 3, 1, 1), 3, 3, 3, 2), {}),
]
inverted = [
    Conditions("shapes", [block_shapes(args, 2, 7, 5) for args in BLOCKS], LAYERS),
    Conditions("convolutions", [((args, kinds(*args)), {}) for args in BLOCKS], LAYERS),
    Conditions("parameters", [((args, numbers_of(*args)), {}) for args in BLOCKS], LAYERS),
    Conditions("unchanged", [((torch.ones(2, 2, 6, 6), *args), {}) for args in BLOCKS[:2]]),
    Conditions("unused", [((torch.ones(2, args[0], 6, 6), *args), {}) for args in BLOCKS], LAYERS),
    Values(
        block(),
        block_cases,
        {
            "there is an activation after the projection; the bottleneck is linear": block("not linear"),
            "there is an activation after the sum; the block ends without one": block("relu at the end"),
            "the activations are ReLU; ReLU6 also cuts off at 6": block("relu"),
            "there is no activation after the expansion": block("no first"),
            "there is no activation after the depthwise convolution": block("no second"),
            "without an expansion, the input goes through an activation": block("input through relu"),
            "the input is not added": block("plain"),
            "the input is added although the numbers of channels differ": block("padded"),
            "the expansion has the stride, not the depthwise convolution": block("early"),
            "the last batch norm comes after the sum": block("norm at the end"),
            "in evaluation mode, the batch norms use the statistics of the batch": block(
                "statistics of the batch"
            ),
        },
        trials=8,
        measure="filled",
    ),
    Values(  # on one pixel the output has the shape of the input with any stride
        block(),
        one_pixel,
        {"the input is added at a larger stride, where both are one pixel": block("by shape")},
        measure="filled",
    ),
    Values(
        trained_block(),
        lambda generator, trial: ((integers(generator, 3, 2, 3, 3 + trial), 2, 2, 1, 2), {}),
        {"no gradient passes through the added input": trained_block("detached")},
        trials=2,
        measure="trained",
        rtol=1e-3,
        atol=1e-4,
    ),
    Conditions("apart", [((args,), {}) for args in BLOCKS[:2]]),
    Conditions("once", [((torch.ones(2, 2, 6, 6), *args), {}) for args in BLOCKS[:2]]),
]


def hidden_p4_inverted(InvertedResidual):
    """Try random channels, strides, expansions and sizes in both modes; gradients; parameters."""

    def cases(generator, trial):
        N, C, H, W, channels = torch.randint(2, 6, (5,), generator=generator).tolist()
        channels = C if trial % 3 == 0 else channels
        x = 3 * torch.randn(N, C, H + 3, W + 3, generator=generator)
        return (x, C, channels, 1 + trial % 4 // 2, (6, 1, 3, 2)[trial % 4]), {}

    close = {"rtol": 1e-3, "atol": 1e-4}
    answer = measured(measures.trained, InvertedResidual, seed=100)
    check.function(answer, trained_block(seed=100), cases, seed=40, trials=4, **close).require()
    pixels = [((1, 3, 1, 1), 3, 2), ((2, 5, 1, 1), 5, 3, 2), ((1, 2, 5, 9), 2, 1, 1), ((3, 4, 8, 8), 4)]
    tried = [((9 * measures.randn(*shape, seed=6), shape[1], *args), {}) for shape, *args in pixels]
    check.function(measured(measures.filled, InvertedResidual), block(), tried, **close).require()
    for args in ((3, 7), (6, 6, 2, 3), (5, 5, 1, 1), (4, 6, 2, 1)):
        demand(measures.parameters(InvertedResidual, args, numbers_of(*args)))
        demand(measures.convolutions(InvertedResidual, args, kinds(*args)))
    demand(measures.apart(InvertedResidual, (4, 4)))
    demand(measures.once(InvertedResidual, measures.randn(3, 5, 4, 4), 5, 5))


# --- Part 4: what a plan costs


def plan_cost(in_channels, size, plan, *, mistake=""):
    """Count weights and multiply-adds of a plan, or make a mistake."""
    C, total, work = in_channels, 0, 0
    for expansion, channels, blocks, first_stride in plan:
        for number in range(blocks):
            stride = first_stride if number == 0 or mistake == "every stride" else 1
            after = size // stride if mistake == "floor" else ceil(size / stride)
            hidden = expansion * (channels if mistake == "of the output" else C)
            expands = expansion != 1 or mistake == "always expands"
            one = C * hidden if expands else 0
            middle = 9 * hidden * (hidden if mistake == "not depthwise" else 1)
            last = hidden * channels
            total += one + middle + last
            if mistake == "norms":
                total += 2 * (hidden * (1 + expands) + channels)
            work += one * (after if mistake == "small expansion" else size) ** 2
            work += middle * (size if mistake == "large depthwise" else after) ** 2 + last * after**2
            size = after
            if mistake != "first width":
                C = channels
        C = channels
    return total, 2 * work if mistake == "twice" else work


# t, c, n, s of MobileNetV2's table, after its first convolution: 32 channels of 112 × 112. Its 1,779,296
# weights are those of torchvision's mobilenet_v2 between the first and the last convolution.
MOBILENET_V2 = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]


def plan_cases(generator, trial):
    """Try one block, then a row of several, then plans; the examples at the end."""
    if trial == 20:
        return (8, 4, [(2, 8, 1, 2)]), {}
    if trial == 21:
        return (32, 112, MOBILENET_V2), {}
    C, size = draw(generator, 1, 6), draw(generator, 4, 9)
    rows = 1 if trial < 12 else draw(generator, 2, 3)
    plan = [
        (
            1 if (trial + row) % 3 == 0 else draw(generator, 2, 6),
            draw(generator, 1, 8),
            1 if trial < 6 else draw(generator, 1, 3),
            1 + (trial + row) % 2,
        )
        for row in range(rows)
    ]
    return (C, size, plan), {}


def mistaken(mistake):
    return partial(plan_cost, mistake=mistake)


cost = Values(
    lambda in_channels, size, plan: plan_cost(in_channels, size, plan),
    plan_cases,
    {
        "every block of a row has the stride; only its first has": mistaken("every stride"),
        "with t = 1 an expansion is counted; there is none": mistaken("always expands"),
        "t multiplies the output's channels; it multiplies the block's input": mistaken("of the output"),
        "the depthwise layer is counted as if each filter read all channels": mistaken("not depthwise"),
        "the expansion is counted at the size after the stride; it comes before it": mistaken(
            "small expansion"
        ),
        "the depthwise layer is counted at the size before its stride": mistaken("large depthwise"),
        "a map of odd size is rounded down; with padding 1 it is rounded up": mistaken("floor"),
        "every block of a row has the width of the row's input; from the second on it is c": mistaken(
            "first width"
        ),
        "batch norms are counted": mistaken("norms"),
        "multiplications and additions are counted apart; one multiply-add is one": mistaken("twice"),
        "the order is the other one: weights, then multiply-adds": lambda *case: plan_cost(*case)[::-1],
    },
    trials=22,
)


def counted(in_channels, size, plan):
    """Build the convolutions, and let PyTorch count."""
    C, layers = in_channels, []
    for expansion, channels, blocks, stride in plan:
        for number in range(blocks):
            layers += inverted_layers(C, channels, stride if number == 0 else 1, expansion)
            C = channels
    return weights(*layers), macs(layers, in_channels, size, size)


def hidden_p4_cost(cost):
    """Compare random plans with layers that PyTorch counts, and MobileNetV2 at other widths and sizes."""

    def cases(generator, trial):
        plan = [
            (draw(generator, 1, 6), draw(generator, 1, 40), draw(generator, 1, 4), draw(generator, 1, 2))
            for _ in range(draw(generator, 1, 5))
        ]
        return (draw(generator, 1, 32), draw(generator, 5, 60), plan), {}

    check.function(cost, counted, cases, seed=110, trials=8).require()
    wide = [(t, 2 * c, n, s) for t, c, n, s in MOBILENET_V2]
    others = [((64, 112, wide), {}), ((32, 80, MOBILENET_V2), {}), ((16, 33, []), {})]
    check.function(cost, plan_cost, others).require()


# --- Part 5: a tenth

MOST = 6_641  # a tenth of the given network's 66,410
GIVEN = 0.975  # the given network's accuracy on the images of `loses_at_most`, the mean of three seeds
MISSING = (
    "There is no model yet: set TRAIN = True in the training cell, run it and the cell after it, and paste "
    "what is printed over the cell above."
)
UNTRAINED = (
    'Was it trained, on the standardized images of load("shapes10"), and does it keep its accuracy with 8 '
    "significant bits?"
)
small = [
    Conditions("shapes", [(((), (2, 3, 32, 32), (2, 10), MOST), {})]),
    Conditions("shapes", [(((), (1, 3, 32, 32), (1, 10)), {})]),
    Conditions("stored", [(((), MOST), {})]),
    Conditions("apart", [(((),), {})]),
]
submission = [Conditions("submitted", [((500, 120, MOST, 0.3, MISSING, UNTRAINED), {})])]


def loses_at_most(submission, loss):
    """Score the network in a text on images that nobody has seen, against the given network's accuracy."""
    try:
        _, accuracy = challenge.score_drawn(submission(), images=1_000, seed=518_330_947, most=MOST)
    except ValueError as error:
        raise check.WrongAnswer(check.Report(False, f"The model cannot be scored. {error}")) from None
    least = GIVEN - loss
    if accuracy < least:
        demand([f"{accuracy:.1%} of the new images are classified correctly, expected {least:.1%} or more."])


def hidden_p5_ten(submission):
    """At most 10 points less than the given network."""
    loses_at_most(submission, 0.1)


def hidden_p5_five(submission):
    """At most 5 points less than the given network."""
    loses_at_most(submission, 0.05)


def hidden_p5_three(submission):
    """At most 3 points less than the given network."""
    loses_at_most(submission, 0.03)


VISIBLE = {
    "p1-by-hand": [by_hand],
    "p2-grouped": [grouped_convolution],
    "p2-separable": [separable_convolution],
    "p2-kernel": [full],
    "p2-shuffle": [shuffle],
    "p3-gate": gate,
    "p4-inverted": inverted,
    "p4-cost": [cost],
    "p5-small": small,
    "p5-submission": submission,
}
