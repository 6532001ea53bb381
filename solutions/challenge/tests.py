"""The tests of the exercise on the challenge."""

# canary-4c1f9a72
import math
from fractions import Fraction
from itertools import product

import torch
import torch.nn.functional as F
from torch import nn

from autograder.visible import ByHand, Conditions, Values
from cnnlib import challenge, check
from cnnlib.check import measures
from cnnlib.check.given import fill

LIBRARY = (
    "cnnlib.challenge.wilson",
    "cnnlib.challenge.export",
    "cnnlib.challenge.count_parameters",
    "cnnlib.challenge.inspect",
    "cnnlib.challenge.counting.count",
    "scipy.stats.binomtest",
    "statsmodels.stats.contingency_tables.mcnemar",
    "statsmodels.stats.proportion.proportion_confint",
)

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "challenge#The official count",
    "p2": "challenge#Where parameters go",
    "p3": "challenge#One number with its interval",
    "p3-mcnemar": "challenge#Two models on the same images",
    "p4": "challenge#Two weights in one number?",
    "p5": "challenge#A recipe for 50,000 parameters",
}

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {
    "p1-count-visible": LIBRARY,
    "p1-count-hidden": LIBRARY,
    "p2-build-visible": LIBRARY,
    "p2-build-hidden": LIBRARY,
    "p3-wilson-visible": LIBRARY,
    "p3-wilson-hidden": LIBRARY,
    "p3-mcnemar-visible": LIBRARY,
    "p3-mcnemar-hidden": LIBRARY,
}


def draw(generator, low, high):
    return int(torch.randint(low, high + 1, (), generator=generator))


def integers(generator, *shape):
    """Whole numbers as floats: they keep a table short."""
    return torch.randint(-4, 5, shape, generator=generator).float()


def demand(faults):
    """Raise what is wrong, if anything is."""
    if faults:
        raise check.WrongAnswer(check.Report(False, "\n".join(faults)))


def using(reference, **options):
    """A reference with other options."""
    return lambda *args, **kwargs: reference(*args, **kwargs, **options)


# --- Part 1: counting by hand

WEIGHTS = "Review: each filter has a weight for every cell of its kernel in every channel that it reads."
MACS = "Review: each weight of a convolution is used once for every position of the output."
FILE = "Review: how many numbers has each layer, and which of a batch norm's four per channel count here?"
BUDGET = "Review: write the count as a formula in C, then try numbers; the next larger C must not fit."
BIASES = "That includes biases; these layers have none."
KEYS = ("a_standard", "a_separable", "a_macs", "b_trained", "b_stored", "b_file", "c_standard", "c_separable")

by_hand = ByHand(
    right={
        "a_standard": 10_368,
        "a_separable": 1_368,
        "a_macs": (2_654_208, 350_208),
        "b_trained": 650,
        "b_stored": 714,
        "b_file": 618,
        "c_standard": 23,
        "c_separable": 65,
    },
    review={key: {"a": WEIGHTS, "b": FILE, "c": BUDGET}[key[0]] for key in KEYS} | {"a_macs": MACS},
    mistakes={
        "a_standard": {
            432: "That is a filter for one channel; a filter of a standard convolution reads all 24.",
            10_416: BIASES,
        },
        "a_separable": {
            1_152: "That is the 1 x 1 convolution alone; the depthwise one has weights, too.",
            216: "That is the depthwise convolution alone; the 1 x 1 convolution has weights, too.",
            1_584: "The depthwise convolution comes first, so it filters 24 channels.",
            1_440: BIASES,
        },
        "a_macs": {
            (350_208, 2_654_208): "The order is the other one: first the standard convolution.",
            (10_368, 1_368): "Those are weights; each is used at every position of the output.",
        },
        "b_trained": {
            586: "The batch norms' factors and summands are trained, too.",
            618: "That is what the file holds; in training a batch norm has two numbers per channel.",
            714: "That includes the running statistics, which no gradient changes.",
        },
        "b_stored": {
            682: "There are two running statistics per channel, a mean and a variance.",
            650: "That is what is trained; the running statistics are stored as well.",
        },
        "b_file": {
            650: "That is what is trained; in the file a batch norm leaves one number per channel, a bias.",
            714: "That is what PyTorch stores; folding leaves one number per channel of a batch norm.",
            586: "The batch norm's summand stays, as the convolution's bias.",
        },
        "c_standard": {24: "The weights alone are more than 5,000 then: round down."},
        "c_separable": {
            66: "That takes more than 5,000 numbers. Did you count the biases that folding leaves?",
            64: "That counts two numbers per channel for each batch norm; in the file it is one.",
        },
    },
)


def weights(layers):
    return sum(layer.weight.numel() for layer in layers)


def separable(C, channels):
    return [nn.Conv2d(C, C, 3, padding=1, groups=C, bias=False), nn.Conv2d(C, channels, 1, bias=False)]


def in_the_file(layers):
    """The weights, and a bias for each filter or feature."""
    return weights(layers) + sum(len(layer.weight) for layer in layers)


def largest(make):
    """The most channels for which the layers take at most 5,000 numbers."""
    return max(C for C in range(1, 100) if in_the_file(make(C)) <= 5_000)


