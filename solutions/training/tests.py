"""The tests of the exercise on training."""

# canary-c41a7e06
import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from autograder.visible import ByHand, Conditions, Values
from cnnlib import check
from cnnlib.check import measures

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "training#The optimizer and its schedule",
    "p2": "training#The loop, in full",
    "p3": "training#The measured claim: three cheap checks find six broken scripts",
    "p4": "training#Seeds and their spread",
    "p5": "training#Seeds and their spread",
}

EVALUATE = ("cnnlib.evaluate", "cnnlib.train.evaluate")

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {
    "p5-summarize-visible": EVALUATE,
    "p5-summarize-hidden": EVALUATE,
}


def draw(generator: torch.Generator, low: int, high: int) -> int:
    return int(torch.randint(low, high + 1, (), generator=generator))


def made(cases: Callable, seed: int, trials: int) -> list:
    return [cases(torch.Generator().manual_seed(seed + trial), trial) for trial in range(trials)]


def measured(measure: Callable, answer: Callable) -> Callable:
    """A function of the name of the answer that returns what is measured of it."""

    def measured_answer(*args: Any) -> Any:
        return measure(answer, *args)

    measured_answer.__name__ = getattr(answer, "__name__", "your function")
    return measured_answer


def met(faults: list[str]) -> None:
    """Raise what is wrong."""
    check.Report(not faults, "\n".join(faults)).require()


# --- Part 1: by hand


def steps_of_sgd(start: float, rate: float, momentum: float = 0.0, zero: bool = True) -> tuple[int, ...]:
    w = torch.tensor(float(start), requires_grad=True)
    optimizer, path = torch.optim.SGD([w], lr=rate, momentum=momentum), []
    for _ in range(3):
        if zero:
            optimizer.zero_grad()
        (w**2 / 2).backward()
        optimizer.step()
        path.append(int(w))
    return tuple(path)


def normalized(training: bool) -> tuple[int, ...]:
    mean, var = torch.tensor([2.0]), torch.tensor([4.0])
    y = F.batch_norm(torch.tensor([[2.0], [6.0]]), mean, var, training=training, eps=1e-9)
    return tuple(y.round().int().flatten().tolist())


def right_by_hand() -> dict[str, Any]:
    batches = torch.arange(45_000).split(128)
    perfect = torch.eye(8)[:1]
    return {
        "steps": len(batches),
        "last_batch": len(batches[-1]),
        "epoch_loss": round(10 * torch.tensor([1.0] * 4 + [2.0] * 4 + [6.0] * 2).mean().item()),
        "start": round(1000 * F.cross_entropy(torch.zeros(1, 8), torch.tensor([0])).item()),
        "floor": round(1000 * F.cross_entropy(perfect, torch.tensor([0])).item()),
        "zeroed": steps_of_sgd(16, 0.5),
        "added_up": steps_of_sgd(16, 0.5, zero=False),
        "momentum": steps_of_sgd(64, 0.25, 0.5),
        "training_mode": normalized(True),
        "evaluation_mode": normalized(False),
    }


REVIEW = {
    "steps": "Review: how often does 128 fit into 45,000, and what becomes of the rest?",
    "last_batch": "Review: what is left when all full batches are taken?",
    "epoch_loss": "Review: what do the losses of all ten images add up to?",
    "start": "Review: each of 8 classes has the probability 1/8.",
    "floor": "Review: the scores are one 1 and seven zeros; what is the probability of the right class then?",
    "zeroed": "Review: each step subtracts half of the gradient w.",
    "added_up": "Review: write down what stands in `grad` before each step: the sum of all gradients so far.",
    "momentum": "Review: write down v after each step, then w.",
    "training_mode": "Review: which mean and which variance does a batch norm use while it is trained?",
    "evaluation_mode": "Review: which mean and which variance does a batch norm use at inference?",
}
MODES = "That is the other mode."
by_hand = ByHand(
    right=right_by_hand(),
    review=REVIEW,
    mistakes={
        "steps": {
            351: "That drops the last batch; here it holds what is left.",
            45000: "That is the images.",
        },
        "last_batch": {
            128: "45,000 is no multiple of 128, so the last batch is smaller.",
            56: "That is what the last batch lacks to be full.",
        },
        "epoch_loss": {
            30: "That is the mean of the batches' means; the last batch has fewer images and counts less.",
            90: "That is the sum of the means.",
            240: "That is the sum over the images; divide it by their number.",
        },
        "start": {
            2303: "That is ln 10; here there are 8 classes.",
            125: "That is the probability; the loss is minus its logarithm.",
            3000: "That is the logarithm to base 2.",
        },
        "floor": {
            0: "A softmax of scores never gives the probability 1: the loss applies it once more.",
            1461: "That is for 10 classes; here there are 8.",
            2079: "That is the loss of equal scores.",
            280: "That is the probability; the loss is minus its logarithm.",
        },
        "zeroed": {(8, -4, -14): "That is without zero_grad.", (16, 8, 4): "Give w after each step."},
        "added_up": {
            (8, 4, 2): "That is with zero_grad; without it, gradients of earlier steps are still there.",
            (8, -8, -24): "Each step adds one gradient, that at the present w, to what stands there.",
        },
        "momentum": {
            (48, 36, 27): "That is without momentum.",
            (64, 80, 68): "That is the velocity; give w.",
            (48, 28, 13): "The velocity holds half of the *last velocity*, not half of the last gradient.",
            (56, 45, 36): "The gradient enters the velocity whole, not by half.",
        },
        "training_mode": {
            (0, 2): MODES,
            (-2, 2): "The variance of 2 and 6 is 4, its root is 2: divide by it.",
            (0, 1): "In training mode the running statistics are not used.",
        },
        "evaluation_mode": {
            (-1, 1): MODES,
            (0, 1): "Divide by the root of the running variance, not by the variance.",
            (0, 4): "Divide by the root of the running variance.",
        },
    },
)


