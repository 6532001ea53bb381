"""Compare cnnlib.data's batches per second with those of torchvision's usual pipeline, flip and crop in both.

Run ``python bench/data.py``; ``--data cifar10`` takes real photographs. Both sides shuffle, flip, crop and
standardize the same images into batches of the same size, with one torch thread a process. Rounds alternate
and last about equally long, so a busy machine slows both, and the median of their ratios is printed. Then the
statistics of what both sides gave are compared.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

import cnnlib.data

BATCH_SIZE = 128
GOAL = 5  # times as many batches per second


class Images(Dataset):
    """Images one by one, as torchvision.datasets gives them."""

    def __init__(self, images: np.ndarray, labels: list[int], transform: Callable) -> None:
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


def peers(images: Tensor, labels: Tensor, mean: Tensor, std: Tensor) -> dict[str, DataLoader]:
    """The usual pipeline, in this process and with two workers."""
    transform = transforms.Compose(
        [
            transforms.RandomCrop(images.shape[1], padding=4),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize(mean.tolist(), std.tolist()),
        ]
    )
    dataset = Images(images.numpy(), labels.tolist(), transform)
    options = {"batch_size": BATCH_SIZE, "shuffle": True}
    return {
        "DataLoader": DataLoader(dataset, **options),
        "DataLoader, 2 workers": DataLoader(dataset, num_workers=2, persistent_workers=True, **options),
    }


def batches_per_second(loader: Iterable, seconds: float = 1.0) -> float:
    """Go through whole epochs for at least `seconds`; the first batch of each does not count."""
    count, passed = 0, 0.0
    while passed < seconds:
        iterator = iter(loader)
        next(iterator)
        start = time.perf_counter()
        count += sum(1 for _ in iterator)
        passed += time.perf_counter() - start
    return count / passed


def compare_speed(ours: Iterable, theirs: dict[str, DataLoader], rounds: int) -> bool:
    """Print the ratio for each peer; tell whether all reach the goal."""
    reached = True
    for name, loader in theirs.items():
        batches_per_second(loader)  # starts the workers
        pairs = [(batches_per_second(ours), batches_per_second(loader)) for _ in range(rounds)]
        mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in pairs)
        reached = reached and ratio >= GOAL
        print(f"cnnlib {mine:6.0f} batches/s, {name} {other:6.0f} batches/s: {ratio:5.1f} times as many")
    return reached


def marked(size: int, count: int) -> tuple[Tensor, Tensor]:
    """Images whose values say where a pixel came from: row + 1, column + 1 (0 is padding)."""
    place = torch.arange(1, size + 1, dtype=torch.uint8)
    image = torch.stack(
        [place[:, None].expand(size, size), place.expand(size, size), torch.zeros(size, size)], dim=2
    )
    return image.byte().expand(count, size, size, 3).contiguous(), torch.zeros(count, dtype=torch.int64)


def choices(loader: Iterable) -> tuple[Tensor, Tensor, Tensor]:
    """Read flip, row offset and column offset (0 to 8) off batches of `marked` images."""
    x = torch.cat([x for x, _ in loader]).mul(255).round().long()
    size = x.shape[2]
    middle = size // 2
    # The middle pixel is never padding, as offsets change it by 4 at most.
    row, column = x[:, 0, middle, middle] - 1, x[:, 1, middle, middle] - 1
    flip = x[:, 1, middle, middle + 1] < x[:, 1, middle, middle]
    return flip, row - middle + 4, torch.where(flip, size - 1 - column, column) - middle + 4


def compare_statistics(ours: cnnlib.data.Loaders, theirs: DataLoader) -> bool:
    """Print what both sides drew; tell whether they agree within 4 standard errors of a fair draw."""
    agree = True
    for name, loader in (("cnnlib", ours.train), ("DataLoader", theirs)):
        x = torch.cat([x for x, _ in loader])
        mean, std = x.mean(dim=(0, 2, 3)), x.std(dim=(0, 2, 3))
        print(f"{name:10s} batches: mean {numbers(mean)}, standard deviation {numbers(std)}")
    size, count = ours.train.images.shape[1], 10_000
    images, labels = marked(size, count)
    zero, one = torch.zeros(3), torch.ones(3)
    mine = cnnlib.data.Loader(images, labels, zero, one, batch_size=BATCH_SIZE, shuffle=True, augment=True)
    theirs = peers(images, labels, zero, one)["DataLoader"]
    for name, loader in (("cnnlib", mine), ("DataLoader", theirs)):
        flip, top, left = choices(loader)
        print(f"{name:10s} flips {flip.double().mean():.4f} of the images (fair: 0.5000)")
        agree = agree and fair(flip.long(), 2)
        for direction, offset in (("row", top), ("column", left)):
            shares = offset.bincount(minlength=9) / count
            print(f"{name:10s} {direction} offsets 0 to 8: {numbers(shares)} (fair: {1 / 9:.3f})")
            agree = agree and fair(offset, 9)
    return agree


def numbers(values: Tensor) -> str:
    return " ".join(f"{value:.3f}" for value in values.tolist())


def fair(draws: Tensor, kinds: int) -> bool:
    """Tell whether each of `kinds` values was drawn equally often, within 4 standard errors."""
    share = 1 / kinds
    error = (share * (1 - share) / len(draws)) ** 0.5
    return bool(((draws.bincount(minlength=kinds) / len(draws) - share).abs() < 4 * error).all())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data", default="shapes10", help='"shapes10", "cifar10" or the path of an .npz file'
    )
    parser.add_argument("--images", type=int, default=3000, help="training images in an epoch")
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds of about a second on each side of a pairing"
    )
    arguments = parser.parse_args()
    try:
        loaders = cnnlib.data.load(arguments.data, batch_size=BATCH_SIZE, augment="flip_crop")
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    torch.manual_seed(0)
    torch.set_num_threads(1)
    # The same images on both sides, spread over the file, which may be sorted by class.
    count = min(arguments.images, len(loaders.train.labels))
    chosen = torch.linspace(0, len(loaders.train.labels) - 1, count).long()
    loaders.train.images, loaders.train.labels = loaders.train.images[chosen], loaders.train.labels[chosen]
    theirs = peers(loaders.train.images, loaders.train.labels, loaders.mean, loaders.std)
    print(
        f"{arguments.data}: {len(loaders.train.labels)} images, batches of {BATCH_SIZE}, flip and crop, "
        f"one torch thread a process, median of {arguments.rounds} rounds"
    )
    fast = compare_speed(loaders.train, theirs, arguments.rounds)
    same = compare_statistics(loaders, theirs["DataLoader"])
    print(
        f"at least {GOAL} times as many: {'yes' if fast else 'no'}; "
        f"statistics agree: {'yes' if same else 'no'}"
    )
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
