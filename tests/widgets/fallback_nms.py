"""The static `nms` figure: six boxes, which of them stay and their average precision, with torchvision."""

from fractions import Fraction

import numpy as np
import torch
import torchvision
from fallback_parts import block, to_data_uri
from PIL import Image, ImageDraw
from torch import Tensor
from torchvision.ops import box_iou

NAMES = "ABCDEF"
BOXES = "4 4 18 18 0.95;2 6 16 20 0.8;22 13 36 27 0.9;24 16 38 30 0.6;34 2 46 14 0.7;8 10 22 22 0.75"
TRUTH = "3 4 17 18;22 14 36 28;33 2 46 13"
SCALE = 8
WIDTH, HEIGHT = 48, 32


def read(text: str) -> Tensor:
    """Read rows of numbers in double precision."""
    return torch.tensor([[float(v) for v in row.split()] for row in text.split(";")], dtype=torch.double)


def draw(boxes: Tensor, truth: Tensor, kept: list[int]) -> np.ndarray:
    """Draw the scene: the shapes, and the boxes, thick where they stay."""
    picture = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "#2b3440")
    pen = ImageDraw.Draw(picture)
    for i, row in enumerate((truth * SCALE).int().tolist()):
        x0, y0, x1, y1 = row
        if i % 3 == 0:
            pen.ellipse(row, fill="#b9c9a8")
        elif i % 3 == 1:
            pen.rectangle(row, fill="#c9b3a0")
        else:
            pen.polygon([((x0 + x1) // 2, y0), (x1, y1), (x0, y1)], fill="#a9bfd6")
    for i, row in enumerate((boxes * SCALE).int().tolist()):
        stays = i in kept
        pen.rectangle(row, outline="#ffb566" if stays else "#cdd3da", width=4 if stays else 1)
        pen.rectangle([row[0], row[1], row[0] + 13, row[1] + 13], fill="#111111")
        pen.text((row[0] + 4, row[1] + 1), NAMES[i], fill="#ffffff")
    return np.asarray(picture)


def precisions(matches: list[int | None], objects: int) -> list[Fraction]:
    """For each number of found objects, the best precision that reaches it; 0 where none does.

    Average precision is the mean of these. ``matches`` names each detection's object, best detection first.
    """
    found, reached = set(), []
    for rank, match in enumerate(matches, 1):
        found |= {match} - {None}
        reached.append((len(found), Fraction(len(found), rank)))
    return [
        max((precision for count, precision in reached if count >= needed), default=Fraction(0))
        for needed in range(1, objects + 1)
    ]


def match(boxes: Tensor, truth: Tensor) -> list[int | None]:
    """For each box the true box that it overlaps most, if by an IoU of at least 0.5."""
    pairs = box_iou(boxes, truth).tolist()
    return [row.index(max(row)) if max(row) >= 0.5 else None for row in pairs]


def short(value: float) -> str:
    """Write a number with at most three decimals."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def nms(*, boxes: str = BOXES, truth: str = TRUTH, threshold: float = 0.5, at: int = 2) -> str:
    """Markup of the `nms` figure: the boxes that suppression keeps, and their average precision."""
    rows, objects = read(boxes), read(truth)
    places, scores = rows[:, :4], rows[:, 4]
    kept = torchvision.ops.nms(places, scores, threshold).tolist()
    pairs = box_iou(places, places)
    best = precisions(match(places[kept], objects), len(objects))
    lines = []
    for i in scores.argsort(descending=True, stable=True).tolist():
        said = "stays ✓"
        if i not in kept:
            by = next(k for k in kept if scores[k] >= scores[i] and pairs[k, i] > threshold)
            said = f"goes ✗: IoU with {NAMES[by]} {short(pairs[by, i].item())}"
        corners = ", ".join(str(int(v)) for v in places[i])
        lines.append(
            f"<tr><th>{NAMES[i]}</th><td>{short(scores[i].item())}</td><td>({corners})</td>"
            f"<td>{f'<b>{said}</b>' if i in kept else said}</td></tr>"
        )
    names = ", ".join(NAMES[i] for i in kept)
    alt = (
        f"A dark scene with {len(objects)} shapes and six boxes, A to F. The boxes {names} "
        "are thick: they stay. The others are thin."
    )
    terms = " + ".join(str(p) for p in best)
    mean = short(float(sum(best) / len(objects)))
    return block(
        "nms",
        {"boxes": boxes, "truth": truth, "threshold": short(threshold), "at": at},
        [
            f'<img class="dark-light" src="{to_data_uri(draw(places, objects, kept))}" '
            f'width="{WIDTH * SCALE}" height="{HEIGHT * SCALE}" alt="{alt}">',
            f"<table><caption>Suppression, best score first, IoU threshold {short(threshold)}</caption>"
            "<thead><tr><th>Box</th><th>Score</th><th>x0, y0, x1, y1</th><th>Verdict</th></tr></thead>"
            f"<tbody>{''.join(lines)}</tbody></table>",
            f"<p>{names} stay. For each of the {len(objects)} shapes, the best precision at which so many "
            f"are found: average precision = ({terms})/{len(objects)} = <b>{mean}</b>.</p>",
            f"<p>In PyTorch: <code>torchvision.ops.nms(boxes, scores, {short(threshold)})</code></p>",
        ],
    )
