"""The tests of the exercise on normalization."""

# canary-7be1f05c
from collections.abc import Callable
from functools import wraps
from itertools import pairwise, product
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from autograder.visible import ByHand, Conditions, Values
from cnnlib import check
from cnnlib.check import given, measures

NORMS = ("batch_norm", "instance_norm", "layer_norm", "group_norm")
UNDOING = (*NORMS, "cnnlib.denormalize", "cnnlib.data.denormalize")
FOLDING = (
    *NORMS,
    "torch.nn.utils.fusion.fuse_conv_bn_weights",
    "torch.nn.utils.fusion.fuse_conv_bn_eval",
)

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "normalization#Standardize the input with the training set's statistics",
    "p2": "normalization#Batch norm by hand",
    "p2-running": "normalization#Two modes: batch statistics, running statistics",
    "p2-eval": "normalization#Two modes: batch statistics, running statistics",
    "p3": "normalization#Which values share a mean?",
    "p4": "normalization#Where each fails",
    "p5": "normalization#Folding: in eval mode it is part of the convolution",
}

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {
    "p1-standardize-visible": NORMS,
    "p1-standardize-hidden": NORMS,
    "p1-undo-visible": UNDOING,
    "p1-undo-hidden": UNDOING,
    "p2-train-visible": NORMS,
    "p2-running-visible": NORMS,
    "p2-eval-visible": NORMS,
    "p2-gradient-visible": NORMS,
    "p2-train-hidden": NORMS,
    "p2-eval-hidden": NORMS,
    "p3-layer-visible": NORMS,
    "p3-layer-hidden": NORMS,
    "p3-group-visible": NORMS,
    "p3-instance-visible": NORMS,
    "p3-group-instance-hidden": NORMS,
    "p5-fold-visible": FOLDING,
    "p5-fold-hidden": FOLDING,
}


def draw(generator: torch.Generator, low: int, high: int) -> int:
    return int(torch.randint(low, high + 1, (), generator=generator))


def integers(generator: torch.Generator, low: int, high: int, *shape: int) -> Tensor:
    return torch.randint(low, high + 1, shape, generator=generator).float()


def doubled(values: tuple) -> tuple:
    """The tensors of some arguments in double precision."""
    return tuple(value.double() if isinstance(value, Tensor) else value for value in values)


def example(like: Callable, result: Any, *args: Any, measure: str = "call", **kwargs: Any) -> Values:
    """The worked example of a task, with the result that stands there."""
    return Values(wraps(like)(lambda *_, **__: result), [(args, kwargs)], measure=measure)


def column(*values):
    """Images of one channel and one pixel."""
    return torch.tensor(values).reshape(-1, 1, 1, 1)


def singles(*values):
    return [torch.tensor([value]) for value in values]


def measured(measure: Callable, answer: Callable) -> Callable:
    """A function of the name of the answer that returns what is measured of it."""

    def measured_answer(*args: Any, **kwargs: Any) -> Any:
        return measure(answer, *args, **kwargs)

    measured_answer.__name__ = getattr(answer, "__name__", "your function")
    return measured_answer


def batch_statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and unbiased variance of each channel, as PyTorch's batch norm finds them."""
    mean, var = torch.zeros(2, x.shape[1], dtype=x.dtype)
    F.batch_norm(x, mean, var, training=True, momentum=1.0)
    return mean, var


def values_a_channel(x: Tensor) -> int:
    return x.numel() // x.shape[1]


# --- Part 1: standardize

DEVIATION = "That is the variance; the standard deviation is its root."
ORDER = "Undo the steps in the opposite order: first multiply, then add."
FOUR_PIXELS = "Review: four pixels; the mean of their squared distances from the mean is the variance."
by_hand = ByHand(
    right={
        "red": (15, 5),
        "green": (4, 4),
        "test_red": (2, 0),
        "test_red_mean": 1,
        "undo_red": 0,
        "numbers": 6,
    },
    review={
        "red": FOUR_PIXELS,
        "green": FOUR_PIXELS,
        "test_red": "Review: subtract the training mean, then divide by the training standard deviation.",
        "test_red_mean": "Review: it is the mean of your two numbers for test_red.",
        "undo_red": "Review: multiply by the training standard deviation, then add the training mean.",
        "numbers": "Review: two numbers for each channel, and nothing for an image or a pixel.",
    },
    mistakes={
        "red": {
            (15, 25): DEVIATION,
            (15, 0): (
                "That is the standard deviation within one image; measure over the pixels of all training "
                "images."
            ),
            (5, 15): "The order is (mean, standard deviation).",
        },
        "green": {(4, 16): DEVIATION},
        "test_red": {
            (1, -1): "That takes the test image's own mean and standard deviation; use the training set's.",
            (10, 0): "The mean is subtracted; divide by the standard deviation, too.",
        },
        "test_red_mean": {0: "Only the training set has mean 0 for sure: the test set has another mean."},
        "undo_red": {
            -3: "That is the standardized value; undo the two steps to find the pixel.",
            60: ORDER,
            12: "The standard deviation is a factor; first multiply by it, then add the mean.",
        },
        "numbers": {
            2: "That is one pair for all channels; each channel has its own.",
            3: "Those are the means; the standard deviations must be kept as well.",
            3072: (
                "That is a mean image, as AlexNet subtracts it; here a channel has one mean for all pixels."
            ),
            6144: "That is a pair for each pixel; here a channel has one pair for all pixels.",
            300_000: "That is a pair for each channel of each image; it is the same for all images.",
            100_000: "That is a pair for each image; it is the same for all images.",
        },
    },
)


def hidden_p1_by_hand(by_hand, points):
    """The same answers, computed by PyTorch."""
    pixels = torch.tensor([[10.0, 10.0, 20.0, 20.0], [0.0, 8.0, 0.0, 8.0]])
    std, mean = torch.std_mean(pixels, dim=1, correction=0)
    test = (torch.tensor([25.0, 15.0]) - mean[0]) / std[0]
    expected = {
        "red": (int(mean[0]), int(std[0])),
        "green": (int(mean[1]), int(std[1])),
        "test_red": tuple(test.int().tolist()),
        "test_red_mean": int(test.mean()),
        "undo_red": int(-3 * std[0] + mean[0]),
        "numbers": 2 * 3,
    }
    return check.answers(by_hand(), expected).points(points)


def pixel_statistics(images):
    """Mean and biased variance of each channel."""
    x = images.movedim(3, 1).double()
    n = values_a_channel(x)
    mean, var = batch_statistics(x)
    return mean, var * (n - 1) / n


def standardized(sets, statistics):
    mean, var = statistics[0]
    results = [
        F.batch_norm(images.movedim(3, 1).double(), *pair, eps=0).float()
        for images, pair in zip(sets, statistics, strict=True)
    ]
    return *results, mean.float(), var.sqrt().float()


def standardize(train, val, test):
    return standardized((train, val, test), [pixel_statistics(train)] * 3)


def by_statistics(change):
    """As standardize, but with other statistics."""
    return lambda *sets: standardized(sets, [change(*sets)] * 3)


def unbiased_statistics(train, val, test):
    mean, var = pixel_statistics(train)
    n = train[..., 0].numel()
    return mean, var * n / (n - 1)


def reshaped(*sets):
    """The channels-last values in the shape (N, C, H, W)."""
    *results, mean, std = standardize(*sets)
    return *(x.movedim(1, 3).reshape(x.shape) for x in results), mean, std


def reshaped_first(*sets):
    shapes = [torch.Size((len(images), images.shape[3], *images.shape[1:3])) for images in sets]
    return standardize(
        *(images.reshape(shape).movedim(1, 3) for images, shape in zip(sets, shapes, strict=True))
    )


def one_for_all_channels(*sets):
    *results, mean, std = standardize(*(images.flatten(1)[:, None, :, None] for images in sets))
    back = [x.reshape(images.shape).movedim(3, 1) for x, images in zip(results, sets, strict=True)]
    return *back, mean[0], std[0]


def each_pixel(*sets):
    *results, mean, std = standardize(*(images.flatten(1)[:, None, None] for images in sets))
    back = [x.reshape(images.shape).movedim(3, 1) for x, images in zip(results, sets, strict=True)]
    return *back, mean.view(sets[0].shape[1:]), std.view(sets[0].shape[1:])


def by_variance(*sets):
    mean, var = pixel_statistics(sets[0])
    return *standardized(sets, [(mean, var.square())] * 3)[:3], mean.float(), var.float()


def each_image(*sets):
    results = [F.instance_norm(images.movedim(3, 1).float(), eps=1e-12) for images in sets]
    return *results, *standardize(*sets)[3:]


def each_set(*sets):
    return standardized(sets, [pixel_statistics(images) for images in sets])


def small_sets(generator, trial):
    channels, height, width = (torch.randperm(3, generator=generator) + 1).tolist()
    sizes = [1 + draw(generator, 1, 2), draw(generator, 1, 2), draw(generator, 1, 2)]
    if trial == 3:  # one gray image in each set
        channels, height, width, sizes = 1, 2, 3, [1, 1, 1]
    low = (0, 60, 100)
    sets = [
        torch.randint(low[i], 100 + 77 * i, (n, height, width, channels), generator=generator)
        for i, n in enumerate(sizes)
    ]
    return tuple(images.to(torch.uint8) for images in sets), {}


