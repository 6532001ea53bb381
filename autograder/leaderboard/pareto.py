"""The plot of accuracy against parameters, as SVG that needs no script and follows the page's colors."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 480, 380
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 26, 52  # margins
SIZE = 5  # half of a mark's width
LABELED = 12  # names are written into the plot, those of the frontier first
LONGEST = 24  # letters of such a name
LETTER = 7.6  # about a letter's width, on a phone, where they are larger
KINDS = {"team": "a team", "baseline": "a network of the course", "published": "a published result"}


def frontier(points: Sequence[tuple[float, float]]) -> set[int]:
    """Return the indices of the points (cost, gain) than which none costs less and gains as much."""

    def beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
        return one[0] <= other[0] and one[1] >= other[1] and one != other

    return {index for index, point in enumerate(points) if not any(beats(other, point) for other in points)}


def svg(points: Sequence[dict[str, Any]], budgets: Sequence[int]) -> str:
    """Draw the points that `standings.points` returns; kinds differ in shape, dominated points are hollow.

    The text for who cannot see it says what the plot shows; the table on the page has every point.
    """
    low, high = limits(points, budgets)
    x_scale = (WIDTH - LEFT - RIGHT) / (math.log(high[0]) - math.log(low[0]))
    y_scale = (HEIGHT - TOP - BOTTOM) / (high[1] - low[1])

    def place(parameters: float, accuracy: float) -> tuple[float, float]:
        x = LEFT + x_scale * (math.log(parameters) - math.log(low[0]))
        return round(x, 1), round(HEIGHT - BOTTOM - y_scale * (accuracy - low[1]), 1)

    bottom = HEIGHT - BOTTOM
    parts = []
    step = 5 if high[1] - low[1] <= 50 else 10
    for accuracy in range(math.ceil(low[1] / step) * step, math.floor(high[1]) + 1, step):
        y = place(low[0], accuracy)[1]
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{accuracy}</text>')
    for budget in budgets:
        x = place(budget, low[1])[0]
        parts.append(f'<line class="budget" x1="{x}" y1="{TOP}" x2="{x}" y2="{bottom}"/>')
        parts.append(
            f'<text class="tick" x="{x}" y="{bottom + 18}" text-anchor="middle">{budget // 1000}k</text>'
        )
    parts.append(f'<line class="axis" x1="{LEFT}" y1="{bottom}" x2="{WIDTH - RIGHT}" y2="{bottom}"/>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    caption = "parameters (logarithmic)"
    parts.append(f'<text class="label" x="{middle}" y="{bottom + 40}" text-anchor="middle">{caption}</text>')
    parts.append('<text class="label" x="4" y="14">accuracy in %</text>')
    best = [point for point in points if point["frontier"]]
    stairs = path([place(point["parameters"], point["accuracy"]) for point in best])
    if stairs:
        parts.append(f'<path class="frontier" d="{stairs}"/>')
    for point in sorted(points, key=lambda point: point["frontier"]):  # the best lie on top
        parts.append(mark(point, *place(point["parameters"], point["accuracy"])))
    named = points if len(points) <= LABELED else best
    taken = [place(point["parameters"], point["accuracy"]) for point in points]
    # The best first: where room is short, they have it.
    for point in sorted(named, key=lambda point: not point["frontier"])[:LABELED]:
        parts += label(point["name"], *place(point["parameters"], point["accuracy"]), taken)
    return (
        f'<svg class="pareto" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'aria-labelledby="pareto-title pareto-text">\n'
        '<title id="pareto-title">Accuracy against parameters</title>\n'
        f'<desc id="pareto-text">{escape(words(points))}</desc>\n' + "\n".join(parts) + "\n</svg>"
    )


def limits(points: Sequence[dict[str, Any]], budgets: Sequence[int]) -> tuple[tuple, tuple]:
    """Return the lower left and the upper right corner, as (parameters, accuracy)."""
    parameters = [*budgets, *(point["parameters"] for point in points)]
    accuracies = [point["accuracy"] for point in points] or [0, 100]
    bottom = 5 * math.floor((min(accuracies) - 2) / 5)
    top = 5 * math.ceil((max(accuracies) + 1) / 5)
    return (max(1, 0.8 * min(parameters)), max(0, bottom)), (
        1.35 * max(parameters),
        min(100, max(top, bottom + 10)),
    )


def path(places: Sequence[tuple[float, float]]) -> str:
    """Return the line along the best points: level until another gains more."""
    if not places:
        return ""
    x, y = places[0]
    return f"M{x} {y}" + "".join(f"H{x}V{y}" for x, y in places[1:])


def mark(point: dict[str, Any], x: float, y: float) -> str:
    """Draw a point: a circle for a team, a square for a baseline, a triangle for a published result."""
    s = SIZE if point["frontier"] else SIZE - 1
    shapes = {
        "team": f'<circle cx="{x}" cy="{y}" r="{s}"/>',
        "baseline": f'<rect x="{x - s:.1f}" y="{y - s:.1f}" width="{2 * s}" height="{2 * s}"/>',
        "published": f'<path d="M{x - s:.1f} {y + s:.1f}L{x} {y - s:.1f}L{x + s:.1f} {y + s:.1f}Z"/>',
    }
    kind = point["kind"]
    classes = f"{kind} {'best' if point['frontier'] else 'dominated'}"
    text = f"{point['name']}: {point['accuracy']:.1f} %, {point['parameters']:,} parameters"
    return f'<g class="{classes}"><title>{escape(text)}</title>{shapes[kind]}</g>'


def label(name: str, x: float, y: float, taken: list[tuple[float, ...]]) -> list[str]:
    """Write a name beside its point, if there is room; note in `taken` where it stands.

    Parameters
    ----------
    name : str
    x, y : float
        Of the point.
    taken : list of (x, y) or (left, top, right, bottom)
        Points and names that must not be covered.
    """
    name = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
    width = LETTER * len(name)
    boxes = [box if len(box) == 4 else around(*box) for box in taken if box != (x, y)]
    for side, up in ((-1, 6), (1, -14), (-1, -4), (1, -4), (-1, -16), (1, 10)):
        edge, base = x + side * (SIZE + 3), y - up
        left = edge - width if side < 0 else edge
        box = (left, base - 12, left + width, base + 3)
        inside = left > LEFT and left + width < WIDTH - 2 and box[1] > TOP and box[3] < HEIGHT - BOTTOM
        if inside and not any(overlap(box, other) for other in boxes):
            taken.append(box)
            anchor = "end" if side < 0 else "start"
            where = f'x="{edge:.1f}" y="{base:.1f}" text-anchor="{anchor}"'
            return [f'<text class="name" {where}>{escape(name)}</text>']
    return []


def around(x: float, y: float) -> tuple[float, float, float, float]:
    """Return the box of a point's mark."""
    return x - SIZE, y - SIZE, x + SIZE, y + SIZE


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Return whether two boxes (left, top, right, bottom) share a place."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def words(points: Sequence[dict[str, Any]]) -> str:
    """Say what the plot shows."""
    best = [point for point in points if point["frontier"]]
    listed = "; ".join(
        f"{point['name']}, {KINDS[point['kind']]}: {point['accuracy']:.1f} percent with "
        f"{point['parameters']:,} parameters"
        for point in best
    )
    if not points:
        return "No entry yet."
    return (
        f"Of {len(points)} in all, on the frontier, where none has fewer parameters and as much accuracy: "
        f"{listed}. Below it: {len(points) - len(best)}."
    )
