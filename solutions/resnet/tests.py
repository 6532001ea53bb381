"""The tests of the exercise on residual networks."""

# canary-728fb65a
from collections.abc import Sequence
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from autograder.visible import ByHand, Conditions, Values
from cnnlib import check
from cnnlib.check import given, measures
from cnnlib.check.functions import made
from cnnlib.data.shapes10 import draw

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "resnet#The block: the input comes back",
    "p2": "resnet#Where the activations go",
    "p2-bottleneck": "resnet#The bottleneck, and ResNet-18 to 152",
    "p3": "resnet#A network for small images",
    "p3-shortcut": "resnet#When the shapes differ",
    "p4": "resnet#The gradient, layer by layer",
    "p5": "resnet#Where the activations go",
}

FORBIDDEN = {}  # this exercise forbids nothing


def integers(generator, *shape, low=-4, high=4):
    return torch.randint(low, high + 1, shape, generator=generator).float()


def met(faults: Sequence[str]) -> None:
    """Require that a measure has found nothing."""
    check.Report(not faults, "\n".join(faults)).require()


def measured(measure, answer, **options):
    """Return a measure of an answer as a function of a case, with the answer's name."""
    function = partial(measure, answer, **options)
    function.__name__ = answer.__name__
    return function


def conv(x, channels, size, stride=1, seed=0):
    """Convolve with the numbers that `given.fill` gives to a convolution of this shape."""
    kernel = given.kernel(channels, x.shape[1], size, size, seed=seed)
    return F.conv2d(x, kernel, stride=stride, padding=size // 2)


def norm(x, training=False, seed=0):
    return F.batch_norm(x, training=training, **given.statistics(x.shape[1], seed))


class Like(nn.Module):
    """A block whose reference is a function of its input, its convolution and its norm.

    It stands for a student's block in `measures.trained`; there is no layer to fill in it.
    """

    def __init__(self, reference, *args, seed=0):
        super().__init__()
        self.reference, self.args, self.seed = reference, args, seed

    def forward(self, x):
        layers = partial(conv, seed=self.seed), partial(norm, training=self.training, seed=self.seed)
        return self.reference(x, *self.args, layers=layers)


def trained(reference, seed=0):
    """Return what `measures.trained` gives for a reference."""

    def function(x, *args):
        return measures.trained(partial(Like, reference, seed=seed), x, *args)

    function.__wrapped__ = reference  # with its parameters' names
    return function


# --- Part 1: the residual connection


class Made(nn.Module):
    """A block from a function of its input, its module and its projection, or what stands in its place.

    Without a projection, `bare` may be used instead, a function of the input and the module.
    """

    def __init__(self, how, bare, module, projection=None):
        super().__init__()
        self.how, self.bare, self.module, self.projection = how, bare, module, projection

    def forward(self, x):
        if self.projection is None and self.bare is not None:
            return self.bare(x, self.module)
        return self.how(x, self.module, self.projection or nn.Identity())


def right(x, f, p):
    return f(x) + p(x)


def combined(how=right, bare=None):
    """Return a reference for `measures.wrapped`; the arguments are those of `Made`."""

    def reference(x, module, projection=None):
        parts = [part for part in (module, projection) if part is not None]
        return measures.wrapped(partial(Made, how, bare), x, *parts)

    return reference


def slope(how=right, bare=None):
    """Return a reference for `measures.wrapped_gradient`; the arguments are those of `Made`."""

    def reference(x, module, projection=None):
        parts = [part for part in (module, projection) if part is not None]
        return measures.wrapped_gradient(partial(Made, how, bare), x, *parts)

    return reference


def connection_cases(generator, trial):
    C = 1 + trial % 2
    parts = [integers(generator, C, C, 3, 3)]
    parts += [integers(generator, C, C, 1, 1)] * (trial % 3 > 0)
    x = integers(generator, 1, C, 2, 3)
    return (x.double(), *(part.double() for part in parts)) if trial == 4 else (x, *parts), {}


EXAMPLES = [
    ((torch.tensor([[[[1.0, 2.0]]]]), *(torch.full((1, 1, 1, 1), factor) for factor in factors)), {})
    for factors in ((3.0,), (3.0, 10.0))
]
# Blocks inside blocks, from parts that let no gradient through.
NESTED = [(0, ("cut",)), (1, ("cut", ("cut",))), (2, (("cut",),)), (3, (("cut",), ("cut",)))]
BOTH = "the module and the shortcut must both carry the gradient (no detach, no .data, no NumPy)"
p1_residual = [
    Values(
        combined(),
        [*made(connection_cases, 0, 5), *EXAMPLES],
        {
            "the projection is ignored": combined(lambda x, f, p: f(x) + x),
            "the input or its projection is not added": lambda x, module, projection: combined(
                lambda x, f, p: f(x)
            )(x, module, projection),
            "without a projection, the input is not added": combined(bare=lambda x, f: f(x)),
            "there is an activation after the sum; the sum may be negative": combined(
                lambda x, f, p: (f(x) + p(x)).relu()
            ),
            "the module's result goes through an activation before the sum": combined(
                lambda x, f, p: f(x).relu() + p(x)
            ),
            "the projection gets the module's result, not the input": combined(
                lambda x, f, p: f(x) + p(f(x))
            ),
            "the projected module's result is added to the input": combined(lambda x, f, p: p(f(x)) + x),
            "the module gets the projected input, not the input": combined(lambda x, f, p: f(p(x)) + p(x)),
            "the input is added as well as its projection": lambda x, module, projection=None: (
                combined()(x, module, projection) + (0 if projection is None else x)
            ),
            "the input is subtracted": combined(lambda x, f, p: f(x) - p(x)),
            "the two are multiplied, not added": combined(lambda x, f, p: f(x) * p(x)),
        },
        measure="wrapped",
    ),
    Conditions(
        "held",
        [
            (
                (-EXAMPLES[1][0][0], {"module": EXAMPLES[1][0][1], "projection": EXAMPLES[1][0][2]}),
                {},
            )
        ],
    ),
    # A module that returns its input: `y += x` would change both.
    Values(lambda x, module: 2 * x, [((EXAMPLES[0][0][0], "identity"), {})], measure="wrapped"),
    Values(
        slope(),
        [((integers(torch.Generator().manual_seed(seed), 1, 1, 1, 3), *parts), {}) for seed, parts in NESTED],
        {
            f"the projection passes no gradient on; {BOTH}": slope(
                lambda x, f, p: f(x) + p(x).detach(), lambda x, f: f(x) + x
            ),
            f"without a projection, no gradient passes through the shortcut; {BOTH}": slope(
                bare=lambda x, f: f(x) + x.detach()
            ),
            f"the module passes no gradient on; {BOTH}": slope(lambda x, f, p: f(x).detach() + p(x)),
        },
        measure="wrapped_gradient",
    ),
]


def hidden_p1_residual(Residual):
    """Try random channels and sizes, and blocks inside blocks; the input keeps its values."""

    def cases(generator, trial):
        N, C, channels, H, W = torch.randint(1, 5, (5,), generator=generator).tolist()
        x = torch.randn(N, C, H + 2, W + 2, generator=generator)
        size = (1, 3, 5)[trial % 3]
        kernels = [torch.randn(channels, C, k, k, generator=generator) for k in (size, 1)]
        return (x.double(), *(kernel.double() for kernel in kernels)) if trial == 3 else (x, *kernels), {}

    answer = measured(measures.wrapped, Residual)
    check.function(answer, combined(), cases, seed=20, trials=4).require()
    x, inner, outer = (
        measures.randn(*shape, seed=30) for shape in ((2, 3, 4, 5), (3, 3, 3, 3), (3, 3, 1, 1))
    )
    nested = [((x, (inner,), outer), {}), ((x, inner, (outer, inner)), {}), ((x, ((inner,),)), {})]
    check.function(answer, combined(), nested).require()

    def inside(module, projection):
        return Residual(Residual(module), projection=projection)

    inside.__name__ = "Residual"
    met(measures.held(inside, x, {"module": inner, "projection": outer}))
    check.function(answer, lambda x, module: 2 * x, [((x, "identity"), {})]).require()
    slopes = [((x, *parts), {}) for _, parts in NESTED]
    check.function(measured(measures.wrapped_gradient, Residual), slope(), slopes).require()


BLOCKS = [
    {
        "channels": 8,
        "stride": 1,
        "two": True,
        "kernels": ((3, 3), (3, 3)),
        "otherwise": "It does not consist of two 3 × 3 convolutions.",
    },
    {
        "channels": 16,
        "stride": 2,
        "two": False,
        "otherwise": "None of its convolutions is larger than 1 × 1.",
    },
    {
        "channels": 12,
        "stride": 1,
        "two": False,
        "some": {"kernel_size": (3, 3), "dilation": (2, 2)},
        "otherwise": "None of its convolutions is 3 × 3 with dilation 2.",
    },
]
p1_residuals = [
    Conditions(
        "residual", [((8, BLOCKS, [(2, 6, 10), (1, 7, 5)]), {})], "Your blocks do not meet all conditions:"
    ),
    Conditions("apart_in_lists", [((), {})]),
]


def hidden_p1_residuals(residual_blocks, Residual):
    """Try odd sizes and one pixel, block 1's untouched input, and a second list."""
    met(measures.residual((residual_blocks, Residual), 8, BLOCKS, [(2, 9, 4), (3, 1, 1), (1, 2, 1)]))
    met(measures.apart_in_lists(residual_blocks))
    x = torch.randn(2, 8, 9, 4, generator=torch.Generator().manual_seed(1))
    for number, block in enumerate(residual_blocks()):
        block.eval()
        with torch.no_grad():
            block(x)  # a lazy layer gets its parameters
            for parameter in block.parameters():
                parameter.zero_()
            zero = block(x)
        expected = x if number == 0 else torch.zeros_like(zero)
        faults = [f"Block {number + 1} with all parameters 0 must give its shortcut only."]
        met([] if torch.equal(zero, expected) else faults)


# --- Part 2: the basic block and the bottleneck block

WEIGHTS = (
    "Review: a k × k convolution has a weight for each place, each input channel and each output channel."
)
LAYERS = "Review: list the layers of one block, then of the whole network."
NO_NORM = "That is the convolutions; each has a batch norm after it, with parameters, too."
BIAS = "That includes a bias for each channel of a convolution; there is none."
ONE_EACH = "That is one parameter a channel for batch norm; it has a scale and a shift."
RUNNING = "That includes the running mean and variance; they are buffers, not parameters."
ONE_CONVOLUTION = "That is one convolution with its batch norm; the block has two."
NORMS = "Count the batch norms again: a scale and a shift for each channel, and the channels differ."
PLACES = "That is a 3 × 3 convolution; this one looks at one place."
STRIDE = "The stride changes how often the weights are used, not how many there are."
ENDS = "What stands before the first stage, and what at the end?"
IN_A_BLOCK = "A block has more than one convolution."
PROJECTIONS = "Projections do not count."
OTHER = "That is the network with the other kind of block."


def counted(*layers):
    """Count the parameters of convolutions (in, out, kernel size) without bias, each with a batch norm."""
    built = []
    for channels, out, size in layers:
        built += [
            nn.Conv2d(channels, out, size, bias=False, device="meta"),
            nn.BatchNorm2d(out, device="meta"),
        ]
    return sum(parameter.numel() for layer in built for parameter in layer.parameters())


def numbers():
    """Return the six answers, counted in PyTorch's layers."""
    blocks = sum((3, 4, 6, 3))
    return {
        "basic_64": counted((64, 64, 3), (64, 64, 3)),
        "basic_256": counted((256, 256, 3), (256, 256, 3)),
        "bottleneck_256": counted((256, 64, 1), (64, 64, 3), (64, 256, 1)),
        "projection": counted((64, 128, 1)),
        "layers_basic": 2 + 2 * blocks,
        "layers_bottleneck": 2 + 3 * blocks,
    }


p2_by_hand = ByHand(
    right=numbers(),
    review={key: LAYERS if key.startswith("layers") else WEIGHTS for key in numbers()},
    mistakes={
        "basic_64": {
            36_992: ONE_CONVOLUTION,
            73_728: NO_NORM,
            73_856: ONE_EACH,
            74_112: BIAS,
            74_240: RUNNING,
        },
        "basic_256": {
            590_336: ONE_CONVOLUTION,
            1_179_648: NO_NORM,
            1_180_160: ONE_EACH,
            1_181_184: BIAS,
            1_181_696: RUNNING,
        },
        "bottleneck_256": {69_632: NO_NORM, 70_016: NORMS, 70_784: BIAS, 71_168: RUNNING},
        "projection": {
            8_192: NO_NORM,
            8_320: ONE_EACH,
            8_576: BIAS,
            8_704: RUNNING,
            33_024: STRIDE,
            73_984: PLACES,
        },
        "layers_basic": {16: IN_A_BLOCK, 18: IN_A_BLOCK, 32: ENDS, 33: ENDS, 37: PROJECTIONS, 50: OTHER},
        "layers_bottleneck": {16: IN_A_BLOCK, 18: IN_A_BLOCK, 34: OTHER, 48: ENDS, 49: ENDS, 54: PROJECTIONS},
    },
)


def hidden_p2_by_hand(by_hand, points):
    """Compare the six numbers with those counted in PyTorch's layers."""
    review = {key: "Count again." for key in numbers()}
    return check.answers(by_hand(), numbers(), review=review).points(points)


def changes(in_channels, channels, stride=1):
    return in_channels != channels or stride != 1


def shortcut(x, channels, stride, layers):
    conv, norm = layers
    return norm(conv(x, channels, 1, stride)) if changes(x.shape[1], channels, stride) else x


def where_it_fits(x, channels, stride, layers):
    """Add the input itself wherever its shape is that of the result: on one pixel at any stride."""
    conv, norm = layers
    fits = x.shape[1] == channels and x[:, :, ::stride, ::stride].shape == x.shape
    return x if fits else norm(conv(x, channels, 1, stride))


def not_normalized(x, channels, stride, layers):
    return layers[0](x, channels, 1, stride) if changes(x.shape[1], channels, stride) else x


def projected(x, channels, stride, layers):
    conv, norm = layers
    return norm(conv(x, channels, 1, stride))


def both(y, s):
    return (y + s).relu()


SUMS = {
    "there is no ReLU after the sum": {"combine": lambda y, s: y + s},
    "the branch ends in a ReLU, and there is none after the sum": {"combine": lambda y, s: y.relu() + s},
    "the branch ends in a ReLU before the sum": {"combine": lambda y, s: (y.relu() + s).relu()},
    "the input is not added": {"combine": lambda y, s: y.relu()},
}
SHORTCUTS = {
    "the projection has no batch norm": {"shorten": not_normalized},
    "there is a projection although the shapes agree": {"shorten": projected},
    "the input itself is added where its size happens to fit: a map of one pixel at stride 2": {
        "shorten": where_it_fits
    },
}
EVALUATED = partial(conv), partial(norm)
CARRY = {
    "the shortcut passes no gradient on (no detach, no .data)": {"combine": lambda y, s: both(y, s.detach())},
    "the branch passes no gradient on (no detach, no .data)": {"combine": lambda y, s: both(y.detach(), s)},
}


def wrongly(reference, mistakes, how=lambda reference: reference):
    """Return wrong references: this one with the options that make each mistake."""
    return {words: how(partial(reference, **options)) for words, options in mistakes.items()}


def basic(
    x,
    in_channels,
    channels,
    stride=1,
    *,
    layers=EVALUATED,
    second=False,
    between=True,
    shorten=shortcut,
    combine=both,
):
    conv, norm = layers
    y = norm(conv(x, channels, 3, 1 if second else stride))
    y = norm(conv(y.relu() if between else y, channels, 3, stride if second else 1))
    return combine(y, shorten(x, channels, stride, layers))


def norm_at_the_end(x, in_channels, channels, stride=1):
    y = conv(norm(conv(x, channels, 3, stride)).relu(), channels, 3)
    return norm(y + shortcut(x, channels, stride, EVALUATED)).relu()


def basic_cases(generator, trial):
    x = integers(generator, 1, 1 + trial % 3, 3 + trial % 2, 4)
    C = x.shape[1]
    return (x, C, *((C,), (3,), (C, 2), (4, 2), (3, 3))[trial % 5]), {}


def pixels(generator, trial):
    """Maps of one pixel, at a stride."""
    x = integers(generator, 1, 2 + 2 * trial, 1, 1)
    return (x, x.shape[1], x.shape[1], 2), {}


def larger(generator, trial):
    """Inputs for the training mode: more numbers for a batch norm."""
    x = integers(generator, 2, 2, 5, 4)
    return (x, 2, *((2,), (3, 2))[trial % 2]), {}


def layers_of_basic(in_channels, channels, stride=1):
    projections = int(changes(in_channels, channels, stride))
    return {"3 × 3 convolutions": 2, "1 × 1 convolutions": projections, "batch norms": 2 + projections}


BASIC = [(1, 1), (2, 3), (3, 3, 2), (1, 4, 2), (2, 2), (4, 2)]
HEADING = "The layers are not those of the task:"
x_2 = measures.randn(2, 2, 6, 6)
p2_basic = [
    Conditions("layers", [((args, layers_of_basic(*args)), {}) for args in BASIC], HEADING),
    Values(
        basic,
        [*made(basic_cases, 0, 6), *made(pixels, 0, 2)],
        wrongly(basic, SUMS | SHORTCUTS)
        | {
            "there is no ReLU between the convolutions": partial(basic, between=False),
            "the second convolution has the stride, not the first": partial(basic, second=True),
            "the last batch norm comes after the sum": norm_at_the_end,
        },
        measure="filled",
    ),
    Values(trained(basic), made(larger, 0, 2), wrongly(basic, CARRY, trained), measure="trained"),
    Conditions("unused", [((x_2, 2, 3), {})]),
]


def hidden_p2_basic(BasicBlock):
    """Try random channels, strides and sizes in training mode, with gradients; count the parameters."""

    def cases(generator, trial):
        N, C, H, W = torch.randint(2, 6, (4,), generator=generator).tolist()
        channels = C if trial % 2 == 0 else C % 5 + 1
        return (torch.randn(N, C, H + 3, W + 3, generator=generator), C, channels, 1 + trial % 3), {}

    tried = made(cases, 40, 4)
    for (_, C, channels, stride), _ in tried:
        total = 9 * channels * (C + channels) + 4 * channels
        total += changes(C, channels, stride) * channels * (C + 2)
        met(measures.parameters(BasicBlock, (C, channels, stride), total))
    close = {"rtol": 1e-3, "atol": 1e-4}
    answer = measured(measures.trained, BasicBlock, seed=100)
    check.function(answer, trained(basic, seed=100), tried, **close).require()
    check.function(measured(measures.filled, BasicBlock), basic, made(pixels, 45, 2)).require()


def bottleneck(
    x,
    in_channels,
    channels,
    stride=1,
    *,
    layers=EVALUATED,
    at=1,
    relus=(True, True),
    shorten=shortcut,
    combine=both,
):
    conv, norm = layers
    strides = [stride if place == at else 1 for place in range(3)]
    y = norm(conv(x, channels, 1, strides[0]))
    y = norm(conv(y.relu() if relus[0] else y, channels, 3, strides[1]))
    y = norm(conv(y.relu() if relus[1] else y, 4 * channels, 1, strides[2]))
    return combine(y, shorten(x, 4 * channels, stride, layers))


def bottleneck_cases(generator, trial):
    x = integers(generator, 1, (4, 2, 4, 3, 8)[trial % 5], 3 + trial % 3, 4)
    return (x, x.shape[1], 1 + trial % 5 % 2, *((), (), (2,), (2,), (3,))[trial % 5]), {}


def narrow(case):
    """Turn a case of the basic block into one of a bottleneck whose result has four times the channels."""
    (x, C, *rest), _ = case
    return (x.repeat(1, 4, 1, 1), 4 * C, *rest), {}


def layers_of_bottleneck(in_channels, channels, stride=1):
    projections = int(changes(in_channels, 4 * channels, stride))
    return {
        "1 × 1 convolutions": 2 + projections,
        "3 × 3 convolutions": 1,
        "batch norms": 3 + projections,
    }


BOTTLENECKS = [(4, 1), (2, 2), (4, 1, 2), (3, 2, 2), (4, 1), (8, 1)]
p2_bottleneck = [
    Conditions("layers", [((args, layers_of_bottleneck(*args)), {}) for args in BOTTLENECKS], HEADING),
    Values(
        bottleneck,
        [*made(bottleneck_cases, 0, 6), *map(narrow, made(pixels, 0, 2))],
        wrongly(bottleneck, SUMS | SHORTCUTS)
        | {
            "there is no ReLU after the first convolution": partial(bottleneck, relus=(False, True)),
            "there is no ReLU after the 3 × 3 convolution": partial(bottleneck, relus=(True, False)),
            "there is no ReLU inside the branch": partial(bottleneck, relus=(False, False)),
            "the first 1 × 1 convolution has the stride, not the 3 × 3": partial(bottleneck, at=0),
            "the last 1 × 1 convolution has the stride, not the 3 × 3": partial(bottleneck, at=2),
        },
        measure="filled",
    ),
    Values(
        trained(bottleneck),
        [narrow(case) for case in made(larger, 0, 2)],
        wrongly(bottleneck, CARRY, trained),
        measure="trained",
    ),
    Conditions("unused", [((x_2, 2, 2), {})]),
]


def hidden_p2_bottleneck(Bottleneck):
    """Try random channels, strides and sizes in training mode, with gradients; count the parameters."""

    def cases(generator, trial):
        N, C, H, W, channels = torch.randint(2, 6, (5,), generator=generator).tolist()
        C = 4 * channels if trial % 2 == 0 else C
        return (torch.randn(N, C, H + 3, W + 3, generator=generator), C, channels, 1 + trial % 3), {}

    tried = made(cases, 50, 4)
    for (_, C, channels, stride), _ in tried:
        wide = 4 * channels
        total = channels * (C + 9 * channels + wide) + 4 * channels + 2 * wide
        total += changes(C, wide, stride) * wide * (C + 2)
        met(measures.parameters(Bottleneck, (C, channels, stride), total))
    answer = measured(measures.trained, Bottleneck, seed=100)
    check.function(answer, trained(bottleneck, seed=100), tried, rtol=1e-3, atol=1e-4).require()
    pixel = [narrow(case) for case in made(pixels, 55, 2)]
    check.function(measured(measures.filled, Bottleneck), bottleneck, pixel).require()


# --- Part 3: ResNet-20 with two kinds of shortcut


def padded(before):
    """Append zeros, as many of them before the channels of x as this function of their number says."""

    def reference(x, channels, stride=1):
        new = channels - x.shape[1]
        first = before(new)
        return F.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, first, new - first))

    return reference


