"""Compare what scoring a submission costs with a plain torch loop over the same images, and score a class.

Run ``python bench/leaderboard.py``; ``--class 300`` takes another size of the class, ``--images cifar10.npz``
other images. The network fits the board of 50,000 parameters: residual, with separable convolutions, as the
challenge's own are. It is not trained, which changes no time. CPU-seconds of a submission are those of its
child process: all checks, rounding, 10,000 images, and 200 of them alone and backward. The class is scored by
the real command.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from cnnlib import challenge

REPOSITORY = Path(__file__).resolve().parent.parent
IMAGES = 10_000
GOAL = 3.0  # CPU-seconds


class Separable(nn.Module):
    """A residual block: each channel by itself, then a mix of channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False),
            nn.BatchNorm2d(channels),
            nn.Conv2d(channels, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.layers(x)


def network(seed: int) -> nn.Module:
    """A network for the board of 50,000 parameters."""
    torch.manual_seed(seed)

    def widen(inputs: int, outputs: int, stride: int) -> list[nn.Module]:
        return [
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False, groups=1 if inputs == 3 else 8),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        ]

    layers = widen(3, 32, 1) + [Separable(32) for _ in range(3)]
    layers += widen(32, 64, 2) + [Separable(64) for _ in range(3)]
    layers += widen(64, 96, 2) + [Separable(96) for _ in range(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(96, 10)).eval()


def write_images(path: Path) -> Path:
    """Noise in CIFAR-10's form: what is in an image changes no time."""
    draw = np.random.default_rng(0)
    arrays = {}
    for split, count in (("train", 1000), ("test", IMAGES)):
        arrays[f"{split}_images"] = draw.integers(0, 256, (count, 32, 32, 3), np.uint8)
        arrays[f"{split}_labels"] = (np.arange(count) % 10).astype(np.uint8)
    np.savez(path, **arrays)
    return path


def cpu(who: int) -> float:
    """CPU-seconds of this process or of its ended children."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def torch_seconds(model: nn.Module) -> tuple[float, np.ndarray]:
    """CPU-seconds of the loop that students write, in batches of 250 on one thread; and its answers."""
    torch.set_num_threads(1)
    x = torch.randn(IMAGES, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    start = cpu(resource.RUSAGE_SELF)
    with torch.inference_mode():
        answers = torch.cat([model(batch).argmax(dim=1) for batch in x.split(250)])
    return cpu(resource.RUSAGE_SELF) - start, answers.numpy()


def scoring_seconds(path: Path) -> tuple[float, np.ndarray]:
    """CPU-seconds of all that the leaderboard's child does with the file; and its answers."""
    from autograder.leaderboard.scorer import score

    x = torch.randn(IMAGES, 3, 32, 32, generator=torch.Generator().manual_seed(0)).numpy()
    job = {"model": str(path), "seed": "1", "most": max(challenge.BUDGETS)}
    start = cpu(resource.RUSAGE_SELF)
    found = score(job, x, path.parent, {"memory": 2**31})
    seconds = cpu(resource.RUSAGE_SELF) - start
    if found["problem"]:
        sys.exit(f"The network got no score: {found['problem']}")
    return seconds, np.array([int(answer) for answer in found["predictions"]])


def hand_in(folder: Path, model: Path, size: int) -> None:
    """Write a class of `size` teams, each with other weights: exporting each would take too long."""
    for number in range(size):
        copy = onnx.load(model)
        draw = np.random.default_rng(number)
        for weights in copy.graph.initializer:
            values = numpy_helper.to_array(weights)
            if values.dtype == np.float32:
                changed = values + 0.1 * draw.standard_normal(values.shape, np.float32)
                weights.CopyFrom(numpy_helper.from_array(changed, weights.name))
        path = folder / f"team{number:03d}" / "submission.onnx"
        path.parent.mkdir(parents=True)
        onnx.save(copy, path)


def score_class(folder: Path, model: Path, size: int, images: Path) -> None:
    """Score a class with the real command, whose bar shows on a terminal, and print how it went."""
    hand_in(folder / "inbox", model, size)
    command = [sys.executable, "-m", "autograder", "leaderboard", folder / "inbox", "--images", images]
    command += ["--output", folder / "data", "--site", folder / "site"]
    before, start = cpu(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    out = None if sys.stdout.isatty() else subprocess.DEVNULL
    code = subprocess.run(list(map(str, command)), cwd=REPOSITORY, env=environment, stdout=out).returncode
    if code:
        sys.exit(f"the command ended with {code}")
    seconds, used = time.perf_counter() - start, cpu(resource.RUSAGE_CHILDREN) - before
    print(f"class of {size}: {seconds:.0f} s on {os.cpu_count()} processors, {used / size:.2f} CPU-s each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--class", type=int, default=10, dest="size", help="submissions of the class (10)")
    parser.add_argument("--images", type=Path, help="a cifar10.npz (noise)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = challenge.export(network(0), folder / "model.onnx")
        slow, theirs = torch_seconds(network(0))
        fast, ours = scoring_seconds(path)
        print(f"{challenge.count_parameters(path):,} parameters, {IMAGES:,} images, one thread")
        print(f"  torch loop   {slow:6.2f} CPU-s")
        print(f"  leaderboard  {fast:6.2f} CPU-s (goal: {GOAL:.0f}), with checks and 200 images alone")
        print(f"  ratio        {slow / fast:6.2f}; {(theirs == ours).mean():.2%} of the answers equal")
        if arguments.size:
            score_class(folder, path, arguments.size, arguments.images or write_images(folder / "images.npz"))


if __name__ == "__main__":
    main()