def hidden_p1_by_hand(by_hand, points):
    """Compare the ten answers with what PyTorch computes."""
    return check.answers(by_hand(), right_by_hand(), review=REVIEW).points(points)


# --- Part 2: batches


def batches_of(images: Tensor, labels: Tensor, batch_size: int, order: Tensor) -> list:
    places = [order[start : start + batch_size] for start in range(0, len(order), batch_size)]
    return [(images[place], labels[place]) for place in places]


def batch_cases(generator, trial):
    """Start with the text's example; then use one batch for all, or a part of the images."""
    if trial == 0:
        return (torch.tensor([10.0, 11, 12, 13]), torch.arange(4), 3, torch.tensor([3, 0, 2, 1])), {}
    N = draw(generator, 3, 7)
    shape = ((), (2,), (1, 2, 2))[trial % 3]
    images = torch.randint(-9, 10, (N, *shape), generator=generator).float()
    order = torch.randperm(N, generator=generator)
    if trial % 4 == 3:
        order = order[: N - 1]
    batch_size = (2, 3, N, N + 2, 1)[trial % 5]
    labels = torch.randint(5, (N,), generator=generator)
    return (images.double() if trial % 5 == 4 else images, labels, batch_size, order), {}


def fixed_order(images, labels, batch_size, order):
    return batches_of(images, labels, batch_size, order.sort().values)


BATCH_MISTAKES = {
    "the labels keep their order while the images are shuffled": lambda images, labels, size, order: [
        (x, y)
        for (x, _), (_, y) in zip(
            batches_of(images, labels, size, order), fixed_order(images, labels, size, order), strict=True
        )
    ],
    "the images keep their order while the labels are shuffled": lambda images, labels, size, order: [
        (x, y)
        for (_, y), (x, _) in zip(
            batches_of(images, labels, size, order), fixed_order(images, labels, size, order), strict=True
        )
    ],
    "the order is ignored": fixed_order,
    "the last, smaller batch is dropped": lambda images, labels, size, order: batches_of(
        images, labels, size, order[: len(order) // size * size]
    ),
    "the order is taken backward": lambda images, labels, size, order: batches_of(
        images, labels, size, order.flip(0)
    ),
    "an image's new place is taken for its old one": lambda images, labels, size, order: batches_of(
        images, labels, size, order.argsort()
    ),
    "an empty batch stands at the end": lambda images, labels, size, order: (
        [*batches_of(images, labels, size, order), (images[:0], labels[:0])]
    ),
    "images come first, then labels; a batch is a pair of both": lambda images, labels, size, order: [
        list(part) for part in zip(*batches_of(images, labels, size, order), strict=True)
    ],
}
batches = [Values(batches_of, batch_cases, BATCH_MISTAKES, trials=12)]


def hidden_p2_batches(make_batches):
    """Try random orders, some of a part of the images, and one batch for all."""

    def cases(generator, trial):
        N = draw(generator, 8, 30)
        images = torch.randn(N, 2, 3, 3, generator=generator)
        order = torch.randperm(N, generator=generator)[: N - trial % 3]
        labels = torch.randint(10, (N,), generator=generator)
        return (images, labels, (3, 4, 5, 40, 7)[trial % 5], order), {}

    check.function(make_batches, batches_of, cases, seed=20, trials=10).require()


# --- Part 2: training


def linear(generator: torch.Generator, features: int, classes: int) -> nn.Linear:
    """Make a layer whose weights are quarters."""
    layer = nn.Linear(features, classes)
    with torch.no_grad():
        for values in layer.parameters():
            values.copy_(torch.randint(-4, 5, values.shape, generator=generator) / 4)
    return layer


def normalizing(generator: torch.Generator, classes: int) -> nn.Sequential:
    """Make a network with a batch norm, for images of shape (1, 2, 2)."""
    conv, norm = nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2)
    with torch.no_grad():
        conv.weight.copy_(torch.tensor([1.0, -0.5]).view(2, 1, 1, 1))
        conv.bias.copy_(torch.tensor([0.25, 0.5]))
        norm.running_mean.copy_(torch.tensor([0.5, -0.5]))
        norm.running_var.copy_(torch.tensor([4.0, 2.0]))
    return nn.Sequential(conv, norm, nn.ReLU(), nn.Flatten(), linear(generator, 8, classes))