def uint8_images(*rows):
    return torch.tensor(rows, dtype=torch.uint8)[:, None, :, None]


standardize_example = example(
    standardize,
    (
        torch.tensor([[-1.0, -1.0], [1.0, 1.0]])[:, None, None],
        torch.tensor([[0.0, 2.0]])[:, None, None],
        torch.tensor([[-2.0, 1.0]])[:, None, None],
        *singles(4.0, 2.0),
    ),
    uint8_images([2, 2], [6, 6]),
    uint8_images([4, 8]),
    uint8_images([0, 6]),
)


def hidden_p1_standardize(answer):
    """Random gray and color images, against PyTorch's statistics."""

    def cases(generator, trial):
        height, width = draw(generator, 2, 7), draw(generator, 1, 6)
        sizes = [1 if trial % 4 == 3 else draw(generator, 1, 6) for _ in range(3)]
        channels = (1, 3, 4)[trial % 3]
        high = torch.randint(20, 257, (3, channels), generator=generator)
        sets = [
            torch.rand(n, height, width, channels, generator=generator) * high[i] for i, n in enumerate(sizes)
        ]
        return tuple(images.to(torch.uint8) for images in sets), {}

    check.function(answer, standardize, cases, forbid=NORMS, seed=10).require()


def unstandardize(x, mean, std):
    pixels = torch.einsum("nchw,c->nhwc", x.double(), std.double()) + mean.double()
    return pixels.round().clamp(0, 255).to(torch.uint8)


def pixels_of(x, mean, std):
    return torch.addcmul(mean[:, None, None], x, std[:, None, None]).movedim(1, 3)


