"""Detection: find the box of one shape with different heads; and a one-stage detector for scenes.

``python cnnlib/recorded/detection.py`` trains the detector that is stored beside this file.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import cnnlib
from cnnlib.data import scenes

FILE = Path(__file__).parent / "detection_scenes.npz"
RATES = [0.001, 0.003, 0.01, 0.03]
# The best rate of each head on validation scenes, by IoU.
CHOSEN = {"flatten": 0.01, "pool": 0.01, "pool, circular": 0.03, "coordinates": 0.003, "soft-argmax": 0.01}
HEADS = list(CHOSEN)
WEIGHTS = [0.01, 100.0]  # besides 1
LONGER, LONGER_RATE = 1600, 0.003  # four times the steps; one rate, not searched
GRID, STRIDE, ANCHOR = 6, 8, 18  # cells a side, pixels a cell, side of the square anchor


def line(head: str, rate: float, seed: int, **other: object) -> dict[str, object]:
    """One line's settings."""
    return {"head": head, "rate": rate, "seed": seed} | other


LINES = [line(head, rate, 0, split="val") for head in HEADS for rate in RATES]
LINES += [line(head, CHOSEN[head], seed) for head in HEADS for seed in (1, 2, 3)]
LINES += [line("flatten", CHOSEN["flatten"], seed, weight=w) for w in WEIGHTS for seed in (1, 2, 3)]
LINES += [
    line(head, LONGER_RATE, seed, steps=LONGER)
    for head in ("flatten", "pool", "pool, circular")
    for seed in (1, 2, 3)
]


@functools.cache
def single(split: str) -> tuple[Tensor, Tensor, Tensor]:
    """Scenes with exactly one object: images (N, 3, 48, 48), boxes (N, 4) in pixels, classes from 0."""
    count, seed = {"train": (6000, 30), "val": (1600, 31), "test": (1600, 32)}[split]
    drawn = scenes.draw(count, seed)
    one = (drawn["boxes"][:, :, 4] > 0).sum(axis=1) == 1
    rows = torch.from_numpy(drawn["boxes"][one, 0]).long()
    return normalized(torch.from_numpy(drawn["images"][one])), rows[:, :4].float(), rows[:, 4] - 1