def epochs_of(generator: torch.Generator, sizes: tuple[int, ...], shape: tuple, classes: int) -> list:
    """Draw the batches of an epoch; images are whole numbers."""
    return [
        (
            torch.randint(-3, 4, (size, *shape), generator=generator).float(),
            torch.randint(classes, (size,), generator=generator),
        )
        for size in sizes
    ]


def doubled(epochs: list) -> list:
    return [[(x.double(), y) for x, y in batches] for batches in epochs]


def train_cases(generator, trial):
    """Start with one step; then unequal batches, momentum, two epochs, batch norm, float64."""
    sizes = ((2,), (3, 1), (2, 2, 1), (1, 3))[trial % 4]
    with_norm = trial % 3 == 2
    model = normalizing(generator, 3) if with_norm else linear(generator, 2, 3)
    shape = (1, 2, 2) if with_norm else (2,)
    epochs = [epochs_of(generator, sizes, shape, 3) for _ in range(1 + trial % 2)]
    if trial % 5 == 4:
        model, epochs = model.double(), doubled(epochs)
    args = (model.train(trial % 2 == 0 and not with_norm), epochs, (0.5, 0.25)[trial % 2])
    return (*args, 0.5) if trial % 4 > 1 else args, {}


def trained(
    model: nn.Module,
    epochs: list,
    rate: float,
    momentum: float = 0.0,
    *,
    zero: str = "before",
    mode: bool | None = True,
    average: Callable[[Tensor, Tensor], Tensor] = lambda losses, sizes: (losses * sizes).sum() / sizes.sum(),
    loss_of: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
    again: bool = False,
    after_step: bool = False,
    kind: Callable[..., torch.optim.Optimizer] = torch.optim.SGD,
) -> dict[str, Any]:
    """Train as the task asks, or with a mistake; return the losses and what became of the model."""
    optimizer, history = kind(model.parameters(), lr=rate, momentum=momentum), []
    if mode is not None:
        model.train(mode)
    for batches in epochs:
        if again:
            optimizer = kind(model.parameters(), lr=rate, momentum=momentum)
        losses = []
        for x, y in batches:
            loss = loss_of(model(x), y)
            if zero == "before":
                optimizer.zero_grad()
            loss.backward()
            if zero == "after":
                optimizer.zero_grad()
            optimizer.step()
            losses.append((loss_of(model(x), y) if after_step else loss).item())
        if zero == "epoch":
            optimizer.zero_grad()
        sizes = torch.tensor([len(y) for _, y in batches], dtype=torch.float64)
        history.append(float(average(torch.tensor(losses, dtype=torch.float64), sizes)))
    return {"result": history, "model": {name: value.clone() for name, value in model.state_dict().items()}}


def training(**changed: Any) -> Callable:
    return lambda model, epochs, rate, momentum=0.0: trained(model, epochs, rate, momentum, **changed)


TRAIN_MISTAKES = {
    "there is no zero_grad, so gradients add up": training(zero="never"),
    "zero_grad stands between backward and step, so no weight moves": training(zero="after"),
    "zero_grad is called once an epoch; it belongs to every batch": training(zero="epoch"),
    "the model is not switched to training mode": training(mode=None),
    "the model is in evaluation mode": training(mode=False),
    "the batches' means are averaged; a smaller batch counts less": training(
        average=lambda losses, sizes: losses.mean()
    ),
    "the batches' means are added up and not divided": training(average=lambda losses, sizes: losses.sum()),
    "the losses of all images are added up and not divided": training(
        average=lambda losses, sizes: (losses * sizes).sum()
    ),
    "the batches' means are divided by the number of images": training(
        average=lambda losses, sizes: losses.sum() / sizes.sum()
    ),
    "that is the loss of the last batch alone": training(average=lambda losses, sizes: losses[-1]),
    "a softmax is applied before the cross-entropy": training(
        loss_of=lambda scores, y: F.cross_entropy(scores.softmax(1), y)
    ),
    "the loss is the sum over a batch, not its mean": training(
        loss_of=lambda scores, y: F.cross_entropy(scores, y, reduction="sum")
    ),
    "momentum is ignored": lambda model, epochs, rate, momentum=0.0: trained(model, epochs, rate),
    "each epoch has a new optimizer, which has forgotten its velocity": training(again=True),
    "the loss is that after the step": training(after_step=True),
    "only the first epoch is trained": lambda model, epochs, rate, momentum=0.0: trained(
        model, epochs[:1], rate, momentum
    ),
}
train = [Values(training(), train_cases, TRAIN_MISTAKES, trials=12, measure="after")]


def hidden_p2_train(train):
    """Train deeper networks for several epochs with unequal batches, momentum, and in float64."""

    def cases(generator, trial):
        with_norm = trial % 2 == 1
        model = (
            normalizing(generator, 4)
            if with_norm
            else nn.Sequential(linear(generator, 3, 4), nn.ReLU(), linear(generator, 4, 4))
        )
        shape = (1, 2, 2) if with_norm else (3,)
        epochs = [epochs_of(generator, (4, 3, 1 + trial % 3), shape, 4) for _ in range(3)]
        if trial % 3 == 2:
            model, epochs = model.double(), doubled(epochs)
        return (model.train(trial % 4 > 1), epochs, 0.125, (0.9, 0.0, 0.5)[trial % 3]), {}

    answer = measured(measures.after, train)
    check.function(
        answer,
        training(),
        cases,
        seed=30,
        trials=6,
        rtol=1e-3,
        atol=1e-4,
    ).require()


