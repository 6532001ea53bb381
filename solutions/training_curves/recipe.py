"""The six curves in the exercise on training: `python -m solutions.training_curves.recipe` makes them.

A record holds the recipe's hash; `tests/assignments/test_training_curves.py` compares it, and the notebook's
table. Students get the table only.
"""

import hashlib
import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnlib.shapes10 import draw

# canary-5f0c27b9
RECORD = Path(__file__).with_name("record.json")

# The fault of each script, with its letter in the notebook's list. Those that no script has are not here.
FAULTS = {
    "A": ("f", "validation not standardized"),
    "B": ("a", "softmax before the loss"),
    "C": ("h", "training images sorted by class"),
    "D": ("d", "optimizer of another model"),
    "E": ("b", "no zero_grad"),
    "F": ("e", "labels of the next image"),
}
CLASSES, BATCH, EPOCHS, RATE = 10, 64, 6, 0.05


def images(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Draw standardized images, shape (count, 3, 16, 16), and their classes, in a random order."""
    pictures, labels = (torch.from_numpy(part) for part in draw(count, seed))
    x = F.avg_pool2d(pictures.permute(0, 3, 1, 2).float(), 2)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    return x[order], labels[order].long()


def network() -> nn.Sequential:
    """Build a small network that ends in scores."""
    layers: list[nn.Module] = []
    for channels, stride in ((3, 1), (16, 2), (16, 2)):
        conv = nn.Conv2d(channels, 16, 3, stride, padding=1, bias=False)
        layers += [conv, nn.BatchNorm2d(16), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * 16, CLASSES))


class Script:
    """A training script with one fault, or with none."""

    def __init__(self, fault: str, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.fault = fault
        self.model = network()
        if fault == "softmax before the loss":
            self.model.append(nn.Softmax(dim=1))
        moved = network() if fault == "optimizer of another model" else self.model
        self.optimizer = torch.optim.SGD(moved.parameters(), lr=RATE, momentum=0.9)

    def step(self, x: Tensor, y: Tensor) -> float:
        """Train on a batch, and return its loss."""
        if self.fault == "labels of the next image":
            y = y.roll(1)
        self.model.train()
        loss = F.cross_entropy(self.model(x), y)
        if self.fault != "no zero_grad":
            self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def validate(self, x: Tensor, y: Tensor) -> tuple[float, float]:
        """Return loss and accuracy on the validation images."""
        self.model.eval()
        scores = self.model(x)
        return F.cross_entropy(scores, y).item(), (scores.argmax(1) == y).float().mean().item()


def run(fault: str) -> dict[str, list[float] | float]:
    """Return what a script prints.

    It is the first loss, the loss after 40 steps on 64 images, the losses of the first ten steps on all
    images, and its curves.
    """
    (x, y), (new_x, new_y) = images(1280, seed=1), images(500, seed=2)
    mean, std = x.mean((0, 2, 3), keepdim=True), x.std((0, 2, 3), keepdim=True)
    x = (x - mean) / std
    if fault != "validation not standardized":
        new_x = (new_x - mean) / std
    memorizing = Script(fault)
    memorized = [memorizing.step(x[:BATCH], y[:BATCH]) for _ in range(40)]
    script, steps, train, val, accuracy = Script(fault), [], [], [], []
    for epoch in range(EPOCHS):
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(epoch))
        if fault == "training images sorted by class":
            order = y.argsort(stable=True)
        losses = [script.step(x[batch], y[batch]) for batch in order.split(BATCH)]
        steps = steps or losses
        train.append(sum(losses) / len(losses))  # all batches are equal
        loss, right = script.validate(new_x, new_y)
        val.append(loss)
        accuracy.append(right)
    return {
        "first": memorized[0],
        "memorized": memorized[-1],
        "steps": steps[:10],
        "train": train,
        "val": val,
        "accuracy": accuracy,
    }


def digest() -> str:
    """Return the hash of this recipe."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def table(record: dict) -> str:
    """Return the curves as the notebook shows them."""

    def row(values: list[float], digits: int) -> str:
        return " ".join(f"{value:{digits + 5}.{digits}f}" for value in values)

    lines = []
    for name in FAULTS:
        curve = record["curves"][name]
        lines += [
            f"script {name}: first loss {curve['first']:.3f}, 64 images {curve['memorized']:.3f}",
            f"  first steps {row(curve['steps'], 2)}",
            f"  train loss  {row(curve['train'], 3)}",
            f"  val loss    {row(curve['val'], 3)}",
            f"  val acc.    {row(curve['accuracy'], 3)}",
        ]
    return "\n".join(lines)


def main() -> None:
    """Run all scripts and store what they print."""
    torch.set_num_threads(1)
    curves = {}
    for name, (_, fault) in {**FAULTS, "none": ("", "none")}.items():
        curves[name] = run(fault)
        assert all(map(math.isfinite, curves[name]["train"]))
    record = {"recipe": digest(), "curves": curves}
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(table(record))


if __name__ == "__main__":
    main()