def hidden_p1_by_hand(by_hand, points):
    """The eight answers, against PyTorch's layers."""
    pairs = [nn.Conv2d(24, 48, 3, padding=1, bias=False)], separable(24, 48)
    convolutions, dense = [nn.Conv2d(3, 8, 3, bias=False), *separable(8, 16)], nn.Linear(16, 10)
    norms = [nn.BatchNorm2d(len(layer.weight)) for layer in convolutions]
    model = nn.Sequential(*convolutions, *norms, dense)
    trained = sum(parameter.numel() for parameter in model.parameters())
    right = {
        "a_standard": weights(pairs[0]),
        "a_separable": weights(pairs[1]),
        "a_macs": tuple(weights(layers) * 16 * 16 for layers in pairs),
        "b_trained": trained,
        "b_stored": trained + sum(values.numel() for values in model.buffers() if values.ndim),
        "b_file": in_the_file([*convolutions, dense]),
        "c_standard": largest(lambda C: [nn.Conv2d(C, C, 3, bias=False)]),
        "c_separable": largest(lambda C: separable(C, C)),
    }
    return check.answers(by_hand(), right).points(points)


# --- Part 1: counting in general


def count(layers, *, grouped=True, squared=True, fold=("conv", "linear"), kept=2, again=False):
    """Count the numbers of PyTorch's layers, and what is left of the norms; or make a mistake."""
    total, before = 0, None
    for kind, *numbers in layers:
        if kind == "norm" and before is not None and before[0] in fold:
            has_bias = before[0] == "linear" or (before[0] == "conv" and before[1][-1])
            adds = before[0] in ("conv", "linear") and (again or not has_bias)
            total += numbers[0] if adds else 0
        elif kind == "norm":
            total += kept * numbers[0]
        elif kind == "conv":
            C, channels, size, groups, bias = numbers
            size = (size, size if squared else 1)
            layer = nn.Conv2d(C, channels, size, groups=groups if grouped else 1, bias=bias)
            total += sum(parameter.numel() for parameter in layer.parameters())
        elif kind == "linear":
            total += sum(parameter.numel() for parameter in nn.Linear(*numbers).parameters())
        before = (kind, numbers)
    return total


def filters_grouped(layers):
    """Each group taken to have all of the filters' weights once: divides by `groups` twice."""
    total = count(layers)
    for kind, *numbers in layers:
        if kind == "conv":
            C, channels, size, groups, _ = numbers
            one = channels * C // groups * size**2
            total += one // groups - one
    return total


def last_before_first(layers):
    """What `layers[index - 1]` finds for a norm at the start is the last layer."""
    folded = layers[0][0] == "norm" and layers[-1][0] in ("conv", "linear")
    return count(layers[1:] if folded else layers)


EXAMPLES = [
    [("norm", 3), ("conv", 3, 8, 3, 1, False), ("relu",), ("norm", 8)],
    [("norm", 3), ("conv", 3, 8, 3, 1, False), ("norm", 8), ("relu",)],
]


def count_cases(generator, trial):
    """Short networks, one kind of layer after the other; then longer ones, and the examples."""
    if trial >= 26:
        return (EXAMPLES[trial - 26],), {}
    C, channels = 2 * draw(generator, 1, 4), 2 * draw(generator, 1, 4)
    conv = ("conv", C, channels, 1 + 2 * (trial % 2), 1, trial % 4 == 3)
    if trial < 4:
        layers = [conv]
    elif trial < 8:
        layers = [("conv", C, C, 3, C, False), ("pool",), ("linear", C, channels)]
    elif trial < 12:
        layers = [conv, ("norm", channels), ("relu",)]
    elif trial < 16:
        layers = [conv, (("relu",), ("pool",))[trial % 2], ("norm", channels)]
    elif trial < 20:
        layers = [("norm", C), conv, ("norm", channels), ("linear", channels, 4), ("norm", 4)]
    elif trial < 23:
        layers = [("conv", C, channels, 2, 2, trial % 2 == 1), ("norm", channels), ("pool",)]
    else:
        layers = [("norm", C), ("conv", C, channels, 4, 2, True), ("norm", channels), ("relu",)]
        layers += [("linear", channels, 4), ("relu",), ("norm", 4), ("linear", 4, 2)]
    return (layers,), {}


official_count = Values(
    lambda layers: count(layers),
    count_cases,
    {
        "each filter is taken to read all channels; with groups it reads in_channels / groups": using(
            count, grouped=False
        ),
        "the filters are divided by the groups, too; there are out_channels of them": filters_grouped,
        "the kernel's size is not squared": using(count, squared=False),
        "no norm is folded; one directly after a layer leaves only a bias": using(count, fold=()),
        "a norm after a dense layer is not folded": using(count, fold=("conv",)),
        "a norm after a ReLU or a pooling is taken to be folded; it stays there": using(
            count, fold=("conv", "linear", "relu", "pool")
        ),
        "a norm at the start is not counted; nothing is before it, but layers[-1] is the last layer": (
            last_before_first
        ),
        "a folded norm adds a bias to a layer that has biases already": using(count, again=True),
        "a norm that stays has a factor and a summand; only one per channel is counted": using(count, kept=1),
        "the running statistics are counted": using(count, fold=(), kept=4),
        "the norms are not counted at all": lambda layers: count([x for x in layers if x[0] != "norm"]),
    },
    trials=28,
)