# --- Part 2: prediction


def predicted(
    model: nn.Module,
    batches: list,
    mode: bool | None = False,
    change: Callable[[Tensor], Tensor] = lambda scores: scores,
    chosen: slice = slice(None),
) -> dict[str, Any]:
    if mode is not None:
        model.train(mode)
    with torch.no_grad():
        scores = change(torch.cat([model(x) for x, _ in batches][chosen]))
    return {"result": scores, "model": {name: value.clone() for name, value in model.state_dict().items()}}


def predicting(**changed: Any) -> Callable:
    return lambda model, batches: predicted(model, batches, **changed)


def predict_cases(generator, trial):
    """Use networks without and with a batch norm, in either mode, on unequal batches."""
    with_norm = trial % 3 != 0
    model = normalizing(generator, 3) if with_norm else linear(generator, 2, 3)
    batches = epochs_of(generator, ((2, 1), (3,), (1, 2, 2))[trial % 3], (1, 2, 2) if with_norm else (2,), 3)
    if trial % 4 == 3:
        model, (batches,) = model.double(), doubled([batches])
    return (model.train(trial % 5 < 4), batches), {}


PREDICT_MISTAKES = {
    "the model is not switched to evaluation mode": predicting(mode=None),
    "the model is in training mode": predicting(mode=True),
    "that are probabilities, after a softmax; scores are asked for": predicting(
        change=lambda scores: scores.softmax(1)
    ),
    "that are classes; scores are asked for": predicting(change=lambda scores: scores.argmax(1)),
    "only the first batch is predicted": predicting(chosen=slice(1)),
    "only the last batch is predicted": predicting(chosen=slice(-1, None)),
}
predict = [
    Values(predicting(), predict_cases, PREDICT_MISTAKES, trials=8, measure="after"),
    Conditions("without_history", made(predict_cases, 0, 2)),
]


def hidden_p2_predict(predict):
    """Predict with deeper networks in either mode, on unequal batches, and in float64."""

    def cases(generator, trial):
        model = normalizing(generator, 5)
        batches = epochs_of(generator, (5, 2, 1 + trial % 3), (1, 2, 2), 5)
        if trial % 2:
            model, (batches,) = model.double(), doubled([batches])
        return (model.train(trial % 4 < 3), batches), {}

    check.function(measured(measures.after, predict), predicting(), cases, seed=50, trials=4).require()
    ((case, _),) = made(cases, 60, 1)
    met(measures.without_history(predict, *case))


# --- Part 3: six broken scripts

SOFTMAX = "Look at its smallest losses: what floor has the loss under a softmax for ten classes?"
FITS = (
    "It learns 64 pictures, so loss, gradient and optimizer are connected; what is wrong with what it learns?"
)
FALLS = "Its training loss falls as that of a correct script; look at validation."
STILL = "Its loss does not move at all on the 64 pictures: even a small rate would move it."
WILD = "Look at the training loss from epoch to epoch: which fault makes every step larger than the last?"
STEPS = "Compare its first ten steps, two by two, with those of the other scripts."
LETTERS = "abcdefghij"


def other_letters(right: str, hint: str) -> dict[str, str]:
    return {letter: hint for letter in LETTERS if letter != right}


diagnosis = ByHand(
    right={"A": "f", "B": "a", "C": "h", "D": "d", "E": "b", "F": "e"},
    review=dict.fromkeys("ABCDEF", "Write one letter from a to j."),
    mistakes={
        "A": other_letters("f", FALLS),
        "B": other_letters("a", SOFTMAX),
        "C": other_letters("h", FITS) | {"e": STEPS},
        "D": other_letters("d", STILL),
        "E": other_letters("b", WILD),
        "F": other_letters("e", FITS) | {"h": STEPS},
    },
)


def suspected(
    losses: list[float],
    classes: int,
    floor: Callable[[int], float] = lambda classes: math.log(1 + (classes - 1) / math.e),
    start: Callable[[int], float] = math.log,
    least: Callable[[list[float]], float] = min,
    stuck: bool = True,
    finite: Callable[[list[float]], bool] = lambda losses: all(map(math.isfinite, losses)),
) -> str:
    if not finite(losses):
        return "not finite"
    if abs(losses[0] - start(classes)) > 0.5:
        return "start"
    if stuck and least(losses) > 0.9 * losses[0]:
        return "stuck"
    if least(losses) >= floor(classes):
        return "softmax"
    return "not learned" if losses[-1] > 0.1 else "ok"


def suspecting(**changed: Any) -> Callable:
    return lambda losses, classes: suspected(losses, classes, **changed)


def late_softmax(losses, classes):
    found = suspected(losses, classes)
    low = found == "softmax" and losses[-1] > 0.1
    return "not learned" if low else found


