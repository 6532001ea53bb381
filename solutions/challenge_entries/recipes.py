"""The challenge's reference entries: a network for each budget, trained on one CPU core, exported and scored.

    python solutions/challenge_entries/recipes.py --budget 50000 --epochs 20 --seed 0
    python solutions/challenge_entries/recipes.py --budget 50000 --epochs 20 --seed 0 --resume --final

The first command trains and says how well the network does on the validation images; so can every choice be
made. After each epoch a checkpoint is stored; `--resume` goes on from there. The second one also writes the
entry: NAME.onnx, and NAME.json with all that it takes to make it again. Only then are the test images looked
at, once: an entry that has a result is not scored again.

The folder is not `solutions/challenge`, because students are given every file of an assignment's folder.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cnnlib
from cnnlib import challenge, train

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Shape:
    """Channels where maps have 32 × 32 places, then 16 × 16, then 8 × 8."""

    first: int
    second: int
    last: int
    more: int = 2  # separable layers of `last` channels after the first one


# For each budget a network just below it.
SHAPES = {
    10_000: Shape(first=8, second=16, last=42),
    25_000: Shape(first=12, second=24, last=74),
    50_000: Shape(first=16, second=32, last=92, more=3),
    100_000: Shape(first=24, second=48, last=128, more=3),
    200_000: Shape(first=32, second=64, last=192, more=3),
}


class Dense(nn.Module):
    """A 3 × 3 convolution, batch normalization, ReLU; the input is added where it has the output's shape."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(before, after, 3, stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(after)
        self.residual = before == after and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.spatial(x))
        return F.relu(y + x if self.residual else y, inplace=True)


class Separable(nn.Module):
    """A filter for each channel, then a 1 × 1 convolution that mixes them; the rest as in `Dense`."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(before, before, 3, padding=1, groups=before, bias=False)
        self.mix = nn.Conv2d(before, after, 1, bias=False)
        self.norm = nn.BatchNorm2d(after)
        self.residual = before == after

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.mix(self.spatial(x)))
        return F.relu(y + x if self.residual else y, inplace=True)


def build(shape: Shape) -> nn.Module:
    """The network: (N, 3, 32, 32) → scores (N, 10).

    Where maps are large they are few, with dense 3 × 3 filters, since moving maps is what costs a CPU time;
    where they are small, separable filters give more of them for the same parameters. A separable layer with
    a stride would be slow: its gradient has no fast kernel.
    """
    first, second, last = shape.first, shape.second, shape.last
    return nn.Sequential(
        Dense(3, first),
        Dense(first, first),
        Dense(first, second, stride=2),
        Dense(second, second),
        nn.MaxPool2d(2),
        Separable(second, last),
        *(Separable(last, last) for _ in range(shape.more)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(last, 10),
    )


class OnCPU(nn.Module):
    """Computes as a CPU likes it: channels last and, where it has instructions for it, bfloat16."""

    def __init__(self, model: nn.Module, bfloat16: bool) -> None:
        super().__init__()
        self.model, self.bfloat16 = model.to(memory_format=torch.channels_last), bfloat16

    def forward(self, x: Tensor) -> Tensor:
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bfloat16):
            return self.model(x).float()


class Mirrored(nn.Module):
    """Average the scores of an image and its mirror image: twice the work, not one parameter more."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x) + self.model(x.flip(3))


@dataclass(frozen=True)
class Recipe:
    """All that decides the result."""

    budget: int
    epochs: int
    seed: int
    learning_rate: float
    weight_decay: float
    batch_size: int
    bfloat16: bool
    data: str


@dataclass
class Run:
    """A training run, as far as it is."""

    recipe: Recipe
    network: nn.Module
    history: train.History
    cpu_seconds: float = 0.0


def train_network(recipe: Recipe, checkpoint: Path, *, resume: bool = False, until: int | None = None) -> Run:
    """Train for ``recipe.epochs`` or, if that is less, `until` epochs; store a checkpoint after each."""
    loaders = cnnlib.load(recipe.data, augment="flip_crop", batch_size=recipe.batch_size, seed=recipe.seed)
    train.seed_everything(recipe.seed)
    run = Run(recipe, build(SHAPES[recipe.budget]), train.History())
    model = OnCPU(run.network, recipe.bfloat16)
    # Biases and normalization factors are too few to overfit, and pulling them to 0 would only slow them.
    matrices = [p for p in run.network.parameters() if p.ndim > 1]
    vectors = [p for p in run.network.parameters() if p.ndim == 1]
    optimizer = torch.optim.SGD(
        [{"params": matrices, "weight_decay": recipe.weight_decay}, {"params": vectors}],
        lr=recipe.learning_rate,
        momentum=0.9,
        nesterov=True,
    )
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=recipe.learning_rate,
        total_steps=recipe.epochs * len(loaders.train),
        pct_start=0.2,
        cycle_momentum=False,
    )
    parts = {"network": run.network, "optimizer": optimizer, "scheduler": scheduler}
    if resume:
        _load(checkpoint, run, parts)
        for _ in run.history.seconds:
            next(iter(loaders.train))  # what an epoch draws follows from its number
    for epoch in range(len(run.history.seconds) + 1, min(recipe.epochs, until or recipe.epochs) + 1):
        start = time.process_time()
        one = train.fit(model, loaders, optimizer, epochs=1, scheduler=scheduler)
        run.cpu_seconds += time.process_time() - start
        for name, values in asdict(one).items():
            getattr(run.history, name).extend(values)
        _save(checkpoint, run, parts)
        done = f"{epoch} of {recipe.epochs} epochs, {run.cpu_seconds / 60:.1f} CPU-minutes"
        print(f"{done}: validation accuracy {run.history.val_accuracy[-1]:.4f}", flush=True)
    return run