zeros = padded(lambda new: 0)


def repeated(x, channels, stride=1):
    kept = x[:, :, ::stride, ::stride]
    return torch.cat([kept] * channels, 1)[:, :channels]


def zeros_cases(generator, trial):
    N = 1 + (trial > 9)
    x = integers(generator, N, 1 + trial % 2, 2 + trial % 3, 3 + trial % 2, low=1, high=9)
    C = x.shape[1]
    x = x.double() if trial == 6 else x
    return (x, *((2 * C,), (C + 2, 2), (C, 2), (2 * C, 2), (C, 1), (C + 1, 3))[trial % 6]), {}


def slope_of_zeros(reference):
    return lambda **case: measures.gradients(reference, **case)


def named(case):
    """Write a case of `zero_pad_shortcut` for `measures.gradients`."""
    return (), dict(zip(("x", "channels", "stride"), case[0], strict=False)) | {"by": ("x",)}


ZEROS_EXAMPLE = (torch.arange(1.0, 10).reshape(1, 1, 3, 3), 2, 2), {}
p3_shortcut = [
    Values(
        zeros,
        [*made(zeros_cases, 0, 12), ZEROS_EXAMPLE],
        {
            "the zeros come before the channels of x, not after them": padded(lambda new: new),
            "the zeros are put on both sides of the channels of x": padded(lambda new: new // 2),
            "the stride is ignored": lambda x, channels, stride=1: zeros(x, channels),
            "every stride above 1 is taken for 2": lambda x, channels, stride=1: zeros(
                x, channels, min(stride, 2)
            ),
            "only the rows have the stride": lambda x, channels, stride=1: zeros(x[:, :, ::stride], channels),
            "places are averaged; they should be kept or dropped": lambda x, channels, stride=1: zeros(
                F.avg_pool2d(x, stride, ceil_mode=True), channels
            ),
            "the largest of neighboring places is kept": lambda x, channels, stride=1: zeros(
                F.max_pool2d(x, stride, ceil_mode=True), channels
            ),
            "it starts at place 1, not at place 0": lambda x, channels, stride=1: zeros(
                x[:, :, stride - 1 :: stride, stride - 1 :: stride], channels
            ),
            "the channels of x are repeated; the new ones are zeros": repeated,
            "as many channels are added as there should be in the end": lambda x, channels, stride=1: zeros(
                x, x.shape[1] + channels, stride
            ),
            "no channels are added": lambda x, channels, stride=1: zeros(x, x.shape[1], stride),
        },
    ),
    Values(
        slope_of_zeros(zeros),
        [named(case) for case in made(zeros_cases, 0, 3)],
        {
            "no gradient reaches the input: the shortcut must carry it (no detach, no .data, no NumPy)": (
                slope_of_zeros(lambda x, channels, stride=1: zeros(x.detach(), channels, stride))
            )
        },
        measure="gradients",
    ),
]


def hidden_p3_shortcut(zero_pad_shortcut):
    """Try random batches, channels, strides, sizes and dtypes, and the gradient."""

    def reference(x, channels, stride=1):
        N, C, H, W = x.shape
        y = x.new_zeros(N, channels, -(-H // stride), -(-W // stride))
        for h in range(y.shape[2]):
            for w in range(y.shape[3]):
                y[:, :C, h, w] = x[:, :, h * stride, w * stride]
        return y

    def cases(generator, trial):
        N, C, H, W, more, stride = torch.randint(1, 6, (6,), generator=generator).tolist()
        x = torch.randn(N, C, H, W, generator=generator)
        return (x.double() if trial % 4 == 3 else x, C + (more if trial % 3 else 0), stride), {}

    check.function(zero_pad_shortcut, reference, cases, seed=60).require()
    slopes = [named(case) for case in made(cases, 80, 2)]
    check.function(measured(measures.gradients, zero_pad_shortcut), slope_of_zeros(zeros), slopes).require()


def dense(x, classes, seed):
    weight = given.kernel(classes, x.shape[1], seed=seed)
    return F.linear(x, weight, given.bias(classes, seed))


def network(
    x,
    n,
    shortcut="zeros",
    width=16,
    classes=10,
    *,
    layers=EVALUATED,
    combine=both,
    between=True,
    start=lambda x: x.relu(),
    strides=(1, 2, 2),
    every=False,
    second=False,
    before=0,
    pool=lambda x: x.mean((2, 3)),
    end=lambda scores: scores,
):
    conv, norm = layers
    pad = padded(lambda new: int(new * before))
    x = start(norm(conv(x, width, 3)))
    for stage in range(3):
        for index in range(n):
            channels, stride = width * 2**stage, strides[stage] if every or index == 0 else 1
            projected = shortcut == "projection" and changes(x.shape[1], channels, stride)
            s = norm(conv(x, channels, 1, stride)) if projected else pad(x, channels, stride)
            y = norm(conv(x, channels, 3, 1 if second else stride))
            y = norm(conv(y.relu() if between else y, channels, 3, stride if second else 1))
            x = combine(y, s)
    return end(dense(pool(x), classes, conv.keywords.get("seed", 0)))


def network_cases(generator, trial):
    side, shortcut = (7, 8, 12)[trial % 3], ("zeros", "projection")[trial % 2]
    x = torch.randn(2 if trial < 3 else 1, 3, side, side + trial % 2, generator=generator)
    return (x, 1 + min(trial, 1), shortcut, 2 + trial % 2, 3 + trial % 4), {}


def small_networks(generator, trial):
    return (torch.randn(2, 3, 9, 8, generator=generator), 1, ("zeros", "projection")[trial % 2], 2, 3), {}


def layers_of_network(n, shortcut, *_):
    projections = 2 if shortcut == "projection" else 0
    return {
        "3 × 3 convolutions": 6 * n + 1,
        "1 × 1 convolutions": projections,
        "batch norms": 6 * n + 1 + projections,
        "linear layers": 1,
    }


NETWORKS = {(1, "zeros", 2, 3): 1_293, (2, "projection", 3, 4): 6_427, (2, "zeros", 2, 5): 2_879}
DETACHED = {
    "the shortcuts pass no gradient on (no detach, no .data)": CARRY[
        "the shortcut passes no gradient on (no detach, no .data)"
    ],
    "the branches pass no gradient on (no detach, no .data)": CARRY[
        "the branch passes no gradient on (no detach, no .data)"
    ],
}
p3_network = [
    Conditions("layers", [((args, layers_of_network(*args)), {}) for args in NETWORKS], HEADING),
    Conditions(
        "parameters", [((args, total), {}) for args, total in (NETWORKS | {(3,): 269_722}).items()], HEADING
    ),
    Values(
        network,
        made(network_cases, 0, 4),
        wrongly(
            network,
            {
                "there is no ReLU after the sums": {"combine": lambda y, s: y + s},
                "each branch ends in a ReLU, and there is none after the sum": {
                    "combine": lambda y, s: y.relu() + s
                },
                "each branch ends in a ReLU before the sum": {"combine": lambda y, s: (y.relu() + s).relu()},
                "the shortcuts are left out": {"combine": lambda y, s: y.relu()},
                "there is no ReLU between the two convolutions of a block": {"between": False},
                "there is no ReLU before the first stage": {"start": lambda x: x},
                "there is a pooling before the first stage": {
                    "start": lambda x: F.max_pool2d(x.relu(), 3, 2, padding=1)
                },
                "the first stage has a stride, too": {"strides": (2, 2, 2)},
                "no stage has a stride": {"strides": (1, 1, 1)},
                "every block of a stage has the stride, not only the first": {"every": True},
                "the second convolution of a block has the stride, not the first": {"second": True},
                "the zeros come before the shortcut's channels": {"before": 1},
                "the zeros are put on both sides of the shortcut's channels": {"before": 0.5},
                "the maximum is taken at the end, not the mean": {"pool": lambda x: x.amax((2, 3))},
                "the outputs go through a softmax": {"end": lambda scores: scores.softmax(1)},
                "the outputs go through a ReLU": {"end": lambda scores: scores.relu()},
            },
        ),
        measure="filled",
    ),
    Values(
        trained(network), made(small_networks, 0, 2), wrongly(network, DETACHED, trained), measure="trained"
    ),
    Conditions("unused", [((measures.randn(2, 3, 8, 8), 1, "zeros", 2, 3), {})]),
    Conditions("apart", [(((1, shortcut, 2, 3),), {}) for shortcut in ("zeros", "projection")]),
]


def hidden_p3_zeros(cifar_resnet):
    """Try a network with zeros as shortcuts, of another width: results, gradients, and one picture."""
    close = {"rtol": 1e-3, "atol": 1e-4}
    wide, one = (measures.randn(N, 3, 9, 10, seed=70 + N) for N in (3, 1))
    answer = measured(measures.filled, cifar_resnet)
    check.function(answer, network, [((x, 2, "zeros", 3, 4), {}) for x in (wide, one)], **close).require()
    answer = measured(measures.trained, cifar_resnet, seed=200)
    check.function(answer, trained(network, seed=200), [((wide, 1, "zeros", 2, 6), {})], **close).require()
    met(measures.apart(cifar_resnet, (1, "zeros", 2, 3)))


def hidden_p3_projection(cifar_resnet):
    """Try a network with projections as shortcuts in training mode, with gradients; count ResNet-20."""
    met(measures.parameters(cifar_resnet, (3, "projection"), 272_474))
    answer, x = measured(measures.trained, cifar_resnet, seed=300), measures.randn(3, 3, 9, 10, seed=70)
    check.function(
        answer, trained(network, seed=300), [((x, 1, "projection", 3, 4), {})], rtol=1e-3, atol=1e-4
    ).require()
    met(measures.apart(cifar_resnet, (1, "projection", 2, 3)))


# --- Part 4: the flow of gradients, measured


def random_numbers(model, generator):
    """Give the parameters random numbers, and the batch norms statistics that a batch does not have."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator).mul(8).round() / 8)
        for layer in model.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.running_var.fill_(9)
    return model


def norms_case(generator, trial):
    """Make a small network: with a batch norm in both modes or without, some with a transposed one."""
    C = 2 + trial % 3
    layers = [nn.Conv2d(1, C, 3, padding=1), nn.ReLU(), nn.Conv2d(C, C, 3, padding=1, bias=False)]
    layers += [nn.BatchNorm2d(C)] * (trial not in (1, 5))
    layers.append(nn.Sequential(nn.ReLU(), nn.Conv2d(C, 2 * C, 1)))
    layers += [nn.ConvTranspose2d(2 * C, 2 * C, 2)] * (trial in (3, 5))
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * C, 3))
    random_numbers(model, generator).train(trial not in (2, 4))
    images = torch.randn(3, 1, 4, 4, generator=generator).mul(4).round() / 4
    if trial == 4:
        model, images = model.double(), images.double()
    return (model, images, torch.randint(3, (3,), generator=generator)), {}


def gradients(model, images, labels, *, kinds=nn.Conv2d, which=("weight",), loss=F.cross_entropy):
    """Return, for each layer of these kinds, the gradients of these of its parameters as one vector."""
    layers = [layer for layer in model.modules() if isinstance(layer, kinds)]
    value = loss(model(images), labels)
    found = []
    for layer in layers:
        parameters = [getattr(layer, name) for name in which if getattr(layer, name) is not None]
        parts = torch.autograd.grad(value, parameters, retain_graph=True)
        found.append(torch.cat([part.flatten() for part in parts]))
    return found


def norms(how=lambda gradient: gradient.norm(), mode=None, **options):
    def reference(model, images, labels):
        model = model if mode is None else model.train(mode)
        return [how(gradient).item() for gradient in gradients(model, images, labels, **options)]

    return reference


def norms_of_weights(model, images, labels):
    return [layer.weight.norm().item() for layer in model.modules() if isinstance(layer, nn.Conv2d)]


p4_norms = [
    Values(
        norms(),
        made(norms_case, 0, 6),
        {
            "the list starts at the last layer": lambda *case: norms()(*case)[::-1],
            "the square root is missing": norms(lambda gradient: gradient.square().sum()),
            "the largest absolute value is taken, not the norm": norms(lambda gradient: gradient.abs().max()),
            "the mean absolute value is taken, not the norm": norms(lambda gradient: gradient.abs().mean()),
            "the absolute values are added, not the squares": norms(lambda gradient: gradient.abs().sum()),
            "the norm is divided by the square root of the number of entries": norms(
                lambda gradient: gradient.square().mean().sqrt()
            ),
            "it is the norm of the weights, not of their gradients": norms_of_weights,
            "the bias's gradient is included": norms(which=("weight", "bias")),
            "linear layers are included": norms(kinds=nn.Conv2d | nn.Linear),
            "every weight with four axes is included, not only those of nn.Conv2d": norms(
                kinds=nn.Conv2d | nn.ConvTranspose2d
            ),
            "linear layers are included, and so is every other weight with more than one axis": norms(
                kinds=nn.Conv2d | nn.ConvTranspose2d | nn.Linear
            ),
            "batch norms and linear layers are included": norms(kinds=nn.Conv2d | nn.BatchNorm2d | nn.Linear),
            "the model is switched to training mode": norms(mode=True),
            "the model is switched to evaluation mode": norms(mode=False),
            "the loss is the sum over the batch, not the mean": norms(
                loss=lambda logits, labels: F.cross_entropy(logits, labels, reduction="sum")
            ),
            "a softmax is applied before the cross-entropy": norms(
                loss=lambda logits, labels: F.cross_entropy(logits.softmax(1), labels)
            ),
            "the gradient is that of the outputs' sum, not of the cross-entropy": norms(
                loss=lambda logits, labels: logits.sum()
            ),
            "the backward pass runs twice": lambda *case: [2 * norm for norm in norms()(*case)],
        },
    ),
    Conditions("run_once", made(norms_case, 0, 1)),
]


def hidden_p4_norms(gradient_norms):
    """Try deeper networks with grouped and transposed convolutions, in both modes; count the runs."""

    def cases(generator, trial):
        C, layers = 4, [nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4)]
        for depth in range(2 + trial % 4):
            groups = (1, 2, 4)[depth % 3]
            block = [nn.Conv2d(C, C, 3, padding=1, groups=groups), nn.BatchNorm2d(C), nn.ReLU()]
            layers.append(nn.Sequential(*block[: 3 - trial % 2]))
        layers.insert(2, nn.ConvTranspose2d(C, C, 3, padding=1))
        model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(C * 25, 5)).train(trial % 3 > 0)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=generator) / 2)
            for layer in model.modules():
                if isinstance(layer, nn.BatchNorm2d):
                    layer.running_var.fill_(9)
        images = torch.randn(4, 2, 5, 5, generator=generator)
        return (model, images, torch.randint(5, (4,), generator=generator)), {}

    def reference(model, images, labels):
        layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d)]
        loss = -model(images).log_softmax(1)[torch.arange(len(labels)), labels].mean()
        found = torch.autograd.grad(loss, [layer.weight for layer in layers])
        return [gradient.square().sum().sqrt().item() for gradient in found]

    check.function(gradient_norms, reference, cases, seed=80, trials=2, rtol=1e-3).require()
    ((case, _),) = made(cases, 81, 2)[1:]
    met(measures.run_once(gradient_norms, *case))


def first_and_last(depth):
    """Return the gradients' norms for the first and the last convolution, without and with shortcuts.

    Both networks are computed at once, in two groups of channels, on ten pictures.
    """
    pictures, labels = (torch.from_numpy(array) for array in draw(1, seed=0))
    pictures = F.adaptive_avg_pool2d(pictures.permute(0, 3, 1, 2) / 255, 8)
    torch.manual_seed(0)
    kernels = [torch.randn(8, c, 3, 3) * (2 / 72) ** 0.5 for c in [3] + [8] * (depth - 2)]
    kernels = [kernel.repeat(2, 1, 1, 1) for kernel in kernels]
    for kernel in (kernels[0], kernels[-1]):
        kernel.requires_grad_()
    head = nn.Linear(8, 10)
    residual = torch.tensor([0.0, 1.0]).repeat_interleave(8)[:, None, None]

    def step(i, x):
        return F.batch_norm(F.conv2d(x, kernels[i], padding=1, groups=2), None, None, training=True)

    x = step(0, pictures.repeat(1, 2, 1, 1)).relu()
    for i in range(1, depth - 1, 2):
        y = step(i + 1, step(i, x).relu())
        x = (y + residual * x).relu()
    logits = head(x.mean((2, 3)).unflatten(1, (2, 8)))
    loss = sum(F.cross_entropy(one, labels.long()) for one in logits.unbind(1))
    found = torch.autograd.grad(loss, [kernels[0], kernels[-1]])
    return [[float(part.norm()) for part in gradient.chunk(2)] for gradient in found]


def statements():
    """Measure again, and return the letters of the statements that hold."""
    first, last = {}, {}
    for depth in (20, 56):
        for found, pair in zip((first, last), first_and_last(depth), strict=True):
            found[depth, False], found[depth, True] = pair
    ratio = {key: first[key] / last[key] for key in first}
    growth = {residual: first[56, residual] / first[20, residual] for residual in (False, True)}
    truth = {
        "a": ratio[56, False] > 100,
        "b": ratio[56, False] < 1,
        "c": ratio[56, False] > 10 * ratio[56, True],
        "d": abs(ratio[56, True] - 1) < 0.1,
        "e": growth[False] > 20 and growth[True] < 10,
        "f": True,  # a sum has no parameters
        "g": False,  # nothing is trained here
    }
    return "".join(letter for letter, holds in truth.items() if holds)


p4_conclusions = ByHand(
    right={"true_statements": "acef"},
    statements={
        "true_statements": {
            "a": "Statement a: read the last column of the third row.",
            "b": "Statement b: compare the first and the last column of the third row.",
            "c": "Statement c: compare the last column of the two rows of 56 layers.",
            "d": "Statement d: compare the columns of the fourth row. What else is on the way?",
            "e": "Statement e: read down the first column, for 20 and for 56 layers.",
            "f": "Statement f: compare the column of parameters within a pair of rows.",
            "g": "Statement g: nothing was trained. What does one backward pass show?",
        }
    },
)


def hidden_p4_conclusions(conclusions, points):
    """Compare the letters with what measuring again gives."""
    right = {"true_statements": statements()}
    letters = {"true_statements": "abcdefg"}
    review = {"true_statements": "Read the table again."}
    return check.answers(conclusions(), right, statements=letters, review=review).points(points)


def geometric(depth, shallow, deep):
    factor = (deep[1] / shallow[1]) ** (1 / (deep[0] - shallow[0]))
    return float(shallow[1] * factor ** (depth - shallow[0]))


def per_layer(how):
    """Return a wrong reference that takes the growth in another way: a function of layers and growth."""
    return lambda depth, shallow, deep: float(
        shallow[1] * how(depth - shallow[0], deep[0] - shallow[0], deep[1] / shallow[1])
    )


def linear(depth, shallow, deep):
    slope = (deep[1] - shallow[1]) / (deep[0] - shallow[0])
    return float(shallow[1] + slope * (depth - shallow[0]))


p4_depth = [
    Values(
        geometric,
        [
            ((24, (20, 2.0), (22, 8.0)), {}),
            ((26, (20, 2.0), (22, 8.0)), {}),
            ((40, (20, 0.5), (56, 32.0)), {}),
            ((8, (20, 3.0), (56, 24.0)), {}),
            ((110, (20, 1.0), (38, 1.5)), {}),
            ((30, (20, 8.0), (22, 4.0)), {}),
        ],
        {
            "the norm grows by the same amount with each layer; it should grow by the same factor": linear,
            "the factor between the two depths is taken for that of one layer": per_layer(
                lambda layers, apart, growth: growth**layers
            ),
            "the growth is divided by the number of layers; a factor that is applied again and again needs "
            "a root": per_layer(lambda layers, apart, growth: (growth / apart) ** layers),
            "the factor is applied for all layers, not for those that are added": (
                lambda depth, shallow, deep: geometric(depth + shallow[0], shallow, deep)
            ),
            "the layers are counted from the deeper network, but the norm is that of the shallower": (
                lambda depth, shallow, deep: geometric(depth - deep[0] + shallow[0], shallow, deep)
            ),
            "the layers are counted from the shallower network, but the norm is that of the deeper": (
                lambda depth, shallow, deep: geometric(depth + deep[0] - shallow[0], shallow, deep)
            ),
            "the factor is inverted": per_layer(lambda layers, apart, growth: growth ** (-layers / apart)),
            "the exponent is rounded down": per_layer(
                lambda layers, apart, growth: growth ** (layers // apart)
            ),
        },
    )
]


def hidden_p4_depth(first_norm):
    """Try random depths and norms: between the two, above and below, whole numbers, and a norm that falls."""

    def cases(generator, trial):
        shallow, more, depth = torch.randint(2, 60, (3,), generator=generator).tolist()
        low, high = torch.randint(1, 12, (2,), generator=generator).tolist()
        return (depth, (shallow, low / (1 + trial % 2)), (shallow + more, high)), {}

    check.function(first_norm, geometric, cases, seed=110).require()


# --- Part 5: a faulty block

p5_faults = ByHand(
    right={"true_statements": "bdfgh"},
    statements={
        "true_statements": {
            "a": "Statement a: which convolution has the stride in the formula? Two strides multiply.",
            "b": "Statement b: follow the size of both terms of the sum where the stride is 2.",
            "c": "Statement c: read the task's last point: is a missing bias a fault there?",
            "d": "Statement d: which condition decides about the projection, and what if the channels alone "
            "differ?",
            "e": "Statement e: a 1 × 1 convolution looks at one place. Which size would padding give?",
            "f": "Statement f: where does forward use each of the two norms?",
            "g": "Statement g: what does the name x stand for in forward's last two lines?",
            "h": "Statement h: compare the line that returns with the formula's last.",
            "i": "Statement i: read the formula from the inside out.",
        }
    },
)


def mended(
    x,
    in_channels,
    channels,
    stride=1,
    *,
    layers=EVALUATED,
    shorten=lambda x, a: x,
    projected=lambda x, a: a,
    combine=lambda y, s: y + s,
):
    conv, norm = layers
    a = norm(x).relu()
    y = conv(norm(conv(a, channels, 3, stride)).relu(), channels, 3)
    if changes(in_channels, channels, stride):
        return combine(y, conv(projected(x, a), channels, 1, stride))
    return combine(y, shorten(x, a))


def after(x, in_channels, channels, stride=1):
    y = norm(conv(x, channels, 3, stride)).relu()
    y = norm(conv(y, channels, 3))
    return y + (conv(x, channels, 1, stride) if changes(in_channels, channels, stride) else x)


def mended_where_it_fits(x, in_channels, channels, stride=1):
    stride = stride if in_channels != channels or x[:, :, ::stride, ::stride].shape != x.shape else 1
    return mended(x, in_channels, channels, stride)


def mended_cases(generator, trial):
    x = integers(generator, 1, 1 + trial % 3, 3 + trial % 2, 4)
    C = x.shape[1]
    return (x, C, *((C,), (4,), (C, 2), (4, 2), (3, 3))[trial % 5]), {}


def layers_of_mended(in_channels, channels, stride=1):
    projections = int(changes(in_channels, channels, stride))
    return {"3 × 3 convolutions": 2, "1 × 1 convolutions": projections, "batch norms": 2}


MENDED = [(1, 1), (2, 4), (3, 3, 2), (1, 4, 2), (2, 2), (4, 2)]
p5_mended = [
    Conditions(
        "layers",
        [((args, layers_of_mended(*args)), {"bias": "the task asks for none"}) for args in MENDED],
        "Not all faults are mended:",
    ),
    Values(
        mended,
        [*made(mended_cases, 0, 6), *made(pixels, 0, 2)],
        wrongly(
            mended,
            {
                "there is still an activation after the sum": {"combine": both},
                "the shortcut still adds the activated map, not the input": {"shorten": lambda x, a: a},
                "the shortcut adds the activated map, and there is an activation after the sum": {
                    "shorten": lambda x, a: a,
                    "combine": both,
                },
                "the projection gets x, not the activated map": {"projected": lambda x, a: x},
                "the input is not added": {"combine": lambda y, s: y},
            },
        )
        | {
            "batch norm and ReLU come after the convolutions, as in the first version": after,
            "the input itself is added where its size happens to fit: a map of one pixel at stride 2": (
                mended_where_it_fits
            ),
        },
        measure="filled",
    ),
    Values(
        trained(mended),
        made(larger, 0, 2),
        wrongly(
            mended,
            {
                "the shortcut passes no gradient on (no detach, no .data)": {
                    "combine": lambda y, s: y + s.detach()
                },
                "the branch passes no gradient on (no detach, no .data)": {
                    "combine": lambda y, s: y.detach() + s
                },
            },
            trained,
        ),
        measure="trained",
    ),
    # One norm could serve for both only where channels agree.
    Conditions(
        "unused", [((measures.randn(2, C, 6, 6), C, channels), {}) for C, channels in ((1, 1), (2, 4))]
    ),
]


def hidden_p5_mended(MendedBlock):
    """Try random channels, strides and sizes in training mode, with gradients; count the parameters."""

    def cases(generator, trial):
        N, C, H, W = torch.randint(2, 6, (4,), generator=generator).tolist()
        channels = C if trial % 2 == 0 else C % 5 + 1
        return (torch.randn(N, C, H + 3, W + 3, generator=generator), C, channels, 1 + trial % 3), {}

    tried = made(cases, 90, 4)
    for (_, C, channels, stride), _ in tried:
        total = (9 * channels + 2) * (C + channels) + changes(C, channels, stride) * channels * C
        met(measures.parameters(MendedBlock, (C, channels, stride), total))
    answer = measured(measures.trained, MendedBlock, seed=400)
    check.function(answer, trained(mended, seed=400), tried, rtol=1e-3, atol=1e-4).require()
    check.function(measured(measures.filled, MendedBlock), mended, made(pixels, 95, 2)).require()


VISIBLE = {
    "p1-residual": p1_residual,
    "p1-residuals": p1_residuals,
    "p2-by-hand": [p2_by_hand],
    "p2-basic": p2_basic,
    "p2-bottleneck": p2_bottleneck,
    "p3-shortcut": p3_shortcut,
    "p3-network": p3_network,
    "p4-norms": p4_norms,
    "p4-conclusions": [p4_conclusions],
    "p4-depth": p4_depth,
    "p5-faults": [p5_faults],
    "p5-mended": p5_mended,
}
