"""Compare what scoring a submission costs with a plain torch loop over the same images, and score a class.

Run ``python bench/leaderboard.py``; ``--class 300`` takes another size of the class, ``--images cifar10.npz``
other images. The network is that of the course's own entry of 50,000 parameters, once as it is and once as it
is handed in, averaged over an image and its mirror image, which is twice the work. It is not trained, which
changes no time. CPU-seconds of a submission are those of its child process: all checks, rounding, 10,000
images, and 200 of them alone and backward. The class is scored by the real command.
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
sys.path.insert(0, str(REPOSITORY / "solutions" / "challenge_entries"))

import recipes  # noqa: E402 (solutions/ is no package)

IMAGES = 10_000
GOAL = 3.0  # CPU-seconds


def network(seed: int) -> nn.Module:
    """The network of the entry with 50,000 parameters, untrained."""
    torch.manual_seed(seed)
    return recipes.build(recipes.SHAPES[50_000]).eval()


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
    from autograder.leaderboard.scorer import Job, score

    x = torch.randn(IMAGES, 3, 32, 32, generator=torch.Generator().manual_seed(0)).numpy()
    job = Job(str(path), seed="1", images="", scratch="", seconds=60, most=max(challenge.BUDGETS))
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
        path = folder / "one.onnx"
        for looks, model in (("one look", network(0)), ("two looks", recipes.Mirrored(network(0)).eval())):
            handed_in = challenge.export(model, folder / f"{looks[:3]}.onnx")
            slow, theirs = torch_seconds(model)
            fast, ours = scoring_seconds(handed_in)
            count = challenge.count_parameters(handed_in)
            print(f"{looks} at an image: {count:,} parameters, {IMAGES:,} images, one thread")
            print(f"  torch loop   {slow:6.2f} CPU-s")
            print(f"  leaderboard  {fast:6.2f} CPU-s (goal: {GOAL:.0f}), with checks and 200 images alone")
            print(f"  ratio        {slow / fast:6.2f}; {(theirs == ours).mean():.2%} of the answers equal")
        if arguments.size:
            score_class(folder, path, arguments.size, arguments.images or write_images(folder / "images.npz"))


if __name__ == "__main__":
    main()