def _save(path: Path, run: Run, parts: dict) -> None:
    state = {name: part.state_dict() for name, part in parts.items()}
    state |= {"recipe": asdict(run.recipe), "history": asdict(run.history), "cpu_seconds": run.cpu_seconds}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    torch.save(state, unfinished)
    os.replace(unfinished, path)  # an interruption leaves the last checkpoint or this one


def _load(path: Path, run: Run, parts: dict) -> None:
    if not path.is_file():
        sys.exit(f"There is no checkpoint {path} to resume from; leave out --resume.")
    state = torch.load(path, weights_only=True)
    if state["recipe"] != asdict(run.recipe):
        sys.exit(f"{path} was made with other options: {state['recipe']}; give the same, or another --name.")
    for name, part in parts.items():
        part.load_state_dict(state[name])
    run.history, run.cpu_seconds = train.History(**state["history"]), state["cpu_seconds"]


def score(path: Path, loader: cnnlib.data.Loader) -> dict:
    """Score a file as the leaderboard does, with its numbers rounded to bfloat16."""
    with tempfile.TemporaryDirectory() as folder:
        scored = challenge.rounded(path, Path(folder) / "rounded.onnx")
        batches = [torch.from_numpy(challenge.predict(scored, x.numpy())) == y for x, y in loader]
    correct = torch.cat(batches)
    low, high = challenge.wilson(int(correct.sum()), len(correct))
    return {
        "images": len(correct),
        "correct": int(correct.sum()),
        "correct_of_first_500": int(correct[:500].sum()),  # so that anyone can check it quickly
        "accuracy": round(int(correct.sum()) / len(correct), 4),
        "interval_95": [round(low, 4), round(high, 4)],
    }


def processor() -> str:
    """The CPU's name, as far as the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def write_entry(run: Run, folder: Path, name: str, note: str) -> dict:
    """Export the network, score it on the validation images and, this once, on the test images."""
    loaders = cnnlib.load(run.recipe.data, batch_size=250)
    path = challenge.export(Mirrored(run.network), folder / f"{name}.onnx")
    entry = {
        "command": shlex.join(["python", "solutions/challenge_entries/recipes.py", *sys.argv[1:]]),
        **asdict(run.recipe),
        "architecture": asdict(SHAPES[run.recipe.budget]),
        "parameters": challenge.count_parameters(path),
        "bytes": path.stat().st_size,
        "data_note": note,
        "standardized_with": {"mean": loaders.mean.tolist(), "std": loaders.std.tolist()},
        "training_images": len(loaders.train.labels),
        "hardware": f"{processor()}, {torch.get_num_threads()} thread(s), torch {torch.__version__}",
        "cpu_minutes": round(run.cpu_seconds / 60, 1),
        "validation": score(path, loaders.val),
        "test": score(path, loaders.test),
    }
    unfinished = folder / f"{name}.json.tmp"
    unfinished.write_text(json.dumps(entry, indent=2) + "\n")
    os.replace(unfinished, folder / f"{name}.json")
    return entry


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--budget", type=int, choices=sorted(SHAPES), default=50_000, help="parameters")
    add("--epochs", type=int, default=20)
    add("--seed", type=int, default=0)
    add("--learning-rate", type=float, default=0.3, help="the highest one of the cycle")
    add("--weight-decay", type=float, default=5e-4)
    add("--batch-size", type=int, default=128)
    add("--bfloat16", action="store_true", help="compute in bfloat16; faster where the CPU has AMX")
    add("--data", default="cifar10", help="cifar10, shapes10 or an .npz file")
    add("--resume", action="store_true", help="go on from the checkpoint")
    add("--until", type=int, metavar="EPOCH", help="stop after this epoch; --resume goes on")
    add("--final", action="store_true", help="write the entry; looks at the test images, once")
    add("--name", help="of the entry; by default the budget, such as 50k")
    add("--note", default="", help="what there is to say about the data")
    add("--work", type=Path, default=Path("_build/challenge"), help="folder of the checkpoints")
    add("--entries", type=Path, default=HERE, help="folder of the entries")
    options = parser.parse_args(arguments)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    name = options.name or f"{options.budget // 1000}k"
    if options.final and (options.entries / f"{name}.json").exists():
        sys.exit(f"The entry {name} has its result: test images are looked at once. Choose another --name.")
    fields = {field: getattr(options, field) for field in Recipe.__dataclass_fields__}
    try:
        run = train_network(
            Recipe(**fields), options.work / f"{name}.pt", resume=options.resume, until=options.until
        )
        if options.final and len(run.history.seconds) == options.epochs:
            entry = write_entry(run, options.entries, name, options.note)
            print(json.dumps(entry, indent=2))
    except (ValueError, OSError, FloatingPointError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