def folded_size(layers):
    """Build the layers, fold, and count what is left."""
    makers = {"linear": nn.Linear, "norm": nn.BatchNorm2d, "relu": nn.ReLU, "pool": nn.Flatten}
    built = []
    for kind, *numbers in layers:
        if kind == "conv":
            C, channels, size, groups, bias = numbers
            built.append(nn.Conv2d(C, channels, size, groups=groups, bias=bias))
        else:
            built.append(makers[kind](*numbers))
    for layer, after in zip(built, [*built[1:], None], strict=True):
        if isinstance(after, nn.BatchNorm2d) and isinstance(layer, nn.Conv2d | nn.Linear):
            layer.bias, after.weight, after.bias = nn.Parameter(torch.zeros(len(layer.weight))), None, None
    return sum(parameter.numel() for layer in built for parameter in layer.parameters())


def hidden_p1_count(official_count):
    """Random networks with every kind of layer; part b's network; norms in places where they stay."""

    def cases(generator, trial):
        if trial == 0:
            first = [("conv", 3, 8, 3, 1, False), ("norm", 8), ("relu",)]
            second = [("conv", 8, 8, 3, 8, False), ("norm", 8), ("relu",)]
            third = [("conv", 8, 16, 1, 1, False), ("norm", 16), ("relu",), ("pool",), ("linear", 16, 10)]
            return ([*first, *second, *third],), {}
        C = 4 * draw(generator, 1, 5)
        layers = [("norm", C)] * draw(generator, 0, 1)
        for _ in range(draw(generator, 1, 4)):
            channels, groups = 4 * draw(generator, 1, 5), (1, 2, 4)[draw(generator, 0, 2)]
            bias = bool(draw(generator, 0, 1))
            layers.append(("conv", C, channels, draw(generator, 1, 5), groups, bias))
            layers += [("norm", channels)] * draw(generator, 0, 1)
            layers += [(("relu",), ("pool",))[draw(generator, 0, 1)]]
            layers += [("norm", channels)] * draw(generator, 0, 1)
            C = channels
        layers += [("pool",), ("linear", C, 12)]
        more = [("norm", 12)] * draw(generator, 0, 1) + [("relu",), ("linear", 12, 10)]
        return (layers + more * draw(generator, 0, 1),), {}

    forbidden = FORBIDDEN["p1-count-hidden"]
    check.function(official_count, folded_size, cases, forbid=forbidden, seed=20, trials=12).require()


# --- Part 2: a separable block


class Block(nn.Module):
    """The block asked for, or one with a mistake."""

    def __init__(self, C, channels, stride=1, *, mistake=""):
        super().__init__()
        early, late = (1, stride) if mistake == "late" else (stride, 1)
        self.depthwise = nn.Conv2d(C, C, 3, early, padding=1, groups=C, bias=False)
        tracks = mistake != "statistics of the batch"
        self.norm1 = nn.BatchNorm2d(C, track_running_stats=tracks)
        self.pointwise = nn.Conv2d(C, channels, 1, late, bias=False)
        self.norm2 = nn.BatchNorm2d(channels, track_running_stats=tracks)
        self.adds, self.mistake = stride == 1 and channels == C, mistake

    def forward(self, x):
        y = self.norm1(self.depthwise(x))
        y = self.pointwise(y if self.mistake == "linear" else y.relu())
        adds = x.shape == y.shape if self.mistake == "by shape" else self.adds
        if self.mistake == "norm at the end":
            return self.norm2(y + x if adds else y).relu()
        y = self.norm2(y)
        if self.mistake == "relu first":
            return (y.relu() + x).relu() if adds else y.relu()
        if self.mistake == "relu first only":
            return y.relu() + x if adds else y.relu()
        if self.mistake == "detached":
            x = x.detach()
        if self.mistake == "padded" and x.shape[2:] == y.shape[2:]:
            x = F.pad(x, (0, 0, 0, 0, 0, y.shape[1] - x.shape[1]))  # cut where there are more
            return (y + x).relu()
        y = y + x if adds and self.mistake != "plain" else y
        return y if self.mistake == "no relu" else y.relu()


def block(mistake=""):
    """What that block gives with known weights, in evaluation mode."""

    def output(x, in_channels, channels, stride=1):
        made = fill(Block(in_channels, channels, stride, mistake=mistake))
        return made.eval()(x).detach()

    return output


def trained_block(mistake=""):
    """What it gives in training mode, and the gradient for the input."""

    def output(x, in_channels, channels):
        return measures.trained(lambda *args: Block(*args, mistake=mistake), x, in_channels, channels)

    return output


BLOCKS = [(4, 4, 1), (4, 8, 1), (4, 4, 2), (4, 8, 2), (4, 2, 1), (4, 4, 3)]
LAYERS = "The layers are not those of the task:"


def block_shapes(args, N, H, W):
    """The arguments of `shapes` for a block."""
    C, channels, stride = args
    return (args, (N, C, H, W), (N, channels, math.ceil(H / stride), math.ceil(W / stride))), {}


def block_cases(generator, trial):
    C = 2 + trial % 3
    x = integers(generator, 1 + trial % 2, C, 3 + trial % 2, 4)
    return (x, C, *((C,), (6,), (C, 2), (5, 2), (2,), (C, 3))[trial % 6]), {}


