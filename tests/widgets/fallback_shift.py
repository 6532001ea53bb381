"""The static `shift` figure: a circular signal, halved before and after it moves, computed with PyTorch."""

import itertools
import math
from collections.abc import Callable

import torch
from fallback_parts import MINUS, block, exact, parse
from shrinking import METHODS, shrink
from torch import Tensor

INPUT = "0 0 0 8 0 0 4 4 0 0 8 8 0 0 4 0"
# What the method makes of place i, in words and short.
FORMULAS = {
    "stride": ("x[i]", "stride"),
    "max": ("max(x[i], x[i+1])", "max"),
    "average": ("(x[i] + x[i+1])/2", "average"),
    "blur": (f"(x[i{MINUS}1] + 2x[i] + x[i+1])/4", "blur"),
    "max-blur": (f"(m[i{MINUS}1] + 2m[i] + m[i+1])/4 with m[i] = max(x[i], x[i+1])", "max + blur"),
}


def keep_all(method: str, x: Tensor, stages: int) -> Tensor:
    """Return f without leaving places out: f of every shift of the signal, put back in place."""
    stride = 2**stages
    y = torch.zeros_like(x)
    for s in range(stride):
        y[s::stride] = shrink(method, x.roll(-s), stages)
    return y


def compare(method: str, x: Tensor, shift: int, stages: int) -> tuple[Tensor, Tensor, int]:
    """Return f(Tx), T'f(x), and by how many outputs T' moves: the nearest whole number, halves down."""
    move = math.ceil(shift / 2**stages - 0.5)
    return shrink(method, x.roll(shift), stages), shrink(method, x, stages).roll(move), move


def lane(name: str, values: Tensor, mark: Callable[[int], str] = lambda i: "{}") -> str:
    """Write a row of values, each as wide as the places of x that it stands for."""
    across = 16 // len(values)
    cells = "".join(
        f'<td colspan="{across}"><span>{mark(i).format(exact(v))}</span></td>'
        for i, v in enumerate(values.tolist())
    )
    upright = across > 1 or all(len(exact(v)) < 3 for v in values.tolist())
    return f'<tr><th colspan="16">{name}</th></tr><tr{"" if upright else " class=long"}>{cells}</tr>'


def shift_table(caption: str, numbers: dict[tuple[str, int], float]) -> str:
    """Write one number for each method and shift."""
    heads = "".join(f"<th>{short}</th>" for _, short in FORMULAS.values())
    rows = "".join(
        f"<tr><th>{s}</th>{''.join(f'<td>{exact(numbers[method, s])}</td>' for method in METHODS)}</tr>"
        for s in range(8)
    )
    return (
        f"<table><caption>{caption}</caption><thead><tr><th>shift</th>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def shift(*, input: str = INPUT, method: str = "max", shift: int = 1, stages: int = 1) -> str:
    """Markup of the `shift` figure: what a shift of a signal changes when it is halved ``stages`` times."""
    x, stride = parse(input)[0].double(), 2**stages
    before = shrink(method, x, stages)
    after, moved, move = compare(method, x, shift, stages)
    every = "second" if stride == 2 else f"{stride}th"

    def mark(i: int) -> str:
        text = "<b>{}</b>" if i % stride == 0 else "{}"
        return f"<u>{text}</u>" if (i + shift) % stride == 0 else text

    error, change = {}, {}
    for place in itertools.product(METHODS, range(8)):
        there, back, _ = compare(place[0], x, place[1], stages)
        error[place] = float((there - back).abs().sum())
        change[place] = float((there.mean() - back.mean()).abs())

    def mean(values: Tensor) -> str:
        return f"{exact(values.sum())}/{len(values)} = {exact(values.mean())}"

    terms = " + ".join(
        f"|{exact(a)} {MINUS} {f'({exact(b)})' if b < 0 else exact(b)}|"
        for a, b in zip(after.tolist(), moved.tolist(), strict=True)
    )
    places = "1 place" if shift == 1 else f"{shift} places"
    outputs = "1 output" if move == 1 else f"{move} outputs"
    lanes = [
        lane("x", x),
        lane("g(x): f without leaving places out", keep_all(method, x, stages), mark),
        lane(f"f(x): every {every} place of g(x), from place 0 (bold)", before),
        lane(f"Tx: x moved {places} to the right", x.roll(shift)),
        lane("f(Tx): the underlined places of g(x)", after),
        lane(f"T'f(x): f(x) moved by {outputs}", moved),
        lane(f"f(Tx) {MINUS} T'f(x)", after - moved),
    ]
    subject = "f" if stages == 1 else f"Each of the {stages} stages of f"
    return block(
        "shift",
        {"input": input, "method": method, "shift": shift, "stages": stages},
        [
            f"<p>{subject}: {FORMULAS[method][0]} for every second place, i = 0, 2, 4 and so on. Places are "
            "counted around a circle: after 15 comes 0.</p>",
            f'<table class="cnn-lanes"><tbody>{"".join(lanes)}</tbody></table>',
            f"<p>‖f(Tx) {MINUS} T'f(x)‖₁ = {terms} = <b>{exact(error[method, shift])}</b>. Mean of f(x): "
            f"{mean(before)}; of f(Tx): {mean(after)}; change <b>{exact(change[method, shift])}</b>.</p>",
            shift_table(f"‖f(Tx) {MINUS} T'f(x)‖₁, the sum of the absolute differences", error),
            shift_table("Change of the mean", change),
            f"<p>A shift by a multiple of {stride} moves f(x) by whole outputs: both tables show 0 for every "
            "method. At other shifts T' moves f(x) by the nearest whole number of outputs, halves down.</p>",
        ],
    )