SUSPECT_CASES = [
    (([2.3, 1.9, 1.6], 10), {}),
    (([2.3, 1.4, 0.2], 10), {}),
    (([2.3, 1.9, 1.6], 3), {}),
    (([2.3, 2.2, 2.1], 10), {}),
    (([2.3, 0.7, 0.05], 10), {}),
    (([2.3, math.inf, 0.05], 10), {}),
    (([2.3, 1.0, math.nan], 10), {}),
    (([9.0, math.nan], 10), {}),
    (([1.1, 0.9, 0.72], 3), {}),
    (([1.1, 0.5, 0.3], 3), {}),
    (([0.69, 0.5, 0.4], 2), {}),
    (([0.69, 0.2, 0.01], 2), {}),
    (([4.6, 4.3, 4.0], 100), {}),
    (([4.6, 3.0, 2.0], 100), {}),
    (([4.6, 4.5, 4.4], 100), {}),
    (([2.3, 0.05, 0.4], 10), {}),
    (([2.3, 1.2, 1.7], 10), {}),
    (([1.7, 0.4, 0.02], 10), {}),
    (([3.0, 0.4, 0.02], 10), {}),
    (([2.7, 2.6, 2.4], 10), {}),
]
SUSPECT_MISTAKES = {
    "the floor of ten classes, 1.461, is used for every number of classes": suspecting(
        floor=lambda classes: 1.461
    ),
    "ln 10 is used for every number of classes": suspecting(start=lambda classes: math.log(10)),
    "the last loss is taken for the smallest": suspecting(least=lambda losses: losses[-1]),
    "NaN is not found": suspecting(finite=lambda losses: math.inf not in losses),
    "infinity is not found": suspecting(finite=lambda losses: not any(map(math.isnan, losses))),
    "only the last loss is looked at for NaN and infinity": suspecting(
        finite=lambda losses: math.isfinite(losses[-1])
    ),
    "the floor lacks the 1 of the right class": suspecting(
        floor=lambda classes: math.log((classes - 1) / math.e) if classes > 1 else 0.0
    ),
    "the floor counts the right class among the others": suspecting(
        floor=lambda classes: math.log(1 + classes / math.e)
    ),
    "a start that is too low is not found": lambda losses, classes: suspected(
        losses,
        classes,
        start=lambda classes: max(math.log(classes), 0) if losses[0] > math.log(classes) else losses[0],
    ),
    "what is stuck is not told from a softmax": suspecting(stuck=False),
    "the list has an order: a softmax comes before what is not learned": late_softmax,
}
suspect = [Values(suspected, SUSPECT_CASES, SUSPECT_MISTAKES)]