class Locator(nn.Module):
    """Halve the image, three convolutions, a way to lose the grid, 5 scores beside 4 coordinates."""

    def __init__(self, head: str, size: int = 48, classes: int = 5) -> None:
        super().__init__()
        self.head, cells = head, size // 8
        padding = "circular" if head == "pool, circular" else "zeros"
        extra = 2 if head == "coordinates" else 0
        layers: list[nn.Module] = []
        for c_in, c_out, stride in [(3, 8, 1), (8, 16, 2)]:
            conv = nn.Conv2d(c_in, c_out, 3, stride, 1, padding_mode=padding)
            layers += [conv, nn.BatchNorm2d(c_out), nn.ReLU()]
        self.body = nn.Sequential(nn.AvgPool2d(2), *layers)
        last = nn.Conv2d(16 + extra, 32, 3, 2, 1, padding_mode=padding)
        self.last = nn.Sequential(last, nn.BatchNorm2d(32), nn.ReLU())
        out = classes + 4
        weights = (32 * cells**2 + 1) * out  # of the dense layer after flattening
        features = {"flatten": 32 * cells**2, "soft-argmax": 64}.get(head, 32)
        width = round((weights - out) / (features + 1 + out))  # a hidden layer makes up for the difference
        hidden = [nn.Linear(features, width), nn.ReLU(), nn.Linear(width, out)]
        self.top = nn.Linear(features, out) if head == "flatten" else nn.Sequential(*hidden)
        columns = torch.linspace(-1, 1, size // 4).expand(size // 4, -1)
        self.register_buffer("places", torch.stack([columns, columns.T]))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Give scores (N, classes) and boxes (N, 4) in pixels."""
        size, z = x.shape[-1], self.body(x)
        if self.head == "coordinates":
            z = torch.cat([z, self.places.expand(len(z), -1, -1, -1)], dim=1)
        z = self.last(z)
        if self.head == "flatten":
            z = z.flatten(1)
        elif self.head == "soft-argmax":
            share = z.flatten(2).softmax(dim=2)
            z = (share @ self.places[:, ::2, ::2].flatten(1).T).flatten(1)
        else:
            z = z.mean(dim=(2, 3))
        out = self.top(z)
        return out[:, :-4], out[:, -4:] * 8 + size / 2


def pair_iou(a: Tensor, b: Tensor) -> Tensor:
    """IoU of boxes a (..., 4) with boxes b (..., 4), broadcast."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    inter = (high - low).clamp(min=0).prod(dim=-1)
    area_a, area_b = ((z[..., 2:] - z[..., :2]).clamp(min=0).prod(dim=-1) for z in (a, b))
    return inter / (area_a + area_b - inter).clamp(min=1e-9)


def losses(scores: Tensor, boxes: Tensor, y: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy, and smooth L1 of boxes in units of 8 pixels."""
    return F.cross_entropy(scores, y), F.smooth_l1_loss(boxes / 8, target / 8)


def flipped(x: Tensor, boxes: Tensor, way: int) -> tuple[Tensor, Tensor]:
    """Images and boxes mirrored: 1 left and right, 2 up and down, 3 both, 0 neither."""
    size = x.shape[-1]
    for bit, axis in ((1, 0), (2, 1)):
        if way & bit:
            x, boxes = x.flip(3 - axis), boxes.clone()
            boxes[:, [axis, axis + 2]] = size - boxes[:, [axis + 2, axis]]
    return x, boxes


def train(
    head: str,
    rate: float,
    seed: int,
    data: tuple[Tensor, Tensor, Tensor],
    weight: float = 1.0,
    steps: int = 400,
) -> Locator:
    """Train with Adam and a falling rate on batches of 64."""
    torch.manual_seed(seed)
    x, target, y = data
    model = Locator(head, x.shape[-1], int(y.max()) + 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        pick = torch.randint(len(x), (64,))
        image, box = flipped(x[pick], target[pick], int(torch.randint(4, ())))
        classify, locate = losses(*model(image), y[pick], box)
        optimizer.zero_grad()
        (classify + weight * locate).backward()
        optimizer.step()
        schedule.step()
    return model.eval()


@torch.no_grad()
def measure(model: Locator, data: tuple[Tensor, Tensor, Tensor]) -> dict[str, float]:
    """Accuracy, and IoU averaged over the images."""
    x, target, y = data
    scores, boxes = model(x)
    right = (scores.argmax(dim=1) == y).double().mean().item()
    return {"accuracy": round(right, 4), "iou": round(pair_iou(boxes, target).mean().item(), 4)}


def run(
    head: str, rate: float, seed: int, split: str = "test", weight: float = 1.0, steps: int = 400
) -> dict[str, float]:
    """Train one locator on scenes with one object and measure it."""
    model = train(head, rate, seed, single("train"), weight, steps)
    return measure(model, single(split)) | {"parameters": sum(p.numel() for p in model.parameters())}


def detector() -> nn.Sequential:
    """A one-stage detector: for each of 6 x 6 anchors an objectness, four offsets and five class scores."""
    layers: list[nn.Module] = []
    for c_in, c_out, stride in [(3, 16, 2), (16, 32, 2), (32, 48, 2), (48, 48, 1)]:
        layers += [nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False), nn.BatchNorm2d(c_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.Conv2d(48, 10, 1))


def anchors() -> Tensor:
    """Squares of 18 pixels around the middles of the cells, (36, 4), row by row."""
    middle = (torch.arange(GRID) + 0.5) * STRIDE
    y, x = torch.meshgrid(middle, middle, indexing="ij")
    half = ANCHOR / 2
    return torch.stack([x - half, y - half, x + half, y + half], dim=-1).flatten(0, 1)


def match(boxes: Tensor) -> Tensor:
    """For rows (N, 4, 5) the object of each anchor (N, 36), or -1: IoU at least .35, or an object's best."""
    iou = pair_iou(anchors()[:, None], boxes[:, None, :, :4].float())  # (N, 36, 4)
    there = boxes[:, :, 4] > 0
    iou = iou.masked_fill(~there[:, None], -1)
    best, owner = iou.max(dim=2)
    owner = owner.masked_fill(best < 0.35, -1)
    top = iou.argmax(dim=1)  # (N, 4)
    for k in range(boxes.shape[1]):
        n = there[:, k].nonzero().flatten()
        owner[n, top[n, k]] = k
    return owner


def to_offsets(boxes: Tensor) -> Tensor:
    """Offsets of boxes (N, 36, 4) from their anchors: middle by the anchor's side, logarithm of the sides."""
    a = anchors()
    middle = (boxes[..., :2] + boxes[..., 2:] - a[:, :2] - a[:, 2:]) / (2 * ANCHOR)
    return torch.cat([middle, ((boxes[..., 2:] - boxes[..., :2]) / ANCHOR).log()], dim=-1)


def to_boxes(offsets: Tensor) -> Tensor:
    """The inverse of `to_offsets`."""
    a = anchors()
    middle = (a[:, :2] + a[:, 2:]) / 2 + offsets[..., :2] * ANCHOR
    half = offsets[..., 2:].exp() * ANCHOR / 2
    return torch.cat([middle - half, middle + half], dim=-1)


def detection_loss(out: Tensor, boxes: Tensor) -> Tensor:
    """Objectness at all anchors; offsets and class at the matched ones; out (N, 36, 10), boxes (N, 4, 5)."""
    owner = match(boxes)
    hit = owner >= 0
    objectness = F.binary_cross_entropy_with_logits(out[..., 0], hit.float())
    rows = boxes.gather(1, owner.clamp(min=0)[..., None].expand(-1, -1, 5))
    target = to_offsets(rows[..., :4].float().where(hit[..., None], anchors()))
    locate = F.smooth_l1_loss(out[..., 1:5][hit], target[hit], beta=0.1)
    return objectness + 2 * locate + 0.5 * F.cross_entropy(out[..., 5:][hit], rows[..., 4][hit] - 1)


def predict(model: nn.Module, x: Tensor) -> Tensor:
    """Outputs of a detector, (N, 36, 10)."""
    return model(x).flatten(2).transpose(1, 2)


def normalized(images: Tensor) -> Tensor:
    """Bytes (N, 48, 48, 3) to floats (N, 3, 48, 48) between -1 and 1."""
    return images.permute(0, 3, 1, 2) / 127.5 - 1


def stored() -> nn.Sequential:
    """The stored detector, ready for inference."""
    with np.load(FILE, allow_pickle=False) as file:
        state = {name: torch.from_numpy(file[name]) for name in file.files}
    model = detector()
    model.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state.items()})
    return model.eval()


def make(steps: int = 1200, seed: int = 0) -> None:
    """Train the detector on the scenes and store it in half precision."""
    torch.manual_seed(seed)
    loader = cnnlib.load("scenes", labels="boxes").train
    x, boxes = normalized(loader.images), loader.labels.long()
    model = detector()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.005)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(steps):
        pick = torch.randint(len(x), (32,))
        loss = detection_loss(predict(model, x[pick]), boxes[pick])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 200 == 0:
            print(step, round(loss.item(), 3), flush=True)
    state = {k: v.half() if v.is_floating_point() else v for k, v in model.state_dict().items()}
    np.savez_compressed(FILE, **{k: v.numpy() for k, v in state.items()})


if __name__ == "__main__":
    make()