one_pixel = [
    ((torch.tensor([[[[3.0]], [[-2.0]]]]), 2, 2, 2), {}),
    ((4 * torch.ones(2, 3, 1, 1), 3, 3, 3), {}),
]
p2_block = [
    Conditions("shapes", [block_shapes(args, 2, 7, 5) for args in BLOCKS], LAYERS),
    Conditions("convolutions", [((args, [(3, 3, 4), (1, 1, 1)]), {}) for args in BLOCKS[:4]], LAYERS),
    Conditions("parameters", [((args, 44 + 6 * args[1]), {}) for args in BLOCKS], LAYERS),
    Conditions("unchanged", [((torch.ones(2, 4, 6, 6), *args), {}) for args in BLOCKS[:2]]),
    Conditions("unused", [((torch.ones(2, 4, 6, 6), *args), {}) for args in BLOCKS], LAYERS),
    Values(
        block(),
        block_cases,
        {
            "there is no ReLU at the end": block("no relu"),
            "the branch ends in a ReLU before the sum": block("relu first"),
            "the branch ends in a ReLU, and there is none after the sum": block("relu first only"),
            "there is no ReLU between the convolutions": block("linear"),
            "the input is not added": block("plain"),
            "the input is added although the numbers of channels differ": block("padded"),
            "the pointwise convolution has the stride, not the depthwise one": block("late"),
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
        lambda generator, trial: ((integers(generator, 3, 2, 3, 3 + trial), 2, 2), {}),
        {"no gradient passes through the added input": trained_block("detached")},
        trials=2,
        measure="trained",
        rtol=1e-3,
        atol=1e-4,
    ),
    Conditions("apart", [((args,), {}) for args in BLOCKS[:2]]),
    Conditions("once", [((torch.ones(2, 4, 6, 6), *args), {}) for args in BLOCKS[:2]]),
]


def hidden_p2_block(SeparableBlock):
    """Random channels, strides and sizes in both modes; gradients; the number of parameters."""

    def output(x, in_channels, channels, stride):
        return measures.trained(SeparableBlock, x, in_channels, channels, stride, seed=100)

    def like(x, in_channels, channels, stride):
        return measures.trained(Block, x, in_channels, channels, stride, seed=100)

    def evaluated(x, in_channels, channels, stride):
        return fill(SeparableBlock(in_channels, channels, stride), 100).eval()(x)

    def evaluated_like(x, in_channels, channels, stride):
        return fill(Block(in_channels, channels, stride), 100).eval()(x).detach()

    def cases(generator, trial):
        N, C, H, W, channels = torch.randint(2, 6, (5,), generator=generator).tolist()
        channels = C if trial % 3 == 0 else channels
        x = torch.randn(N, C, H + 3, W + 3, generator=generator)
        return (x, C, channels, 1 + trial % 4 // 2), {}

    output.__name__ = evaluated.__name__ = SeparableBlock.__name__
    check.function(output, like, cases, seed=40, trials=4, rtol=1e-3, atol=1e-4).require()
    shapes = [((1, 3, 1, 1), 3, 2), ((2, 5, 1, 1), 5, 3), ((1, 2, 5, 9), 2, 1), ((3, 5, 8, 8), 5, 3)]
    given = [((measures.randn(*shape, seed=6), shape[1], *args), {}) for shape, *args in shapes]
    check.function(evaluated, evaluated_like, given).require()
    for args in ((3, 7), (6, 6, 2), (5, 5)):
        C, channels = args[:2]
        demand(measures.parameters(SeparableBlock, args, 9 * C + C * channels + 2 * C + 2 * channels))
        demand(measures.convolutions(SeparableBlock, args, [(3, 3, C), (1, 1, 1)]))
    demand(measures.apart(SeparableBlock, (5, 5)))
    demand(measures.once(SeparableBlock, measures.randn(3, 5, 4, 4), 5, 5))


# --- Part 2: the widest network


def official(w, norm=1, bias=10):
    """The count of the network with a width; `norm` numbers of each channel's batch norm are left."""
    channels = w + (w + w) + (w + 2 * w) + (2 * w + 2 * w)
    pairs = w * w + w * 2 * w + 2 * w * 2 * w
    return 27 * w + 9 * (w + w + 2 * w) + pairs + norm * channels + 20 * w + bias


def width(budget, count=official):
    return max([1, *(w for w in range(1, 200) if count(w) <= budget)])


class Network(nn.Module):
    """The network asked for, of a width, or one that differs in a step."""

    def __init__(self, w, *, strides=(2, 1, 2, 1), start=True, mistake="", maximum=False, end=None):
        super().__init__()
        self.conv = nn.Conv2d(3, w, 3, strides[0], padding=1, bias=False)
        self.norm = nn.BatchNorm2d(w)
        sizes = zip((w, w, 2 * w), (w, 2 * w, 2 * w), strides[1:], strict=True)
        self.blocks = nn.Sequential(*(Block(*size, mistake=mistake) for size in sizes))
        self.linear = nn.Linear(2 * w, 10)
        self.start, self.maximum, self.end = start, maximum, end

    def forward(self, x):
        x = self.norm(self.conv(x))
        x = self.blocks(x.relu() if self.start else x)
        y = self.linear(x.amax((2, 3)) if self.maximum else x.mean((2, 3)))
        return y if self.end is None else self.end(y)


def network(**options):
    """What that network gives with known weights, in evaluation mode."""
    return lambda images, budget: fill(Network(width(budget), **options)).eval()(images).detach()


def trained_network(images, budget, seed=0):
    return measures.trained(lambda budget: Network(width(budget)), images, budget, seed=seed)


def sizes(rule):
    """What `narrowest` says of a network whose width follows a rule."""

    def found(budget):
        w = rule(budget)
        return {"channels of the narrowest convolution": w, "parameters in training": official(w, norm=2)}

    return found


BUDGETS = (110, 494, 493, 495, 1_000, 5_000, 12_345, 100_000)
build = [
    Conditions("shapes", [(((494,), (2, 3, 32, 32), (2, 10)), {})]),
    Values(
        sizes(width),
        [((budget,), {}) for budget in (*BUDGETS, *(official(w) for w in (2, 3, 9)), official(6) - 1)],
        {
            "the budget is compared with the parameters in training; the file holds fewer": sizes(
                lambda budget: width(budget, lambda w: official(w, norm=2))
            ),
            "the biases that the batch norms leave are not counted": sizes(
                lambda budget: width(budget, lambda w: official(w, norm=0))
            ),
            "the dense layer's biases are not counted": sizes(
                lambda budget: width(budget, lambda w: official(w, bias=0))
            ),
            "a network that takes the whole budget is left out; `at most` includes it": sizes(
                lambda budget: width(budget - 1)
            ),
            "it is one wider than the budget allows": sizes(lambda budget: width(budget) + 1),
            "it is one narrower than the budget allows": sizes(lambda budget: max(1, width(budget) - 1)),
        },
        measure="narrowest",
    ),
    Conditions("shapes", [(((110,), (1, 3, 32, 32), (1, 10)), {}), (((494,), (3, 3, 17, 9), (3, 10)), {})]),
    Values(
        network(),
        lambda generator, trial: (
            (integers(generator, 1 + trial % 2, 3, 9 + trial % 3, 8), official(1 + trial % 4) + 3 * trial),
            {},
        ),
        {
            "the first convolution has no stride": network(strides=(1, 1, 2, 1)),
            "block 2 has no stride": network(strides=(2, 1, 1, 1)),
            "there is no ReLU before the first block": network(start=False),
            "the blocks do not add their input": network(mistake="plain"),
            "the maximum is taken at the end, not the mean": network(maximum=True),
            "the outputs go through a softmax": network(end=lambda scores: scores.softmax(1)),
            "the outputs go through a ReLU": network(end=torch.relu),
        },
        trials=4,
        measure="filled",
    ),
    Values(
        lambda images, budget: trained_network(images, budget),
        lambda generator, trial: ((integers(generator, 3, 3, 9, 8 + trial), official(2)), {}),
        trials=2,
        measure="trained",
        rtol=1e-3,
        atol=1e-4,
    ),
    Conditions("apart", [(((494,),), {})]),
    Conditions("unused", [((torch.ones(2, 3, 16, 16), 494), {})]),
    Conditions("once", [((torch.ones(2, 3, 16, 16), 494), {})]),
]


def hidden_p2_build(build):
    """Budgets at, just above and just below a width's count; results and gradients in training mode."""
    budgets = [official(w) + more for w in (5, 11, 26) for more in (0, 1, -1)]
    forbidden = FORBIDDEN["p2-build-hidden"]

    def narrowest(budget):
        return measures.narrowest(build, budget)

    def output(images, budget):
        return measures.trained(build, images, budget, seed=200)

    def like(images, budget):
        return trained_network(images, budget, seed=200)

    def cases(generator, trial):
        budget = official(2 + draw(generator, 0, 4)) + (0, 1, -1, 40)[trial % 4]
        return (torch.randn(3, 3, 16, 16 + trial % 2, generator=generator), budget), {}

    narrowest.__name__ = output.__name__ = "build"
    given = [((budget,), {}) for budget in (official(1), official(1) + 1, *budgets, 200_000)]
    check.function(narrowest, sizes(width), given, forbid=forbidden).require()
    tolerances = {"rtol": 1e-3, "atol": 1e-4}
    check.function(output, like, cases, forbid=forbidden, seed=70, trials=3, **tolerances).require()
    demand(measures.apart(build, (official(3),)))
    demand(measures.once(build, measures.randn(2, 3, 20, 20), official(3)))


# --- Part 3: an interval


CLOSE = {"rtol": 3e-6, "atol": 1e-6}  # tells z = 1.96 from 1.95996…


def interval(correct, total):
    """By bisection: the shares p with |measured - p| = 1.96 sqrt(p (1 - p) / total)."""
    measured, ends = correct / total, []
    for end in (0.0, 1.0):
        inside = measured
        for _ in range(60):
            p = (inside + end) / 2
            if abs(measured - p) <= 1.96 * math.sqrt(p * (1 - p) / total):
                inside = p
            else:
                end = p
        ends.append(inside)
    return tuple(ends)


def center_and_half(correct, total, z=1.96):
    share = correct / total
    center = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + (z / (2 * total)) ** 2) / (1 + z * z / total)
    return center, half


def around(change):
    """A mistaken interval from the share, the number of images, and the right center and half width."""

    def wrong(correct, total):
        center, half = change(correct / total, total, *center_and_half(correct, total))
        return center - half, center + half

    return wrong


def wilson_cases(generator, trial):
    total = (1, 2, 5, 20, 100, 1_000, 10_000)[trial % 7]
    correct = draw(generator, 0, total)
    return ((0 if trial == 7 else total if trial == 10 else correct, total), {})


wilson = Values(
    interval,
    lambda generator, trial: ((80, 100), {}) if trial == 21 else wilson_cases(generator, trial),
    {
        "it is the usual interval of plus and minus 1.96 standard errors, which can leave [0, 1]": around(
            lambda p, n, center, half: (p, 1.96 * math.sqrt(p * (1 - p) / n))
        ),
        "the division by 1 + z²/n is missing": around(
            lambda p, n, center, half: (center * (1 + 1.96**2 / n), half * (1 + 1.96**2 / n))
        ),
        "only the center is divided by 1 + z²/n; the square root is, too": around(
            lambda p, n, center, half: (center, half * (1 + 1.96**2 / n))
        ),
        "the interval lies around the measured accuracy, not around its own center": around(
            lambda p, n, center, half: (p, half)
        ),
        "z²/2n is z² / (2n); without the brackets it is multiplied by n": around(
            lambda p, n, center, half: (center + 1.96**2 * (n - 1 / n) / 2 / (1 + 1.96**2 / n), half)
        ),
        "z is 1.645, which leaves 5% on each side": around(
            lambda p, n, center, half: center_and_half(p * n, n, z=1.645)
        ),
        "z²/4n² is missing under the root": around(
            lambda p, n, center, half: (center, 1.96 * math.sqrt(p * (1 - p) / n) / (1 + 1.96**2 / n))
        ),
        "the term under the root is z²/4n; n is squared there": around(
            lambda p, n, center, half: (
                center,
                1.96 * math.sqrt(p * (1 - p) / n + 1.96**2 / (4 * n)) / (1 + 1.96**2 / n),
            )
        ),
        "z is the quantile 1.95996…; the task takes 1.96": around(
            lambda p, n, center, half: center_and_half(p * n, n, z=1.959963984540054)
        ),
        "the ends are percentages; they are numbers between 0 and 1": around(
            lambda p, n, center, half: (100 * center, 100 * half)
        ),
        "correct / total is divided without a remainder": lambda correct, total: interval(
            correct // total * total, total
        ),
        "the first end is the higher one": lambda *case: interval(*case)[::-1],
    },
    trials=22,
    **CLOSE,
)


def hidden_p3_wilson(wilson):
    """The ends of the range, and up to a million images."""
    counts = [(0, 1), (1, 1), (0, 50), (50, 50), (1, 3), (8_123, 10_000), (9_999, 10_000), (431, 500)]
    cases = [(case, {}) for case in (*counts, (7, 9), (345_678, 1_000_000))]
    forbidden = FORBIDDEN["p3-wilson-hidden"]
    check.function(wilson, interval, cases, forbid=forbidden, **CLOSE).require()


# --- Part 3: a paired test


def told(truth, first, second):
    """How many images only the first network classifies correctly, and how many only the second."""
    rows = list(zip(truth, first, second, strict=True))
    b = sum(one == label != two for label, one, two in rows)
    return b, sum(two == label != one for label, one, two in rows)


def uneven(truth, first, second):
    """The share of the falls of so many coins that are at least as uneven."""
    b, c = told(truth, first, second)
    n = b + c
    falls = sum(math.comb(n, i) for i in range(n + 1) if abs(2 * i - n) >= abs(b - c))
    return falls / 2**n  # whole numbers: Python divides them, however large


def tail(k, n):
    return sum(math.comb(n, i) for i in range(k + 1)) / 2**n


def with_counts(formula):
    return lambda truth, first, second: float(formula(*told(truth, first, second)))


def any_difference(truth, first, second):
    rows = zip(truth, first, second, strict=True)
    differ = [(label, one) for label, one, two in rows if one != two]
    right = sum(one == label for label, one in differ)
    return min(1.0, 2 * tail(min(right, len(differ) - right), len(differ)))


def all_images(truth, first, second):
    b, c = told(truth, first, second)
    return min(1.0, 2 * tail(min(b, c), len(truth)))


def no_small_numbers(b, c):
    """With 0.5**n as a float, multiplied by i = 0, 1, … factors."""
    term, total = 0.5 ** (b + c), 0.0
    for i in range(min(b, c) + 1):
        total += term
        term *= (b + c - i) / (i + 1)
    return min(1.0, 2 * total)


def lists_of(b, c, others, generator):
    """Labels such that `b` images tell for the first, `c` for the second, and `others` for none."""
    rows = [(0, 0, 1)] * b + [(0, 1, 0)] * c + others  # truth, first, second
    order = torch.randperm(len(rows), generator=generator).tolist()
    label = torch.randint(10, (max(1, len(rows)),), generator=generator).tolist()
    columns = zip(*([(label[i] + k) % 10 for k in rows[i]] for i in order), strict=True)
    return tuple(map(list, columns)) if rows else ([], [], [])


MANY = [(566, 566), (541, 610), (630, 560)]


def mcnemar_cases(generator, trial):
    """Up to ten images that tell; the example; more than 1,100."""
    if trial == 22:
        return ([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 0], [1, 2, 3, 4, 5, 1]), {}
    if trial > 22:
        return lists_of(*MANY[trial - 23], [(0, 1, 1)] * 20, generator), {}
    n = trial % 11
    b = draw(generator, 0, n)
    others = [(0, 0, 0)] * (trial % 3) + [(0, 1, 2)] * (trial % 4) + [(0, 1, 1)] * (trial % 2)
    return lists_of(b, n - b, others, generator), {}


mcnemar = Values(
    uneven,
    mcnemar_cases,
    {
        "p is 0 where no image tells; there it is 1": with_counts(
            lambda b, c: min(1, 2 * tail(min(b, c), b + c)) if b + c else 0
        ),
        "only one side is counted; equal networks differ as often to the other side": with_counts(
            lambda b, c: tail(min(b, c), b + c)
        ),
        "p can be larger than 1": with_counts(lambda b, c: 2 * tail(min(b, c), b + c)),
        "the sum leaves out its last term, i = min(b, c)": with_counts(
            lambda b, c: min(1, 2 * tail(min(b, c) - 1, b + c))
        ),
        "the sum goes to c, not to the smaller of b and c": with_counts(
            lambda b, c: min(1, 2 * tail(c, b + c))
        ),
        "it is the chance of exactly this outcome; more uneven ones count, too": with_counts(
            lambda b, c: min(1, 2 * math.comb(b + c, b) / 2 ** (b + c))
        ),
        "images on which both are wrong are counted; they tell nothing": any_difference,
        "n is the number of all images; only those that tell count": all_images,
        "it is the test by chi-squared, an approximation for large n": with_counts(
            lambda b, c: math.erfc(abs(b - c) / math.sqrt(2 * max(1, b + c)))
        ),
        "it is 1 - p": with_counts(lambda b, c: 1 - min(1, 2 * tail(min(b, c), b + c))),
        "0.5**n is 0 as a float if n is larger than 1,074": with_counts(no_small_numbers),
    },
    trials=26,
    atol=1e-9,
)


def by_enumeration(truth, first, second):
    """All ways in which few coins can fall."""
    b, c = told(truth, first, second)
    falls = [abs(2 * sum(coins) - (b + c)) >= abs(b - c) for coins in product((0, 1), repeat=b + c)]
    return sum(falls) / len(falls)


def hidden_p3_mcnemar(mcnemar):
    """Hundreds and thousands of images that tell, none that tells, and the networks in the other order."""

    def cases(generator, trial):
        images = (1, 4, 30, 200, 900, 3_200)[trial % 6]
        truth = torch.randint(10, (images,), generator=generator)
        named = []
        for share in (0.7, 0.55 + 0.05 * (trial % 4)):
            right = torch.rand(images, generator=generator) < (0.7 if images == 3_200 else share)
            others = torch.randint(10, (images,), generator=generator)
            named.append(torch.where(right, truth, others).tolist())
        if trial == 4:
            named[1] = named[0]
        return (truth.tolist(), *(named[::-1] if trial > 5 else named)), {}

    options = {"forbid": FORBIDDEN["p3-mcnemar-hidden"], "atol": 1e-9}
    check.function(mcnemar, uneven, cases, seed=30, trials=12, **options).require()
    generator = torch.Generator().manual_seed(44)
    few = [(lists_of(b, c, [(0, 1, 2)] * 3, generator), {}) for b, c in ((0, 0), (0, 7), (3, 4), (8, 2))]
    check.function(mcnemar, by_enumeration, few, **options).require()


# --- Part 4: few bits


def step(x, bits):
    """The distance of neighbors with so many bits around x."""
    size, power = abs(Fraction(x)), 0
    while size >= 2:
        size, power = size / 2, power + 1
    while 0 < size < 1:
        size, power = size * 2, power - 1
    return Fraction(2) ** (power + 1 - bits)


def rounding(how):
    return lambda x, bits=8: float(how(Fraction(x) / step(x, bits)) * step(x, bits))


exact = rounding(round)  # of a Fraction: to the nearest, ties to even


def away(q):
    return math.floor(abs(q) + Fraction(1, 2)) * (1 if q > 0 else -1)


def through_float32(x, bits=8):
    return exact(torch.tensor(float(x)).item(), bits)


# Beside a tie, but a tie as a float32; then large, small and whole numbers, and eight bits without saying so.
SPECIAL = [
    ((257 + 2**-30, 8), {}),
    ((-(9 + 2**-40), 3), {}),
    ((5.0 + 2**-45, 2), {}),
    ((1.7e200, 8), {}),
    ((-3.3e-150, 5), {}),
    ((1_000_001, 8), {}),
    ((-77, 4), {}),
    ((257.0,), {}),
    ((259,), {}),
    ((0.1,), {}),
]
ZERO_AND_EXAMPLES = [((x, 3), {}) for x in (6.7, 9, 11, -0.7, 0, 0.0)]


def round_cases():
    """Small and large numbers and halfway cases with 2 to 10 bits; then the special ones."""
    cases = []
    for trial in range(36):
        generator = torch.Generator().manual_seed(trial)
        bits = 2 + trial % 9
        power = draw(generator, -9, 8)
        x = round(float(torch.randn((), generator=generator)), 4) * 2.0**power
        if trial % 2:  # halfway between two neighbors
            odd = 2 * draw(generator, 2 ** (bits - 1), 2**bits - 1) + 1
            x = math.copysign(odd * 2.0 ** (trial % 13 - 8), x)
        cases.append(((x, bits), {}))
    return cases + SPECIAL + ZERO_AND_EXAMPLES


round_to_bits = Values(
    exact,
    round_cases(),
    {
        "the bits are cut off, not rounded": rounding(math.trunc),
        "it is rounded down": rounding(math.floor),
        "a tie goes away from zero, not to the even neighbor": rounding(away),
        "a tie goes up, not to the even neighbor": rounding(lambda q: math.floor(q + Fraction(1, 2))),
        "one bit too many is kept; the leading 1 counts, too": lambda x, bits=8: exact(x, bits + 1),
        "one bit too few is kept": lambda x, bits=8: exact(x, bits - 1),
        "so many bits behind the point are kept; significant bits start at the first 1": (
            lambda x, bits=8: round(x * 2**bits) / 2**bits
        ),
        "so many decimals are kept; a significant bit is a factor of two": lambda x, bits=8: float(
            round(x, bits)
        ),
        "the sign is lost": lambda x, bits=8: abs(exact(x, bits)),
        "it always keeps 8 bits": lambda x, bits=8: exact(x, 8),
        "it is rounded to float32 first, where a number just beside a tie becomes one": through_float32,
    },
    rtol=0,
    atol=0,
)


def converted(x, bits=8):
    """By PyTorch's own conversions."""
    dtype = {8: torch.bfloat16, 11: torch.float16, 24: torch.float32}[bits]
    return float(torch.tensor(x, dtype=torch.float32).to(dtype))


def hidden_p4_round(round_to_bits):
    """PyTorch's own conversions to bfloat16, float16 and float32; then large and small numbers."""
    generator = torch.Generator().manual_seed(5)
    scales = 10 ** (4 * torch.rand(12, generator=generator) - 2)
    numbers = (torch.randn(12, generator=generator) * scales).tolist()
    numbers += [1.0, -2.0, 255.5, 258.0, -0.1171875, 1 + 2**-8, 1 + 3 * 2**-8, 2049.0, 2051.0]
    cases = [((x,), {}) for x in numbers] + [((x, 11), {}) for x in numbers]
    cases += [((255.5, 8), {}), ((16_777_215.0, 24), {}), ((65, 8), {})]
    check.function(round_to_bits, converted, cases, rtol=0, atol=0).require()
    others = [(-6.1e180, 6), (2.9e-170, 9), (0.3, 40), (-(514 + 2**-33), 8), (8_191, 5), (-0.0, 4)]
    check.function(round_to_bits, exact, [(case, {}) for case in others], rtol=0, atol=0).require()


CUT = "Rounding is to the nearest, not down."
UNTOUCHED = "Does it have more than 8 significant bits? Count from its first 1 to its last."
TIE = "Both neighbors are equally near: which of them is even, as a multiple of the step?"
PAIRS = ((0, 41), (3, 7), (12, 200), (100, 200), (255, 128))


def survived():
    """The pairs, packed, rounded and taken apart by PyTorch."""
    expected = {}
    for a, b in PAIRS:
        left = torch.tensor(a + b / 256).bfloat16().double()
        expected[f"{a}, {b}"] = (int(left), int((left - left.floor()) * 256))
    return expected


survivors = ByHand(
    right=survived(),
    review=dict.fromkeys(
        survived(), "Review: how far apart are the neighbors with 8 significant bits there?"
    ),
    mistakes={
        "0, 41": {(0, 0): UNTOUCHED, (0, 40): UNTOUCHED},
        "3, 7": {(3, 4): CUT, (3, 7): UNTOUCHED},
        "12, 200": {(12, 200): UNTOUCHED, (12, 208): TIE},
        "100, 200": {
            (100, 128): CUT,
            (100, 200): UNTOUCHED,
            (100, 0): "What lies nearer may have another whole part.",
        },
        "255, 128": {(255, 0): TIE, (255, 128): UNTOUCHED},
    },
)


def hidden_p4_survivors(survivors, points):
    """The five pairs, packed, rounded and taken apart by PyTorch."""
    return check.answers(survivors(), survived()).points(points)


# --- Part 5: design, train, hand in

MOST = 5_000
MISSING = (
    "There is no model yet: set TRAIN = True in the training cell, run it and the cell after it, and paste "
    "what is printed over the cell above."
)
UNTRAINED = (
    'Was it trained, on the standardized images of load("shapes10"), and does it keep its accuracy with 8 '
    "significant bits?"
)
design = [
    Conditions("shapes", [(((), (2, 3, 32, 32), (2, 10), MOST), {})]),
    Conditions("shapes", [(((), (1, 3, 32, 32), (1, 10)), {})]),
    Conditions("stored", [(((), MOST), {})]),
    Conditions("apart", [(((),), {})]),
]
submission = [
    Conditions(
        "submitted",
        [
            ((200, 100, MOST, 0.3, MISSING, UNTRAINED), {}),
        ],
    )
]


def accurate(submission, least):
    """Score the network in a text on images that nobody has seen."""
    try:
        _, accuracy = challenge.score_drawn(submission(), images=300, seed=741_906_253, most=MOST)
    except ValueError as error:
        raise check.WrongAnswer(check.Report(False, f"The model cannot be scored. {error}")) from None
    if accuracy < least:
        demand([f"{accuracy:.1%} of the new images are classified correctly, expected {least:.0%} or more."])


def hidden_p5_sixty(submission):
    """At least 60% of the new images."""
    accurate(submission, 0.6)


def hidden_p5_seventy_five(submission):
    """At least 75% of the new images."""
    accurate(submission, 0.75)


def hidden_p5_eighty_five(submission):
    """At least 85% of the new images."""
    accurate(submission, 0.85)


VISIBLE = {
    "p1-by-hand": [by_hand],
    "p1-count": [official_count],
    "p2-block": p2_block,
    "p2-build": build,
    "p3-wilson": [wilson],
    "p3-mcnemar": [mcnemar],
    "p4-round": [round_to_bits],
    "p4-survivors": [survivors],
    "p5-design": design,
    "p5-submission": submission,
}