def hidden_p3_suspect(suspect):
    """Try random losses near each limit, for 2 to 1,000 classes."""

    def cases(generator, trial):
        classes = (2, 5, 10, 37, 100, 1000)[trial % 6]
        start, floor = math.log(classes), math.log(1 + (classes - 1) / math.e)
        shift = (0.0, 0.45, -0.45, 0.55, -0.55)[draw(generator, 0, 4)] if classes > 2 else 0.0
        first = start + shift
        low = (floor - 0.01, floor + 0.01, 0.89 * first, 0.91 * first, 0.05, 0.2)[draw(generator, 0, 5)]
        losses = [first, (first + low) / 2, low, low + (0.0, 0.2, 0.08)[draw(generator, 0, 2)]]
        if trial % 10 == 9:
            losses[draw(generator, 0, 3)] = (math.nan, math.inf)[trial // 10 % 2]
        return (losses, classes), {}

    check.function(suspect, suspected, cases, seed=70, trials=80).require()


# --- Part 4: a sweep


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def swept(
    results: list,
    rates: list,
    seeds: list,
    average: Callable[[list[float]], float] = mean,
    largest: bool = False,
    among: str = "tried",
    calls: int = 1,
    out: str = "any",
) -> dict[str, Any]:
    """Choose a rate from a list of [rate, seed, accuracy]."""
    known = {(rate, seed): accuracy for rate, seed, accuracy in results}
    means = {}
    for rate in rates:
        values = [known[rate, seed] for seed in seeds]
        finite = [value for value in values if not math.isnan(value)]
        if out == "any" and len(finite) == len(values):
            means[rate] = average(values)
        elif out == "nan of one seed ignored" and finite:
            means[rate] = average(finite)
        elif out == "nan as 0":
            means[rate] = average([0.0 if math.isnan(value) else value for value in values])
    best = max(sorted(means, reverse=largest), key=means.get)
    edges = {"tried": rates, "finite": list(means), "given": [rates[0], rates[-1]]}[among]
    at_edge = best in (min(edges), max(edges)) if among != "given" else best in edges
    return {"result": (best, float(means[best]), at_edge), "calls": calls * len(rates) * len(seeds)}


def sweeping(**changed: Any) -> Callable:
    return lambda results, rates, seeds: swept(results, rates, seeds, **changed)


def listed(rates: list, seeds: list, accuracies: list) -> tuple:
    """Make a case of accuracies, a list for each rate."""
    results = [
        [rate, seed, float(value)]
        for rate, values in zip(rates, accuracies, strict=True)
        for seed, value in zip(seeds, values, strict=True)
    ]
    return (results, rates, seeds), {}


SWEEP_CASES = [
    listed([0.1, 0.2, 0.4], [0, 1], [[50, 60], [62, 58], [90, math.nan]]),
    listed([0.1, 0.2, 0.4], [0], [[50], [70], [60]]),
    listed([0.4, 0.1, 0.2], [0, 1, 2], [[40, 44, 48], [70, 10, 10], [60, 50, 40]]),
    listed([0.2, 0.8, 0.1, 0.4], [0, 1], [[50, 50], [20, 30], [60, 70], [40, 41]]),
    listed([0.1, 0.2, 0.4, 0.8], [3, 5], [[10, 20], [60, 60], [70, 50], [30, 30]]),
    listed([0.8, 0.4, 0.2, 0.1], [3, 5], [[30, 30], [70, 50], [60, 60], [10, 20]]),
    listed([0.1, 0.2, 0.4], [7], [[30], [40], [math.nan]]),
    listed([0.01, 0.1, 1.0], [0, 1], [[30, 30], [40, 50], [60, 60]]),
    listed([0.5], [0, 1], [[42, 44]]),
    listed([0.1, 0.2, 0.3, 0.4], [0, 1], [[11, 12], [80, math.nan], [33, 34], [20, 30]]),
    listed([0.1, 0.2, 0.4], [0, 1], [[math.nan, 40], [50, 50], [30, 20]]),
    listed([0.1, 0.2, 0.3], [0, 1, 2], [[10, 10, 10], [90, 0, 0], [20, 35, 50]]),
]
SWEEP_MISTAKES = {
    "the best single run decides; a mean over the seeds is asked for": sweeping(average=max),
    "the worst run decides; a mean over the seeds is asked for": sweeping(average=min),
    "the accuracies of the seeds are added up": sweeping(average=sum),
    "only the first seed counts": sweeping(average=lambda values: values[0]),
    "of equal means the larger rate is taken": sweeping(largest=True),
    "only rates that did not diverge are taken for tried": sweeping(among="finite"),
    "the first and the last in the list are taken for smallest and largest": sweeping(among="given"),
    "`run` is called twice for a pair": sweeping(calls=2),
    "NaN is left out of the mean; one NaN puts the rate out": sweeping(out="nan of one seed ignored"),
    "the median of the seeds is taken": sweeping(
        average=lambda values: float(sorted(values)[len(values) // 2])
    ),
}
sweep = [Values(swept, SWEEP_CASES, SWEEP_MISTAKES, measure="looked_up")]


def hidden_p4_sweep(sweep):
    """Try random accuracies, up to five seeds and six rates."""

    def cases(generator, trial):
        rates = [0.01 * 2**place for place in range(2 + trial % 5)]
        rates = [rates[place] for place in torch.randperm(len(rates), generator=generator).tolist()]
        seeds = list(range(1 + trial % 5))
        accuracies = [[draw(generator, 10, 14 + 10 * (trial % 2)) for _ in seeds] for _ in rates]
        if trial % 3:
            accuracies[draw(generator, 0, len(rates) - 1)][draw(generator, 0, len(seeds) - 1)] = math.nan
        return listed(rates, seeds, accuracies)

    check.function(measured(measures.looked_up, sweep), sweeping(), cases, seed=200, trials=20).require()


# --- Part 4: when to stop


def stopped(
    val_losses: list[float],
    patience: int,
    first: int = 1,
    more: int = 0,
    ties: bool = False,
    in_a_row: bool = True,
    against_last: bool = False,
    whole: bool = False,
) -> tuple[int, int]:
    best, kept, without, epoch, last = math.inf, 1, 0, 1, math.inf
    for epoch, loss in enumerate(val_losses, start=1):
        better = loss <= best if ties else loss < (last if against_last else best)
        last = loss
        if better:
            best, kept = loss, epoch
            without = 0 if in_a_row else without
        else:
            without += 1
        if without == patience + more and not whole:
            break
    return kept + first - 1, epoch + first - 1


def stopping(**changed: Any) -> Callable:
    return lambda val_losses, patience: stopped(val_losses, patience, **changed)


STOP_CASES = [
    (([5.0, 4.0, 6.0, 3.0, 3.0, 7.0, 1.0], 2), {}),
    (([5.0, 4.0, 3.0, 2.0], 1), {}),
    (([5.0, 6.0, 4.0], 1), {}),
    (([5.0, 6.0, 7.0, 4.0], 1), {}),
    (([5.0, 5.0, 5.0, 5.0], 3), {}),
    (([5.0, 6.0, 4.0, 7.0, 3.0, 8.0, 2.0], 2), {}),
    (([5.0, math.nan, 4.0, math.nan, math.nan, 1.0], 2), {}),
    (([3.0], 4), {}),
    (([5.0, 7.0, 6.0, 5.5, 1.0], 3), {}),
    (([5.0, 3.0, 4.0, 3.5, 3.2, 2.0], 4), {}),
    (([9.0, 8.0, 8.0, 7.0, 7.0, 7.0, 6.0], 2), {}),
    (([4.0, 6.0, 5.0, 4.5], 9), {}),
]
STOP_MISTAKES = {
    "epochs are counted from 0": stopping(first=0),
    "it stops one epoch late": stopping(more=1),
    "an equal loss is taken for a new smallest one": stopping(ties=True),
    "epochs without a new smallest loss are counted altogether, not in a row": stopping(in_a_row=False),
    "a loss is compared with the one before, not with the smallest so far": stopping(against_last=True),
    "the run never stops early": stopping(whole=True),
    "the first epoch of the result is the one after which it stopped": lambda val_losses, patience: (
        (stopped(val_losses, patience)[1],) * 2
    ),
    "the smallest loss of all epochs is kept, also after the stop": lambda val_losses, patience: (
        1 + val_losses.index(min(loss for loss in val_losses if not math.isnan(loss))),
        stopped(val_losses, patience)[1],
    ),
    "the two results are exchanged": lambda val_losses, patience: stopped(val_losses, patience)[::-1],
}
stop = [Values(stopped, STOP_CASES, STOP_MISTAKES)]


def hidden_p4_stop(early_stop):
    """Try random runs of up to twenty epochs."""

    def cases(generator, trial):
        count = draw(generator, 1, 20)
        losses = [20.0 - min(place, 9) + draw(generator, -3, 3) for place in range(count)]
        if trial % 4 == 3 and count > 3:
            losses[draw(generator, 1, count - 1)] = math.nan
        return (losses, 1 + trial % 4), {}

    check.function(early_stop, stopping(), cases, seed=300, trials=30).require()


# --- Part 5: one network


def counted(scores: Tensor, labels: Tensor) -> Tensor:
    K = scores.shape[1]
    return torch.bincount(K * labels + scores.argmax(1), minlength=K * K).view(K, K)


def summed_up(
    scores: Tensor,
    labels: Tensor,
    change: Callable[[Tensor], Tensor] = lambda confusion: confusion,
    error: Callable[[float, int], float] = lambda p, N: math.sqrt(p * (1 - p) / N),
    hardest: Callable[[Tensor], Tensor] = lambda confusion: confusion.diagonal() / confusion.sum(1),
) -> dict[str, Any]:
    confusion = counted(scores, labels)
    p = confusion.diagonal().sum().item() / len(labels)
    shares = hardest(confusion).nan_to_num(math.inf)
    return {
        "confusion": change(confusion),
        "accuracy": p,
        "error": error(p, len(labels)),
        "hardest": int(shares.argmin()),
    }


def summing_up(**changed: Any) -> Callable:
    return lambda scores, labels: summed_up(scores, labels, **changed)


def shuffled_rows(generator: torch.Generator, N: int, K: int) -> Tensor:
    """Draw scores: in each row the same numbers in another order, so that none are equal."""
    return torch.stack([torch.randperm(K, generator=generator) for _ in range(N)]).float()


def summary_cases(generator, trial):
    """Start with the text's example; then let classes be missing, among the images or the answers."""
    if trial == 0:
        return (torch.eye(3)[[0, 1, 1, 1]] + torch.tensor([0, 0.25, 0.5]), torch.tensor([0, 0, 1, 1])), {}
    N, K = 4 + trial, 2 + trial % 3
    labels = torch.randint(K - trial % 2 if K > 2 else K, (N,), generator=generator)
    scores = shuffled_rows(generator, N, K)
    scores[: N // 2] += K * F.one_hot(labels[: N // 2], K)
    return (scores - K * (trial % 2), labels), {}


SUMMARY_MISTAKES = {
    "the confusion matrix is transposed; rows are the images' classes": summing_up(
        change=lambda confusion: confusion.T.contiguous()
    ),
    "the rows of the confusion matrix are divided by their sums; counts are asked for": summing_up(
        change=lambda confusion: confusion / confusion.sum(1, keepdim=True)
    ),
    "the confusion matrix holds floats; it counts": summing_up(change=lambda confusion: confusion.float()),
    "the error lacks the number of images": summing_up(error=lambda p, N: math.sqrt(p * (1 - p))),
    "the error lacks the square root": summing_up(error=lambda p, N: p * (1 - p) / N),
    "the error is divided by N - 1": summing_up(error=lambda p, N: math.sqrt(p * (1 - p) / (N - 1))),
    "the error is already 1.96 standard errors": summing_up(
        error=lambda p, N: 1.96 * math.sqrt(p * (1 - p) / N)
    ),
    "the hardest class is looked for in the columns, among what was predicted": summing_up(
        hardest=lambda confusion: confusion.diagonal() / confusion.sum(0)
    ),
    "the hardest class is that with the fewest right answers; it is their share that counts": summing_up(
        hardest=lambda confusion: confusion.diagonal().double()
    ),
    "a class without an image is taken for the hardest": summing_up(
        hardest=lambda confusion: (confusion.diagonal() / confusion.sum(1)).nan_to_num(0.0)
    ),
    "that is the easiest class": summing_up(
        hardest=lambda confusion: -(confusion.diagonal() / confusion.sum(1)).nan_to_num(-math.inf)
    ),
}
summarize = [Values(summed_up, summary_cases, SUMMARY_MISTAKES, trials=12)]


def hidden_p5_summarize(summarize):
    """Try random scores of up to twelve classes."""

    def cases(generator, trial):
        N, K = 20 + 7 * trial, 2 + 2 * (trial % 6)
        labels = torch.randint(max(2, K - trial % 3), (N,), generator=generator)
        scores = torch.randn(N, K, generator=generator) + 1.5 * F.one_hot(labels, K)
        return (scores.double() if trial % 2 else scores, labels), {}

    forbidden = FORBIDDEN["p5-summarize-hidden"]
    check.function(summarize, summing_up(), cases, seed=400, trials=8, forbid=forbidden).require()


# --- Part 5: two networks


def right_of(scores: Tensor, labels: Tensor) -> Tensor:
    return (scores.argmax(1) == labels).double()


def compared(
    first: Tensor,
    second: Tensor,
    labels: Tensor,
    error: Callable[[Tensor, Tensor], Tensor] = lambda a, b: ((a - b).var(unbiased=False) / len(a)).sqrt(),
    change: Callable[[float], float] = float,
) -> tuple[float, float]:
    a, b = right_of(first, labels), right_of(second, labels)
    return change((a - b).mean().item()), error(a, b).item()


def comparing(**changed: Any) -> Callable:
    return lambda first, second, labels: compared(first, second, labels, **changed)


def paired_cases(generator, trial):
    """Start with the text's example; then networks that agree often, and two that always do."""
    if trial == 0:
        labels = torch.zeros(10, dtype=torch.int64)
        first, second = torch.eye(2)[[0] * 8 + [1] * 2], torch.eye(2)[[0] * 5 + [1] * 3 + [0, 1]]
        return (first, second, labels), {}
    N, K = 5 + trial % 8, 2 + trial % 2
    labels = torch.randint(K, (N,), generator=generator)
    first, second = (shuffled_rows(generator, N, K) for _ in range(2))
    second[: N // 3] = first[: N // 3]
    return (first, first.clone() if trial == 5 else second, labels), {}


def among_telling(first, second, labels):
    d = right_of(first, labels) - right_of(second, labels)
    d = d[d != 0]
    if not len(d):
        raise ValueError("no image tells the networks apart")
    return d.mean().item(), (d.var(unbiased=False) / len(d)).sqrt().item()


def of_predictions(first, second, labels):
    d, _ = compared(first, second, labels)
    told = (first.argmax(1) != second.argmax(1)).double().mean().item()
    return d, math.sqrt((told - d**2) / len(labels))


PAIRED_MISTAKES = {
    "the second accuracy minus the first": comparing(change=lambda d: -d),
    "the absolute difference": comparing(change=abs),
    "the errors of both networks are combined as if they had seen different images": comparing(
        error=lambda a, b: ((a.var(unbiased=False) + b.var(unbiased=False)) / len(a)).sqrt()
    ),
    "the mean of the squares lacks the square of the mean": comparing(
        error=lambda a, b: ((a - b).square().mean() / len(a)).sqrt()
    ),
    "the variance is divided by N - 1 instead of N": comparing(
        error=lambda a, b: ((a - b).var() / len(a)).sqrt()
    ),
    "the error lacks the number of images": comparing(error=lambda a, b: (a - b).std(unbiased=False)),
    "the error lacks the square root": comparing(error=lambda a, b: (a - b).var(unbiased=False) / len(a)),
    "the error is that of the first network alone": comparing(
        error=lambda a, b: (a.var(unbiased=False) / len(a)).sqrt()
    ),
    "only images that tell the networks apart are counted; N is all images": among_telling,
    "images on which the two predict different classes are counted, although both are wrong": of_predictions,
}
paired = [Values(compared, paired_cases, PAIRED_MISTAKES, trials=14)]


def hidden_p5_paired(paired):
    """Try random scores of hundreds of images, and equal networks."""

    def cases(generator, trial):
        N, K = 100 + 50 * trial, 2 + trial
        labels = torch.randint(K, (N,), generator=generator)
        common = torch.randn(N, K, generator=generator) + F.one_hot(labels, K)
        first, second = (common + 0.5 * trial * torch.randn(N, K, generator=generator) for _ in range(2))
        return (first, second, labels), {}

    check.function(paired, comparing(), cases, seed=500, trials=6).require()


# --- Part 5: numbers of a training

results = [Conditions("evaluated", [((1000, 0.2), {})], "The numbers do not fit together:")]


def hidden_p5_results(results):
    """Look whether the counts, accuracies, intervals and the difference fit together."""
    met(measures.evaluated(results, 1000, 0.2))


VISIBLE = {
    "p1-by-hand": [by_hand],
    "p2-batches": batches,
    "p2-train": train,
    "p2-predict": predict,
    "p3-diagnosis": [diagnosis],
    "p3-suspect": suspect,
    "p4-sweep": sweep,
    "p4-stop": stop,
    "p5-summarize": summarize,
    "p5-paired": paired,
    "p5-results": results,
}