def undo_cases(generator, trial):
    channels, height, width = torch.randint(1 + trial % 2, 4, (3,), generator=generator).tolist()
    x = torch.randn(1 + trial // 2 % 2, channels, height, width, generator=generator)
    mean = integers(generator, 100, 149, channels)
    std = integers(generator, 10, 19, channels) * (1 if trial < 10 else 8)
    if trial > 15:
        x[0, 0] *= 1e10
    return (x, mean, std), {}


def hidden_p1_undo(answer):
    """Random images there and back; then values that are beyond the range, some of them far."""

    def cases(generator, trial):
        shape = torch.randint(1, 6, (4,), generator=generator).tolist()
        images = torch.randint(0, 256, shape, generator=generator).to(torch.uint8)
        mean = 255 * torch.rand(shape[3], generator=generator)
        std = 1 + 100 * torch.rand(shape[3], generator=generator)
        return (((images - mean) / std).movedim(3, 1), mean, std), {}

    def beyond(generator, trial):
        channels = 1 + trial % 4
        x = 3 * torch.randn(2, channels, 3, 2, generator=generator)
        if trial % 3 == 2:
            x[1] *= 1e10
        return (x, 255 * torch.rand(channels, generator=generator), torch.full((channels,), 60.0)), {}

    check.function(answer, unstandardize, cases, forbid=UNDOING, seed=30).require()
    check.function(answer, unstandardize, beyond, forbid=UNDOING, seed=40).require()


# --- Part 2: batch norm


def batch_norm(input, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
    y = F.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
    return y, running_mean, running_var  # changed in place in training mode


@wraps(batch_norm)
def batch_norm_output(*arguments, **options):
    return batch_norm(*arguments, **options)[0]


@wraps(batch_norm)
def running_statistics(*arguments, **options):
    return [None, *batch_norm(*arguments, **options)[1:]]


def sizes_of(generator, trial):
    """N, C, H, W of a small batch: sometimes one image, sometimes one pixel."""
    N, C, W = torch.randint(2, 4, (3,), generator=generator).tolist()
    return 1 if trial % 4 == 2 else N, C, *((1, 1) if trial % 4 == 3 else (1 + trial % 2, W))


def arguments_of(generator, trial):
    """Five tensors; some batches have one image, some maps one pixel, some numbers double precision."""
    N, C, H, W = sizes_of(generator, trial)
    x = integers(generator, -4, 4, N, C, H, W)
    statistics = integers(generator, -2, 2, C), integers(generator, 1, 9, C)
    arguments = (x, *statistics, integers(generator, 2, 4, C), integers(generator, -3, 3, C))
    return doubled(arguments) if trial % 5 == 4 else arguments


def train_cases(generator, trial):
    x, *others = arguments_of(generator, trial)
    options = ({}, {"eps": 0.5}, {"eps": 0.5, "momentum": 0.3})[trial % 3]
    return (x if trial % 3 else 0.004 * x, *others, True), options  # eps = 0.00001 counts for small numbers


def with_output_variance(change):
    """The output after the batch's biased variance was changed."""

    def wrong(input, running_mean, running_var, weight, bias, training, momentum=0.1, eps=1e-5):
        mean, var = batch_statistics(input)
        n = values_a_channel(input)
        return F.batch_norm(input, mean, change(var * (n - 1) / n, n, eps), weight, bias, eps=0)

    return wrong


def scaled_channels(normalized):
    """Apply weight and bias to what another normalization gives."""

    def wrong(input, running_mean, running_var, weight, bias, training, momentum=0.1, eps=1e-5):
        return torch.addcmul(bias[:, None, None], normalized(input, eps), weight[:, None, None])

    return wrong


def with_parameters(change):
    """Batch norm's output with another weight and bias."""

    def wrong(input, running_mean, running_var, weight, bias, training, momentum=0.1, eps=1e-5):
        return F.batch_norm(input, None, None, *change(weight, bias), training=True, eps=eps)

    return wrong


def by_running_statistics(input, running_mean, running_var, weight, bias, training, momentum=0.1, eps=1e-5):
    return F.batch_norm(input, running_mean, running_var, weight, bias, eps=eps)


def by_new_statistics(input, running_mean, running_var, weight, bias, training, momentum=0.1, eps=1e-5):
    _, mean, var = batch_norm(input, running_mean, running_var, weight, bias, True, momentum)
    return F.batch_norm(input, mean, var, weight, bias, eps=eps)


wrong_outputs = {
    "the output uses the unbiased variance; that is for the running variance": with_output_variance(
        lambda var, n, eps: var * n / (n - 1) + eps
    ),
    "eps is added outside the root": with_output_variance(lambda var, n, eps: (var.sqrt() + eps).square()),
    "eps is left out": with_output_variance(lambda var, n, eps: var),
    "eps is always 0.00001, whatever is given": with_output_variance(lambda var, n, eps: var + 1e-5),
    "the difference is divided by the variance, without a root": with_output_variance(
        lambda var, n, eps: (var + eps).square()
    ),
    "the running statistics are used in training mode, too": by_running_statistics,
    "the new running statistics are used instead of the batch's": by_new_statistics,
    "each image has its own statistics: the mean goes over N, H and W": scaled_channels(
        lambda x, eps: F.layer_norm(x, x.shape[2:], eps=eps)
    ),
    "all channels share one mean and variance": scaled_channels(
        lambda x, eps: F.layer_norm(x, x.shape, eps=eps)
    ),
    "each pixel has its own statistics: the mean goes over N, H and W": scaled_channels(
        lambda x, eps: F.batch_norm(x.flatten(1), None, None, training=True, eps=eps).view_as(x)
    ),
    "the statistics go over the channels of an image, not over the batch": scaled_channels(
        lambda x, eps: F.layer_norm(x, x.shape[1:], eps=eps)
    ),
    "weight and bias are not applied": with_parameters(lambda weight, bias: (None, None)),
    "weight and bias are exchanged": with_parameters(lambda weight, bias: (bias, weight)),
    "the bias is added before the multiplication by weight": with_parameters(
        lambda weight, bias: (weight, weight * bias)
    ),
}


def moved(change):
    """Both running statistics after change(old, batch's, momentum)."""

    def wrong(input, running_mean, running_var, weight, bias, training, momentum=0.1, eps=1e-5):
        return [
            None,
            *(
                change(old, new, momentum)
                for old, new in zip((running_mean, running_var), batch_statistics(input), strict=True)
            ),
        ]

    return wrong


def with_new_variance(change):
    """The batch's unbiased variance is changed before it enters the running variance."""

    def wrong(input, running_mean, running_var, weight, bias, training, momentum=0.1, eps=1e-5):
        var = batch_statistics(input)[1]
        shift = momentum * (change(var, input, eps) - var)
        _, mean, right = running_statistics(
            input, running_mean, running_var, weight, bias, True, momentum, eps
        )
        return [None, mean, right + shift]

    return wrong


def of_each_image(var, x, eps):
    return torch.stack([batch_statistics(image[None])[1] for image in x]).mean(0)


wrong_statistics = {
    "momentum is the wrong way round: PyTorch's is the share of the new batch": moved(
        lambda old, new, m: (1 - m) * new + m * old
    ),
    "the running variance takes the biased variance; it averages unbiased ones": with_new_variance(
        lambda var, x, eps: var * (1 - x.shape[1] / x.numel())
    ),
    "momentum is always 0.1, whatever is given": moved(lambda old, new, m: 0.9 * old + 0.1 * new),
    "the running statistics stay as they were": moved(lambda old, new, m: old),
    "the batch's statistics replace the running ones": moved(lambda old, new, m: new),
    "the old statistics are kept in full, not by the share 1 - momentum": moved(
        lambda old, new, m: old + m * new
    ),
    "the running variance takes the standard deviation": with_new_variance(lambda var, x, eps: var.sqrt()),
    "the variance is measured within each image and averaged; it goes over the batch": with_new_variance(
        of_each_image
    ),
    "eps enters the running variance; it belongs into the output alone": with_new_variance(
        lambda var, x, eps: var + eps / (1 - x.shape[1] / x.numel())
    ),
    "the unbiased variance divides by N - 1; it divides by N · H · W - 1": with_new_variance(
        lambda var, x, eps: var * (1 - x.shape[1] / x.numel()) * len(x) / (len(x) - 1)
    ),
}


def eval_cases(generator, trial):
    arguments = arguments_of(generator, trial)
    if trial % 3 == 0:
        arguments[2][0] = 0  # then eps = 0.00001 counts
    mode = ((), (False,), (False, 0.3))[trial % 3]
    return (*arguments, *mode), ({}, {"eps": 0.5})[trial % 2]


def with_running(change):
    """Evaluation mode with other statistics."""

    def wrong(input, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
        y = F.batch_norm(input, *change(running_mean, running_var, eps), weight, bias, eps=0)
        return y, running_mean, running_var

    return wrong


def by_the_batch(input, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
    y = F.batch_norm(input, None, None, weight, bias, training=True, eps=eps)
    return y, running_mean, running_var


def always_training(*arguments, **options):
    return batch_norm(*arguments[:5], True, *arguments[6:], **options)


def updated(*arguments, **options):
    copies = [argument.clone() for argument in arguments[1:3]]
    y = batch_norm(arguments[0], *copies, *arguments[3:], **options)[0]
    return y, *always_training(*arguments, **options)[1:]


def updated_first(*arguments, **options):
    _, mean, var = updated(*arguments, **options)
    return batch_norm(arguments[0], mean, var, *arguments[3:], **options)


def unscaled(input, running_mean, running_var, weight, bias, training=False, momentum=0.1, eps=1e-5):
    return F.batch_norm(input, running_mean, running_var, eps=eps), running_mean, running_var


wrong_in_evaluation = {
    "the batch's statistics are used in evaluation mode, too": by_the_batch,
    "evaluation mode does all that training mode does": always_training,
    "the running statistics are updated in evaluation mode, too": updated,
    "the running statistics are updated in evaluation mode, before they are used": updated_first,
    "eps is left out in evaluation mode": with_running(lambda mean, var, eps: (mean, var)),
    "eps is always 0.00001, whatever is given": with_running(lambda mean, var, eps: (mean, var + 1e-5)),
    "eps is added outside the root": with_running(lambda mean, var, eps: (mean, (var.sqrt() + eps).square())),
    "the difference is divided by the running variance, without a root": with_running(
        lambda mean, var, eps: (mean, (var + eps).square())
    ),
    "weight and bias are not applied in evaluation mode": unscaled,
}

LEAVES = ["input", "weight", "bias"]
OTHERS = "other results with a gradient"


def gradients_of(function):
    def gradients(by, input, running_mean, running_var, weight, bias, training):
        state = {"running_mean": running_mean, "running_var": running_var}
        leaves = {"input": input, "weight": weight, "bias": bias}
        return measures.gradients(function, by, **leaves, **state, training=training)

    return gradients


def batch_norm_of_constants(mean_too=True, var_too=True):
    """Batch norm that takes the batch's mean or variance or both for constants."""

    def wrong(input, running_mean, running_var, weight, bias, training):
        if not training:
            return batch_norm(input, running_mean, running_var, weight, bias)
        mean, var = input.mean((0, 2, 3)), input.var((0, 2, 3), correction=0)
        mean, var = mean.detach() if mean_too else mean, var.detach() if var_too else var
        scale = weight / torch.sqrt(var + 1e-5)
        shift = bias - mean * scale
        y = torch.addcmul(shift[:, None, None], input, scale[:, None, None])
        return y, running_mean, running_var

    return wrong


def graph_kept(by, **arguments):
    return measures.gradients(batch_norm, by, **arguments) | {OTHERS: 2 if arguments["training"] else 0}


def none_in_evaluation(by, **arguments):
    found = measures.gradients(batch_norm, by, **arguments)
    return found if arguments["training"] else {name: 0 * value for name, value in found.items()}


def gradient_cases(generator, trial):
    N, C, H, W = sizes_of(generator, 4 if trial % 3 else 2)
    x = torch.randn(N, C, H, W, generator=generator)
    weight, bias = 1 + torch.rand(C, generator=generator), torch.rand(C, generator=generator)
    state = {"running_mean": torch.zeros(C), "running_var": torch.ones(C)}
    return (LEAVES,), {"input": x, **state, "weight": weight, "bias": bias, "training": trial % 2 == 0}


wrong_gradients = {
    "the running statistics keep the graph of the batch; detach them": graph_kept,
    "mean and variance are detached in the output; its gradient flows through both": gradients_of(
        batch_norm_of_constants()
    ),
    "the mean is detached in the output, too; its gradient flows through it": gradients_of(
        batch_norm_of_constants(var_too=False)
    ),
    "the variance is detached in the output, too; its gradient flows through it": gradients_of(
        batch_norm_of_constants(mean_too=False)
    ),
    "evaluation mode passes no gradient; it should, as training mode does": none_in_evaluation,
}


batch_example = (
    torch.tensor([[1.0, 1.0], [5.0, 5.0]]).reshape(2, 1, 1, 2),
    *singles(0.0, 1.0, 2.0, 1.0),
    True,
)


def three_batches(normalize, batches, weight, bias, momentum, eps):
    """All results for three batches, each with the running statistics that the one before left."""
    mean, var = torch.zeros(len(weight)), torch.ones(len(weight))
    found = []
    for batch in batches:
        y, mean, var = normalize(batch, mean, var, weight, bias, True, momentum, eps)
        found += [y, mean, var]
    return found


def hidden_p2_train(answer):
    """One and three random batches in training mode, and the gradients in both modes."""

    def cases(generator, trial):
        N, C, H, W = torch.randint(1, 6, (4,), generator=generator).tolist()
        x = 5 * torch.randn(1 if trial % 3 == 0 else N, C, H + 1, W, generator=generator) + 2
        mean, weight, bias = torch.randn(3, C, generator=generator)
        arguments = (x, mean, torch.rand(C, generator=generator), weight, bias)
        momentum, eps = torch.rand(2, generator=generator).tolist()
        options = ({}, {"momentum": momentum}, {"eps": eps}, {"momentum": momentum, "eps": eps})[trial % 4]
        return (*(doubled(arguments) if trial % 2 else arguments), True), options

    def of_layer(batches, weight, bias, momentum, eps):
        layer = nn.BatchNorm2d(len(weight), eps=eps, momentum=momentum)
        with torch.no_grad():
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)
            found = []
            for batch in batches:
                found += [layer(batch), layer.running_mean.clone(), layer.running_var.clone()]
        return found

    def cases_of_three(generator, trial):
        N, C, H, W = torch.randint(1, 6, (4,), generator=generator).tolist()
        batches = [5 * torch.randn(N + 1, C, H, W, generator=generator) + 2 for _ in range(3)]
        weight, bias = torch.randn(2, C, generator=generator)
        momentum, eps = torch.rand(2, generator=generator).tolist()
        return (batches, weight, bias, momentum, eps), {}

    check.function(answer, batch_norm, cases, forbid=NORMS, seed=60).require()
    check.function(
        measured(three_batches, answer), of_layer, cases_of_three, forbid=NORMS, seed=20, trials=5
    ).require()
    check.function(
        measured(measures.gradients, answer),
        gradients_of(batch_norm),
        gradient_cases,
        forbid=NORMS,
        rtol=1e-3,
        atol=1e-4,
        seed=35,
        trials=4,
    ).require()


def hidden_p2_eval(answer):
    """Random batches in evaluation mode, some of one image."""

    def cases(generator, trial):
        N, C, H, W = torch.randint(1, 6, (4,), generator=generator).tolist()
        mean, weight, bias = torch.randn(3, C, generator=generator)
        var = 0.01 + 4 * torch.rand(C, generator=generator)
        momentum, eps = torch.rand(2, generator=generator).tolist()
        x = 3 * torch.randn(1 if trial < 4 else N, C, H, W, generator=generator)
        arguments = (x, mean, var, weight, bias)
        return (*(doubled(arguments) if trial % 2 else arguments), False, momentum, eps), {}

    check.function(answer, batch_norm, cases, forbid=NORMS, seed=50).require()


# --- Part 3: layer, group and instance norm


def layer_norm(input, weight, bias, eps=1e-5):
    return F.layer_norm(input, input.shape[1:], weight, bias, eps)


def instance_norm(input, eps=1e-5):
    return F.layer_norm(input, input.shape[2:], eps=eps)  # takes maps of one pixel, too


def eps_of(trial):
    return {} if trial % 2 else {"eps": 0.5}


def small_for(trial, x):
    """Small numbers where eps is not given: then the default, 0.00001, counts."""
    return 0.004 * x if trial % 2 else x


def scaled_elements(normalized):
    """Apply a weight and a bias for each element to what another normalization gives."""
    return lambda input, weight, bias, eps=1e-5: torch.addcmul(bias, normalized(input, eps), weight)


def unbiased(normalized, values):
    """The normalization with an unbiased variance, where so many values share one."""

    def wrong(x, *groups, eps):
        shrunk = 1 - 1 / values(x, *groups)
        return normalized(x, *groups, eps=eps * shrunk) * shrunk**0.5

    return wrong


def outside(std, eps):
    """The factor from the root of the variance to that with eps outside the root."""
    return std / (std + eps)


unbiased_layer = unbiased(lambda x, eps: F.layer_norm(x, x.shape[1:], eps=eps), lambda x: x[0].numel())


def layer_eps_outside(x, eps):
    std = x.flatten(1).std(dim=1, correction=0).view(-1, 1, 1, 1)
    return F.layer_norm(x, x.shape[1:], eps=0) * outside(std, eps)


def layer_cases(generator, trial):
    N, *shape = sizes_of(generator, trial)
    x = small_for(trial, integers(generator, -4, 4, N, *shape))
    arguments = x, integers(generator, 2, 4, *shape), integers(generator, -3, 3, *shape)
    return doubled(arguments) if trial == 4 else arguments, eps_of(trial)


wrong_layers = {
    "all images share one mean and variance; each image has its own": scaled_elements(
        lambda x, eps: F.layer_norm(x, x.shape, eps=eps)
    ),
    "the statistics go over N, H and W, as in batch norm": scaled_elements(
        lambda x, eps: F.batch_norm(x, None, None, training=True, eps=eps)
    ),
    "each channel of an image has its own statistics, as in instance norm": scaled_elements(
        lambda x, eps: F.layer_norm(x, x.shape[2:], eps=eps)
    ),
    "the statistics go over the channels alone, pixel by pixel": scaled_elements(
        lambda x, eps: F.layer_norm(x.movedim(1, 3), x.shape[1:2], eps=eps).movedim(3, 1)
    ),
    "the statistics go over the last axis alone": scaled_elements(
        lambda x, eps: F.layer_norm(x, x.shape[3:], eps=eps)
    ),
    "the unbiased variance is used": scaled_elements(lambda x, eps: unbiased_layer(x, eps=eps)),
    "eps is added outside the root": scaled_elements(layer_eps_outside),
    "eps is left out": scaled_elements(lambda x, eps: F.layer_norm(x, x.shape[1:], eps=0)),
    "eps is always 0.00001, whatever is given": scaled_elements(lambda x, eps: F.layer_norm(x, x.shape[1:])),
    "weight and bias are not applied": lambda x, weight, bias, eps=1e-5: F.layer_norm(
        x, x.shape[1:], eps=eps
    ),
}


def hidden_p3_layer(answer):
    """Layer norm on random images, against F.layer_norm."""

    def cases(generator, trial):
        N, C, H, W = torch.randint(1, 6, (4,), generator=generator).tolist()
        x = 3 * torch.randn(1 if trial % 4 == 3 else N, C + 1, H, W, generator=generator) + 1
        arguments = (x, *torch.randn(2, C + 1, H, W, generator=generator))
        options = {"eps": float(torch.rand((), generator=generator))} if trial % 2 else {}
        return doubled(arguments) if trial % 3 == 1 else arguments, options

    check.function(answer, layer_norm, cases, forbid=NORMS, seed=60).require()


def scaled_groups(normalized):
    """Apply a weight and a bias for each channel to what another normalization gives."""

    def wrong(input, num_groups, weight, bias, eps=1e-5):
        return torch.addcmul(bias[:, None, None], normalized(input, num_groups, eps), weight[:, None, None])

    return wrong


def dealt_channels(x, groups, eps):
    order = torch.arange(x.shape[1]).reshape(-1, groups).T.flatten()
    return F.group_norm(x[:, order], groups, eps=eps)[:, order.argsort()]


def pieces_of_the_batch(x, groups, eps):
    return F.layer_norm(x.reshape(groups, -1), [x.numel() // groups], eps=eps).view_as(x)


def over_images(x, groups, eps):
    mixed = F.group_norm(x.transpose(0, 1).reshape(1, x.shape[1], len(x), -1), groups, eps=eps)
    return mixed.view(x.shape[1], len(x), *x.shape[2:]).transpose(0, 1)


def pixel_by_pixel(x, groups, eps):
    last = x.unflatten(1, (groups, -1)).movedim(2, -1)
    return F.layer_norm(last, last.shape[-1:], eps=eps).movedim(-1, 2).reshape(x.shape)


unbiased_groups = unbiased(F.group_norm, lambda x, groups: x[0].numel() // groups)


def group_eps_outside(x, groups, eps):
    pieces = x.unflatten(1, (groups, -1))
    std = pieces.std(dim=(2, 3, 4), correction=0, keepdim=True)
    return (F.group_norm(x, groups, eps=0).view_as(pieces) * outside(std, eps)).view_as(x)


def group_cases(generator, trial):
    groups, size = ((2, 3), (3, 2), (2, 4), (4, 2), (1, 3), (3, 1))[trial % 6]
    N, H, W = 1 if trial % 6 == 2 else 2, 1 + trial % 2, 1 + trial // 2 % 2
    C = groups * size
    x = small_for(trial, integers(generator, -4, 4, N, C, H, W))
    arguments = (x, groups, integers(generator, 2, 4, C), integers(generator, -3, 3, C))
    return doubled(arguments) if trial == 4 else arguments, eps_of(trial)


wrong_groups = {
    "channel c is given to group c % num_groups; a group holds neighbors": scaled_groups(dealt_channels),
    "num_groups is taken for the number of channels in a group": scaled_groups(
        lambda x, groups, eps: F.group_norm(x, x.shape[1] // groups, eps=eps)
    ),
    "the batch is cut into num_groups pieces; the channels of each image are": scaled_groups(
        pieces_of_the_batch
    ),
    "the images of the batch share their statistics; each image has its own": scaled_groups(over_images),
    "all channels share their statistics, as in layer norm": scaled_groups(
        lambda x, groups, eps: F.group_norm(x, 1, eps=eps)
    ),
    "each channel has its own statistics, as in instance norm": scaled_groups(
        lambda x, groups, eps: F.layer_norm(x, x.shape[2:], eps=eps)
    ),
    "the statistics go over the channels of a group alone, pixel by pixel": scaled_groups(pixel_by_pixel),
    "the unbiased variance is used": scaled_groups(
        lambda x, groups, eps: unbiased_groups(x, groups, eps=eps)
    ),
    "eps is added outside the root": scaled_groups(group_eps_outside),
    "eps is left out": scaled_groups(lambda x, groups, eps: F.group_norm(x, groups, eps=0)),
    "eps is always 0.00001, whatever is given": scaled_groups(lambda x, groups, eps: F.group_norm(x, groups)),
    "weight and bias are not applied": lambda x, groups, weight, bias, eps=1e-5: F.group_norm(
        x, groups, eps=eps
    ),
}

unbiased_instance = unbiased(lambda x, eps: F.layer_norm(x, x.shape[2:], eps=eps), lambda x: x[0, 0].numel())


def instance_eps_outside(x, eps=1e-5):
    std = x.flatten(2).std(dim=2, correction=0)[..., None, None]
    return F.layer_norm(x, x.shape[2:], eps=0) * outside(std, eps)


def instance_cases(generator, trial):
    N, C, H, W = sizes_of(generator, trial)
    x = small_for(trial, integers(generator, -9, 9, N, C, H, W + (trial % 4 != 3)))
    return (x.double() if trial == 4 else x,), eps_of(trial)


wrong_instances = {
    "the statistics go over N, H and W, as in batch norm": lambda x, eps=1e-5: F.batch_norm(
        x, None, None, training=True, eps=eps
    ),
    "all channels of an image share their statistics, as in layer norm": lambda x, eps=1e-5: F.layer_norm(
        x, x.shape[1:], eps=eps
    ),
    "the statistics go over the last axis alone": lambda x, eps=1e-5: F.layer_norm(x, x.shape[3:], eps=eps),
    "the unbiased variance is used": lambda x, eps=1e-5: unbiased_instance(x, eps=eps),
    "eps is added outside the root": instance_eps_outside,
    "eps is left out": lambda x, eps=1e-5: F.layer_norm(x, x.shape[2:], eps=0),
    "eps is always 0.00001, whatever is given": lambda x, eps=1e-5: F.layer_norm(x, x.shape[2:]),
}


def hidden_p3_group_instance(group_answer, instance_answer):
    """Group and instance norm on random images."""

    def images(generator, channels, trial):
        N, H, W = torch.randint(1, 6, (3,), generator=generator).tolist()
        return 3 * torch.randn(1 if trial % 4 == 3 else N, channels, H + 1, W, generator=generator) + 1

    def group_cases(generator, trial):
        groups, size = torch.randint(1, 5, (2,), generator=generator).tolist()
        x = images(generator, groups * size, trial)
        arguments = (x, groups, *torch.randn(2, groups * size, generator=generator))
        options = {"eps": float(torch.rand((), generator=generator))} if trial % 2 else {}
        return doubled(arguments) if trial % 3 == 1 else arguments, options

    def instance_cases(generator, trial):
        x = images(generator, 1 + trial % 4, trial)
        x = x[:, :, :1, :1] if trial == 5 else x
        return (x.double() if trial % 3 == 1 else x,), {"eps": 0.3} if trial % 2 else {}

    check.function(group_answer, F.group_norm, group_cases, forbid=NORMS, seed=80).require()
    check.function(instance_answer, instance_norm, instance_cases, forbid=NORMS, seed=110).require()


ALL_VALUES = "All sets together hold 960 values."
sets = ByHand(
    right={
        "batch": (6, 160),
        "layer": (8, 120),
        "group": (24, 40),
        "instance": (48, 20),
        "parameters": (12, 240, 12),
        "num_groups": (1, 6),
    },
    review={
        "batch": f"Review: which axes does the sum run over, and which are left? {ALL_VALUES}",
        "layer": f"Review: one set is a whole image. {ALL_VALUES}",
        "group": f"Review: one set is one group of one image. {ALL_VALUES}",
        "instance": f"Review: one set is one channel of one image. {ALL_VALUES}",
        "parameters": "Review: which shape have weight and bias? Count both.",
        "num_groups": "Review: how many groups, if a group holds all channels, and if it holds one?",
    },
    mistakes={
        "batch": {
            (
                8,
                120,
            ): "Those are the sets of layer norm; in batch norm a channel has one mean for all images.",
            (48, 20): "Those are the sets of instance norm; in batch norm all images share a channel's mean.",
            (1, 960): "That is one mean for all channels; each channel has its own.",
            (120, 8): "That is a mean for each pixel; the sum runs over N, H and W.",
        },
        "layer": {
            (6, 160): "Those are the sets of batch norm; in layer norm each image has its own mean.",
            (160, 6): (
                "Those are the sets of a layer norm over the channels alone; here it goes over C, H and W."
            ),
            (1, 960): "That is one mean for the whole batch; each image has its own.",
        },
        "group": {
            (3, 320): "The images do not share their means: each has its own for each group.",
            (16, 60): "That is two groups of three channels; here three groups have two channels each.",
            (8, 120): "That is one group; there are three for each image.",
        },
        "instance": {
            (6, 160): "Those are the sets of batch norm; here each image has its own mean for each channel.",
        },
        "parameters": {
            (12, 12, 12): "Layer norm's weight has the shape (C, H, W), not (C,).",
            (6, 120, 6): "That is the weight alone; the bias has as many numbers.",
            (12, 240, 6): "Group norm's weight and bias have a number for each channel, not for each group.",
        },
        "num_groups": {
            (6, 1): "The order is layer norm, instance norm: one group holds all channels.",
        },
    },
)


def hidden_p3_sets(sets, points):
    """The same answers, counted in PyTorch's layers."""
    N, C, H, W, G = 8, 6, 4, 5, 3

    def pair(kept):
        return kept, N * C * H * W // kept

    layers = (nn.BatchNorm2d(C), nn.LayerNorm((C, H, W)), nn.GroupNorm(G, C))
    expected = {
        "batch": pair(layers[0].running_mean.numel()),
        "layer": pair(N),
        "group": pair(N * G),
        "instance": pair(N * C),
        "parameters": tuple(sum(p.numel() for p in layer.parameters()) for layer in layers),
        "num_groups": (1, C),
    }
    return check.answers(sets(), expected).points(points)


# --- Part 4: where they fail


def replaced(x):
    others = torch.rand(x[1:].shape, generator=torch.Generator().manual_seed(0))
    return torch.cat([x[:1], others])


def changes(norm, x, other, part=0):
    return not torch.allclose(norm(x)[part], norm(other)[part], atol=1e-6)


def depends_on_batch(names, x):
    return {name: changes(given.FUNCTIONS[name], x, replaced(x)) for name in names}


def shifted(x):
    return torch.cat([x[:1], x[1:] + 1])


def depends_by(mistaken):
    return lambda names, x: {name: mistaken(given.FUNCTIONS[name], x) for name in names}


def with_one_replaced(which):
    def mistaken(norm, x):
        other = x.clone()
        other[which] = replaced(x)[which]
        return changes(norm, x, other)

    return mistaken


wrong_dependence = {
    "the first image is changed as well, or the other images' results are compared, too": depends_by(
        lambda norm, x: changes(norm, x, replaced(x), part=slice(None))
    ),
    "the other images are not replaced; the same ones in another order have the same mean": depends_by(
        lambda norm, x: changes(norm, x, torch.cat([x[:1], x[1:].flip(0)]))
    ),
    "the answer is the wrong way round": depends_by(lambda norm, x: not changes(norm, x, replaced(x))),
    "only the second image is replaced; any of the others may matter": depends_by(with_one_replaced(1)),
    "only the last image is replaced; any of the others may matter": depends_by(with_one_replaced(-1)),
    "only one pixel of the result is compared; another may change": depends_by(
        lambda norm, x: changes(norm, x, replaced(x), part=(0, 0, 0, 0))
    ),
    "rounding is taken for a change; compare with torch.allclose and atol=1e-6": depends_by(
        lambda norm, x: not torch.equal(norm(x)[0], norm(replaced(x))[0])
    ),
    "the other images are only shifted by one number, which a mean takes away; replace them by new ones": (
        depends_by(lambda norm, x: changes(norm, x, shifted(x)))
    ),
    "the results are compared by their sums, in which changes cancel; compare all pixels": depends_by(
        lambda norm, x: not torch.allclose(norm(x)[0].sum(), norm(replaced(x))[0].sum(), atol=1e-6)
    ),
    "a small change is taken for rounding; compare with atol=1e-6": depends_by(
        lambda norm, x: not torch.allclose(norm(x)[0], norm(replaced(x))[0], atol=1e-3)
    ),
    "the other images only change their sign, which leaves their squares as they are": depends_by(
        lambda norm, x: changes(norm, x, torch.cat([x[:1], -x[1:]]))
    ),
}


def dependence_cases(generator, trial):
    return (list(given.FUNCTIONS), torch.randn((3, 4, 2, 3)[trial], 4, 2, 2, generator=generator)), {}


def hidden_p4_depends(depends_on_batch):
    """Other functions that do or do not look at the rest of the batch."""

    def with_first_pixel(x):
        y = 2 * x
        y[:, 0, 0, 0] -= x.mean()
        return y

    norms = {
        "softmax over the channels": (lambda x: x.softmax(1), False),
        "softmax over the images": (lambda x: x.softmax(0), True),
        "less the mean image": (lambda x: x - x.mean(0), True),
        "length 1": (lambda x: F.normalize(x.flatten(1)).view_as(x), False),
        "divided by the root mean square of the batch": (lambda x: x / x.square().mean().sqrt(), True),
        "batch norm with another eps": (lambda x: F.batch_norm(x, None, None, training=True, eps=1.0), True),
        "group norm after evaluation": (
            lambda x: F.group_norm(F.batch_norm(x, torch.zeros(4), 2 * torch.ones(4)), 4),
            False,
        ),
        "each image less its mean": (lambda x: x - x.mean((1, 2, 3), keepdim=True), False),
        "constant": (lambda x: torch.ones_like(x), False),
        "reversed batch": (lambda x: x.flip(0), True),
        "less the image in the middle": (lambda x: x - x[len(x) // 2], True),
        "less the next image without its mean": (
            lambda x: x - F.layer_norm(x, x.shape[1:]).roll(-1, 0),
            True,
        ),
        "one pixel less the batch's mean": (with_first_pixel, True),
        "the last channel less the batch's": (
            lambda x: torch.cat([x[:, :-1], x[:, -1:] - x[:, -1:].mean(0)], 1),
            True,
        ),
        "a ten-thousandth of the batch's sum": (lambda x: x + 1e-4 * x.sum(0), True),
        "rounding": (lambda x: 3 * x + 1e-7 * x.sum().sin(), False),
    }

    def found(norm, x):
        return depends_on_batch(norms[norm][0], x)

    def cases(generator, trial):
        return (list(norms)[trial], torch.randn(2 + (trial + 2) % 4, 4, 3, 2, generator=generator)), {}

    found.__name__ = "depends_on_batch"
    check.function(found, lambda norm, x: norms[norm][1], cases, trials=len(norms), seed=5).require()


def batch_means(x, batch_size, ceil_mode=False):
    """The batches' means, shape (C, batches), by average pooling over the images."""
    return F.avg_pool1d(F.adaptive_avg_pool2d(x, 1)[:, :, 0, 0].T, batch_size, ceil_mode=ceil_mode)


def spread_of_batch_means(x, batch_size):
    return batch_means(x, batch_size).std(1, correction=0)


def unbiased_spread(x, batch_size):
    batches = len(x) // batch_size
    return spread_of_batch_means(x, batch_size) * (batches / (batches - 1)) ** 0.5


def whole_batches(x, batch_size):
    return x[: len(x) // batch_size * batch_size]


def spread_of_pixels(x, size):
    batches = whole_batches(x, size).split(size)
    return torch.stack([batch.transpose(0, 1).flatten(1).std(1, correction=0) for batch in batches]).mean(0)


def every_so_many(x, size):
    mixed = whole_batches(x, size).unflatten(0, (size, -1)).transpose(0, 1).flatten(0, 1)
    return spread_of_batch_means(mixed, size)


def spread_cases(generator, trial):
    C, H, W, size, batches = torch.randint(2, 4, (5,), generator=generator).tolist()
    if trial in (6, 7):  # batches of one image; a single batch
        size, batches = ((1, 4), (4, 1))[trial - 6]
    x = integers(generator, -9, 9, size * batches + trial % size, C, H, W)
    return (x.double() if trial == 4 else x, size), {}


wrong_spreads = {
    "the standard deviation divides by the number of batches less one (correction=0 does not)": (
        unbiased_spread
    ),
    "the smaller batch at the end is kept": lambda x, size: batch_means(x, size, ceil_mode=True).std(
        1, correction=0
    ),
    "it is the variance; take the root": lambda x, size: batch_means(x, size).var(1, correction=0),
    "the pixels' standard deviation within each batch is averaged; measure how the means vary": (
        spread_of_pixels
    ),
    "the images' means are compared, not the batches'": lambda x, size: batch_means(x, 1).std(
        1, correction=0
    ),
    "all channels share one mean": lambda x, size: (
        batch_means(x, size).mean(0).std(correction=0).expand(x.shape[1])
    ),
    "a batch takes every so-many-th image; take neighbors": every_so_many,
    "batch_size is taken for the number of batches": lambda x, size: spread_of_batch_means(x, len(x) // size),
}


def hidden_p4_spread(answer):
    """Random images and batch sizes, a single batch among them."""

    def cases(generator, trial):
        C, H, W, size, batches = torch.randint(1, 6, (5,), generator=generator).tolist()
        size, batches = (1 if trial % 5 == 2 else size), (1 if trial % 5 == 3 else batches)
        x = 5 * torch.randn(size * batches + draw(generator, 0, size - 1), C, H, W, generator=generator)
        return (x.double() if trial % 3 == 1 else x, size), {}

    check.function(answer, spread_of_batch_means, cases, seed=130).require()


OWN = "Review: in training mode, subtract the batch's own mean and divide by its own standard deviation."
RUNNING = (
    "Review: in evaluation mode, subtract the running mean and divide by the root of the running variance."
)
NOT_RUNNING = "Those are the running statistics; in training mode the batch's own are used."
NOT_OWN = "Those are the batch's statistics; in evaluation mode the running ones are used."
DIVIDE = "The difference from the running mean must still be divided by the standard deviation."
findings = ByHand(
    right={
        "train_a": (-1, 1),
        "train_b": (-1, 1),
        "eval_a": (-3, -2),
        "eval_b": (2, 3),
        "batch_of_one": 5,
        "images_needed": 16,
        "true_statements": ("a", "b", "d", "f"),
    },
    review={
        "train_a": OWN,
        "train_b": OWN,
        "eval_a": RUNNING,
        "eval_b": RUNNING,
        "batch_of_one": (
            "Review: what is the mean of a single value, and what is left after it is subtracted?"
        ),
        "images_needed": (
            "Review: the spread of a mean of n independent values is the spread of one, divided by √n."
        ),
    },
    mistakes={
        "train_a": {(-3, -2): NOT_RUNNING},
        "train_b": {
            (2, 3): NOT_RUNNING,
            (9, 11): "Batch A's mean does not matter here: each batch is standardized by its own.",
        },
        "eval_a": {(-1, 1): NOT_OWN, (-6, -4): DIVIDE},
        "eval_b": {(-1, 1): NOT_OWN, (4, 6): DIVIDE},
        "batch_of_one": {
            26: "That scales and shifts 7; first the batch's mean is subtracted, which is 7 itself.",
            7: "That is the input; its own mean is subtracted first.",
            0: "The value is 0 before weight and bias; apply both.",
            8: "That is weight plus bias; the standardized value is 0, not 1.",
        },
        "images_needed": {
            4: "With four images the spread is 12/√4 = 6: it falls with the root of their number.",
            9: "With nine images the spread is 12/√9 = 4.",
            144: "With 144 images the spread is 12/√144 = 1.",
        },
    },
    statements={
        "true_statements": {
            "a": "Which statistics does evaluation mode use? Do they come from the batch?",
            "b": "With N = 1, which values share a mean in batch norm, and which in instance norm?",
            "c": "Does group norm use anything that training mode changes?",
            "d": "By which factor does the spread fall when n grows fourfold?",
            "e": "Look at the last column of the table above: does it fall as the others do?",
            "f": "What is the mean of a map of one pixel, and what is left after it is subtracted?",
        }
    },
)


def hidden_p4_findings(findings, points):
    """The numbers again, from PyTorch's norms; what the statements say is asked in another way."""

    def batch(*values):
        return torch.tensor(values, dtype=torch.float64).reshape(-1, 1, 1, 1)

    def numbers(x):
        return tuple(round(value) for value in x.flatten().tolist())

    mean, var = torch.tensor([[8.0], [4.0]], dtype=torch.float64)
    batches = {"a": batch(2, 4), "b": batch(12, 14)}
    expected = {
        f"train_{name}": numbers(F.batch_norm(x, None, None, training=True)) for name, x in batches.items()
    }
    expected |= {f"eval_{name}": numbers(F.batch_norm(x, mean, var)) for name, x in batches.items()}
    alone = F.layer_norm(batch(7), (1, 1, 1), eps=1.0)
    expected |= {
        "batch_of_one": numbers(3 * alone + 5)[0],
        "images_needed": next(n for n in range(1, 1000) if 12 / n**0.5 <= 3),
    }
    return check.answers(findings(), expected).points(points)


def always_zero(norm, shape, training, num_groups):
    """Whether a norm gives zeros, by its result for random numbers."""
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    sets = {
        "batch": x.transpose(0, 1).flatten(1),
        "layer": x.flatten(1),
        "group": x.reshape(len(x) * num_groups, -1),
        "instance": x.flatten(0, 1).flatten(1),
    }[norm]
    own = norm != "batch" or training
    return bool(own and F.layer_norm(sets, sets.shape[1:]).abs().max() < 1e-9)


def zero_by(mistaken):
    """A mistake about how many values share a mean, or about evaluation mode."""

    def wrong(norm, shape, training, num_groups):
        return mistaken(norm, *shape, training, num_groups)

    return wrong


def zero_in_both_modes(norm, N, C, H, W, training, num_groups):
    return always_zero(norm, (N, C, H, W), True, num_groups)


def zero_in_training_alone(norm, N, C, H, W, training, num_groups):
    return training and always_zero(norm, (N, C, H, W), True, num_groups)


def zero_on_one_pixel(norm, N, C, H, W, training, num_groups):
    return H * W == 1 and (norm != "batch" or training)


def zero_by_group_size(norm, N, C, H, W, training, num_groups):
    if norm == "group":
        return num_groups * H * W == 1
    return always_zero(norm, (N, C, H, W), training, num_groups)


def zero_over_images(norm, N, C, H, W, training, num_groups):
    return N == 1 and always_zero(norm, (N, C, H, W), training, num_groups)


zero_cases = [
    ((norm, shape, training, groups), {})
    for norm, shape, training, groups in (
        ("batch", (1, 4, 1, 1), True, 2),
        ("batch", (1, 4, 1, 1), False, 2),
        ("batch", (3, 4, 1, 1), True, 4),
        ("batch", (1, 1, 1, 1), False, 1),
        ("batch", (1, 2, 3, 1), True, 2),
        ("layer", (3, 4, 1, 1), True, 4),
        ("layer", (3, 1, 1, 1), False, 1),
        ("layer", (1, 1, 1, 2), True, 1),
        ("layer", (1, 1, 3, 1), False, 1),
        ("group", (3, 4, 1, 1), False, 4),
        ("group", (3, 4, 1, 1), True, 2),
        ("group", (1, 4, 1, 1), True, 1),
        ("group", (2, 4, 2, 1), True, 4),
        ("instance", (3, 4, 1, 1), False, 1),
        ("instance", (1, 4, 2, 1), True, 4),
    )
]


def hidden_p4_zero(answer):
    """All norms and both modes on all small shapes, against what PyTorch gives for random numbers."""
    choices = product(
        ("batch", "layer", "group", "instance"),
        (1, 2),  # images
        ((1, 1), (1, 2), (2, 1), (3, 2)),  # groups, and channels in each
        ((1, 1), (1, 2), (2, 1)),  # height and width
        (True, False),
    )
    cases = [
        ((norm, (N, groups * size, *sides), training, groups), {})
        for norm, N, (groups, size), sides, training in choices
    ]
    check.function(answer, always_zero, cases).require()


# --- Part 5: fold a batch norm

PARAMETERS = ("conv_weight", "conv_bias", "running_mean", "running_var", "weight", "bias")


def fold_batch_norm(conv_weight, conv_bias, running_mean, running_var, weight, bias, eps=1e-5):
    fused = fuse_conv_bn_weights(conv_weight, conv_bias, running_mean, running_var, eps, weight, bias)
    return tuple(parameter.detach() for parameter in fused)


def folded_with(**changes):
    """As fold_batch_norm, with some arguments replaced by what a function makes of all."""

    def wrong(*values, eps=1e-5):
        arguments = dict(zip(PARAMETERS, values, strict=True), eps=eps)
        return fold_batch_norm(**(arguments | {name: change(arguments) for name, change in changes.items()}))

    return wrong


def folded_along(axis):
    """The scale multiplies along another axis than that of the filters."""

    def wrong(conv_weight, *others, eps=1e-5):
        new_weight, new_bias = fold_batch_norm(conv_weight.transpose(0, axis), *others, eps=eps)
        return new_weight.transpose(0, axis), new_bias

    return wrong


def bias_unscaled(conv_weight, conv_bias, *others, eps=1e-5):
    new_weight, new_bias = fold_batch_norm(conv_weight, None, *others, eps=eps)
    return new_weight, new_bias if conv_bias is None else new_bias + conv_bias


def no_bias(conv_weight, conv_bias, *others, eps=1e-5):
    new_weight, new_bias = fold_batch_norm(conv_weight, conv_bias, *others, eps=eps)
    return new_weight, None if conv_bias is None else new_bias


def fold_cases(generator, trial):
    shape = (2, 2, 1, 2) if trial % 4 else (2, 3, 1, 2)  # equal sides show along which axis the scale goes
    filters = shape[0]
    conv_bias = integers(generator, 1, 4, filters) if trial % 3 else None
    running_mean, running_var = integers(generator, 1, 4, filters), integers(generator, 2, 9, filters)
    if trial in (0, 5):
        running_var[0] = 0  # then eps = 0.00001 counts
    weight, bias = integers(generator, 2, 4, filters), integers(generator, 1, 3, filters)
    arguments = (integers(generator, -4, 4, *shape), conv_bias, running_mean, running_var, weight, bias)
    return doubled(arguments) if trial == 4 else arguments, ({}, {"eps": 0.5})[trial // 2 % 2]


wrong_folds = {
    "the running mean is forgotten": folded_with(running_mean=lambda given: 0 * given["running_mean"]),
    "the running mean is added instead of subtracted": folded_with(
        running_mean=lambda given: -given["running_mean"]
    ),
    "the convolution's own bias is dropped": folded_with(conv_bias=lambda given: None),
    "the convolution's own bias is kept as it is; the batch norm scales it, too": bias_unscaled,
    "a convolution without a bias gets none; the folded one needs it": no_bias,
    "the scale multiplies along the input channels; it belongs to the weight's first axis": folded_along(1),
    "the scale multiplies along the last axis; it belongs to the weight's first axis": folded_along(3),
    "the batch norm's weight is forgotten": folded_with(
        weight=lambda given: torch.ones_like(given["weight"])
    ),
    "the batch norm's bias is forgotten": folded_with(bias=lambda given: 0 * given["bias"]),
    "eps is left out": folded_with(eps=lambda given: 0.0),
    "eps is always 0.00001, whatever is given": folded_with(eps=lambda given: 1e-5),
    "eps is added outside the root": folded_with(
        running_var=lambda given: (given["running_var"].sqrt() + given["eps"]).square(),
        eps=lambda given: 0.0,
    ),
    "the scale divides by the running variance, without a root": folded_with(
        running_var=lambda given: (given["running_var"] + given["eps"]).square(), eps=lambda given: 0.0
    ),
}


def hidden_p5_fold(answer):
    """The new weight and bias; then stride, padding, dilation and groups, against the two layers."""

    def pair(x, conv, norm, eps, options):
        return F.batch_norm(F.conv2d(x, *conv, **options), *norm, eps=eps)

    def folded(x, conv, norm, eps, options):
        new_weight, new_bias = answer(*conv, *norm, eps=eps)
        return F.conv2d(x, new_weight, new_bias, **options)

    def cases(generator, trial):
        groups = draw(generator, 1, 3)
        filters, channels = groups * draw(generator, 1, 3), groups * draw(generator, 1, 3)
        weight = torch.randn(
            filters, channels // groups, draw(generator, 1, 3), draw(generator, 1, 3), generator=generator
        )
        conv_bias, mean, gamma, beta = torch.randn(4, filters, generator=generator)
        var = 0.1 + 3 * torch.rand(filters, generator=generator)
        x = torch.randn(
            draw(generator, 1, 2), channels, draw(generator, 6, 8), draw(generator, 6, 8), generator=generator
        )
        options = {
            "stride": draw(generator, 1, 2),
            "padding": draw(generator, 0, 2),
            "dilation": draw(generator, 1, 2),
            "groups": groups,
        }
        eps = float(torch.rand((), generator=generator))
        conv = weight, conv_bias if draw(generator, 0, 1) else None
        return (x, conv, (mean, var, gamma, beta), eps, options), {}

    def parameters(generator, trial):
        filters = draw(generator, 1, 4)
        weight = torch.randn(filters, draw(generator, 1, 3), 3, draw(generator, 1, 3), generator=generator)
        conv_bias, mean, gamma, beta = torch.randn(4, filters, generator=generator)
        var = 0.1 * torch.rand(filters, generator=generator) ** 8
        arguments = (weight, conv_bias if trial % 4 else None, mean, var, gamma, beta)
        return doubled(arguments) if trial % 2 else arguments, {"eps": 0.2} if trial % 3 == 2 else {}

    folded.__name__ = "fold_batch_norm"
    check.function(answer, fold_batch_norm, parameters, forbid=FOLDING, seed=180).require()
    check.function(folded, pair, cases, forbid=FOLDING, seed=160).require()


savings = ByHand(
    right={
        "before": 464,
        "after": 448,
        "saved_with_bias": 32,
        "resnet50": 26_560,
        "true_statements": ("a", "c", "e"),
    },
    review={
        "before": "Review: 16 filters of 3 · 3 · 3 weights; then two numbers for each channel of the norm.",
        "after": "Review: 16 filters of 3 · 3 · 3 weights, and a bias for each.",
        "saved_with_bias": (
            "Review: the norm's weight and bias go; does the convolution get a bias that it did not have?"
        ),
        "resnet50": "Review: for each channel, the norm's weight and bias go, and a bias comes.",
    },
    mistakes={
        "before": {
            432: "Those are the convolution's weights; batch norm has a weight and a bias for each channel.",
            448: "Batch norm has two parameters for each channel, a weight and a bias.",
            496: "Running statistics are buffers: no optimizer changes them.",
            480: "The convolution has no bias here.",
            512: "The convolution has no bias here, and running statistics are no parameters.",
        },
        "after": {
            432: "The folded convolution needs a bias.",
            464: "The norm's weight and bias are gone; a bias for each filter is new.",
        },
        "saved_with_bias": {
            16: "That is without a bias; here the bias was there before.",
            48: "The folded convolution still has its bias.",
            64: "Running statistics are no parameters.",
        },
        "resnet50": {
            53_120: "The norms' weights and biases go, but each convolution gets a bias.",
            106_240: "Running statistics are no parameters, and each convolution gets a bias.",
        },
    },
    statements={
        "true_statements": {
            "a": "In which mode is the norm one fixed factor and one fixed summand for each channel?",
            "b": "In training mode factor and summand depend on the batch.",
            "c": "Is ReLU of a multiple the multiple of ReLU, with a summand, too?",
            "d": "Group norm's statistics come from the image itself: they are not fixed.",
            "e": "What does subtracting the batch's mean do to a constant added before?",
        }
    },
)


def hidden_p5_savings(savings, points):
    """The numbers again, counted in PyTorch's layers; what the statements say is asked in another way."""

    def parameters(*layers):
        return sum(parameter.numel() for layer in layers for parameter in layer.parameters())

    norm, after = nn.BatchNorm2d(16), nn.Conv2d(3, 16, 3)
    expected = {
        "before": parameters(nn.Conv2d(3, 16, 3, bias=False), norm),
        "after": parameters(after),
        "saved_with_bias": parameters(nn.Conv2d(3, 16, 3), norm) - parameters(after),
        "resnet50": parameters(nn.BatchNorm2d(26_560)) - 26_560,
    }
    return check.answers(savings(), expected).points(points)


def saved(foldable, of_conv):
    """What folding saves, where `foldable(model, conv, norm)` says which pairs can be folded."""

    def parameters_saved(model):
        layers = list(model)
        return sum(
            of_conv(conv)
            for conv, norm in pairwise(layers)
            if isinstance(conv, nn.Conv2d) and foldable(model, norm)
        )

    return parameters_saved


def is_batch_norm(model, norm):
    return isinstance(norm, nn.BatchNorm2d)


def is_fixed(model, norm):
    return isinstance(norm, nn.BatchNorm2d) and not norm.training


def is_any_norm(model, norm):
    return isinstance(norm, nn.BatchNorm2d | nn.GroupNorm) and not norm.training


def by_bias(conv):
    return conv.out_channels * (1 if conv.bias is None else 2)


def all_norms(model):
    """Folding every batch norm, wherever it stands."""
    channels, total = 0, 0
    for layer in model:
        if isinstance(layer, nn.Conv2d):
            channels = by_bias(layer)
        elif is_fixed(model, layer):
            total += channels
    return total


parameters_saved = saved(is_fixed, by_bias)
wrong_savings = {
    "norms in training mode are folded, too; there, factor and summand depend on the batch": saved(
        is_batch_norm, by_bias
    ),
    "group norms are folded, too; their statistics are not fixed": saved(is_any_norm, by_bias),
    "a layer between convolution and norm is overlooked": all_norms,
    "the new bias of a convolution that had none is not counted": saved(
        is_fixed, lambda conv: 2 * conv.out_channels
    ),
    "a new bias is counted where the convolution had one already": saved(
        is_fixed, lambda conv: conv.out_channels
    ),
    "the convolution's input channels are counted; a norm has its output channels": saved(
        is_fixed, lambda conv: conv.in_channels * (1 if conv.bias is None else 2)
    ),
    "the running statistics are counted, too": saved(
        is_fixed, lambda conv: by_bias(conv) + 2 * conv.out_channels
    ),
}


def conv(channels, filters, bias):
    return nn.Conv2d(channels, filters, 1, bias=bias)


saved_models = [
    nn.Sequential(conv(1, 2, False), nn.BatchNorm2d(2)).eval(),
    nn.Sequential(conv(1, 2, False), nn.BatchNorm2d(2)),
    nn.Sequential(conv(1, 2, True), nn.BatchNorm2d(2), nn.ReLU()).eval(),
    nn.Sequential(conv(1, 3, True), nn.ReLU(), nn.BatchNorm2d(3)).eval(),
    nn.Sequential(conv(1, 4, False), nn.GroupNorm(2, 4), nn.ReLU()).eval(),
    nn.Sequential(conv(1, 3, True), nn.BatchNorm2d(3), conv(3, 2, False), nn.BatchNorm2d(2)).eval(),
    nn.Sequential(conv(1, 3, False), nn.BatchNorm2d(3), conv(3, 2, True), nn.BatchNorm2d(2)),
    nn.Sequential(nn.BatchNorm2d(3), conv(3, 2, True), nn.GroupNorm(1, 2)).eval(),
    nn.Sequential(
        *(conv(1, 2, True), nn.GroupNorm(1, 2), nn.ReLU()),
        *(conv(2, 3, False), nn.ReLU(), nn.BatchNorm2d(3)),
        *(conv(3, 1, False), nn.BatchNorm2d(1)),
    ).eval(),
]


def hidden_p5_saved(answer):
    """Random networks in both modes."""

    def cases(generator, trial):
        channels, layers = draw(generator, 1, 4), []
        if trial % 4 == 3:
            layers.append(nn.BatchNorm2d(channels))
        for _ in range(draw(generator, 1, 4)):
            filters = draw(generator, 1, 6)
            layers.append(conv(channels, filters, bool(draw(generator, 0, 1))))
            norm = nn.BatchNorm2d(filters) if draw(generator, 0, 2) else nn.GroupNorm(1, filters)
            layers += [nn.ReLU(), norm] if draw(generator, 0, 3) == 0 else [norm, nn.ReLU()]
            channels = filters
        return (nn.Sequential(*layers).train(trial % 3 == 1),), {}

    check.function(answer, parameters_saved, cases, trials=20, seed=240).require()


VISIBLE = {
    "p1-by-hand": [by_hand],
    "p1-standardize": [
        Values(
            standardize,
            small_sets,
            {
                "each set is standardized by its own statistics; use the training set's for all": each_set,
                "the statistics are those of all three sets together: test images leak into them": (
                    by_statistics(lambda *sets: pixel_statistics(torch.cat(sets)))
                ),
                "the statistics are those of the training and the validation set together": by_statistics(
                    lambda train, val, test: pixel_statistics(torch.cat([train, val]))
                ),
                "each image is standardized by its own statistics": each_image,
                "the variance divides by n - 1 (correction=0 divides by n)": by_statistics(
                    unbiased_statistics
                ),
                "the difference is divided by the variance instead of its root": by_variance,
                "the axes are reordered by reshape or view, which mixes the channels; permute moves axes": (
                    reshaped
                ),
                "reshape or view mixes the channels before the statistics are taken; permute moves axes": (
                    reshaped_first
                ),
                "all channels share one mean and standard deviation": one_for_all_channels,
                "each pixel has its own mean and standard deviation, as in a mean image": each_pixel,
            },
            trials=6,
        ),
        standardize_example,
    ],
    "p1-undo": [
        Values(
            unstandardize,
            undo_cases,
            {
                "the fraction is cut off instead of rounded": lambda *a: (
                    pixels_of(*a).clamp(0, 255).to(torch.uint8)
                ),
                "values outside 0 to 255 wrap around; clamp them first": lambda *a: (
                    pixels_of(*a).round().long().to(torch.uint8)
                ),
                "large values wrap around as integers; clamp them before": lambda *a: (
                    pixels_of(*a).round().int().clamp(0, 255).to(torch.uint8)
                ),
                "the mean is added before the multiplication": lambda x, mean, std: unstandardize(
                    x, mean * std, std
                ),
                "mean and standard deviation are exchanged": lambda x, mean, std: unstandardize(x, std, mean),
                "the images are standardized once more instead of back": lambda x, mean, std: unstandardize(
                    x, -mean / std, 1 / std
                ),
                "the axes are reordered by reshape or view, which mixes the channels; permute moves axes": (
                    lambda *a: unstandardize(*a).movedim(3, 1).contiguous().view_as(unstandardize(*a))
                ),
            },
            trials=18,
        ),
        example(
            unstandardize,
            torch.tensor([6, 7, 0], dtype=torch.uint8).reshape(1, 1, 3, 1),
            torch.tensor([1.0, 1.3, -3.0]).reshape(1, 1, 1, 3),
            *singles(4.0, 2.0),
        ),
    ],
    "p2-train": [
        Values(batch_norm_output, train_cases, wrong_outputs, measure="first"),
        Conditions("count", [((batch_example, 3), {})]),
        example(
            batch_norm,
            torch.tensor([[-1.0, -1.0], [3.0, 3.0]]).reshape(2, 1, 1, 2),
            *batch_example,
            measure="first",
        ),
    ],
    "p2-running": [
        Values(running_statistics, train_cases, wrong_statistics, measure="others"),
        example(batch_norm, [None, *singles(0.3, 0.9 + 0.1 * 16 / 3)], *batch_example, measure="others"),
    ],
    "p2-eval": [
        Values(batch_norm, eval_cases, wrong_in_evaluation),
        example(
            batch_norm,
            (column(5.0, -1.0), *singles(3.0, 4.0)),
            column(7.0, 1.0),
            *singles(3.0, 4.0, 2.0, 1.0),
        ),
    ],
    "p2-gradient": [
        Values(
            gradients_of(batch_norm),
            gradient_cases,
            wrong_gradients,
            measure="gradients",
            rtol=1e-3,
            atol=1e-4,
        )
    ],
    "p3-layer": [
        Values(layer_norm, layer_cases, wrong_layers),
        example(
            layer_norm,
            torch.tensor([[-1.0, -1.0], [1.0, 1.0]]).reshape(1, 2, 1, 2),
            torch.tensor([[1.0, 1.0], [5.0, 5.0]]).reshape(1, 2, 1, 2),
            torch.ones(2, 1, 2),
            torch.zeros(2, 1, 2),
        ),
    ],
    "p3-group": [
        Values(F.group_norm, group_cases, wrong_groups),
        example(
            F.group_norm,
            torch.tensor([-1.0, 1.0, -1.0, 1.0]).reshape(1, 4, 1, 1),
            torch.tensor([1.0, 5.0, 10.0, 30.0]).reshape(1, 4, 1, 1),
            2,
            torch.ones(4),
            torch.zeros(4),
        ),
    ],
    "p3-instance": [
        Values(instance_norm, instance_cases, wrong_instances),
        example(
            instance_norm,
            torch.tensor([[-1.0, 1.0], [-1.0, 1.0]]).reshape(1, 2, 1, 2),
            torch.tensor([[1.0, 5.0], [10.0, 30.0]]).reshape(1, 2, 1, 2),
        ),
    ],
    "p3-sets": [sets],
    "p4-depends": [
        Values(depends_on_batch, dependence_cases, wrong_dependence, trials=4, measure="given_functions")
    ],
    "p4-spread": [
        Values(spread_of_batch_means, spread_cases, wrong_spreads),
        example(spread_of_batch_means, torch.tensor([2.0]), column(1.0, 3.0, 5.0, 7.0, 100.0), 2),
    ],
    "p4-findings": [findings],
    "p4-zero": [
        Values(
            always_zero,
            zero_cases,
            {
                "batch norm is taken to use the batch's mean in evaluation mode, too": zero_by(
                    zero_in_both_modes
                ),
                "evaluation mode is taken to change all norms; it changes batch norm alone": zero_by(
                    zero_in_training_alone
                ),
                "a set is taken for a map of one channel of one image, in every norm": zero_by(
                    zero_on_one_pixel
                ),
                "num_groups is taken for the number of channels in a group": zero_by(zero_by_group_size),
                "the sets of all norms are taken to hold all images": zero_by(zero_over_images),
            },
        )
    ],
    "p5-fold": [
        Values(fold_batch_norm, fold_cases, wrong_folds),
        example(
            fold_batch_norm,
            (torch.full((1, 1, 1, 1), 6.0), torch.tensor([7.0])),
            torch.full((1, 1, 1, 1), 2.0),
            *singles(3.0, 1.0, 4.0, 6.0, 1.0),
            eps=0.0,
        ),
    ],
    "p5-savings": [savings],
    "p5-saved": [
        Values(parameters_saved, [((given.fill(model),), {}) for model in saved_models], wrong_savings)
    ],
}
