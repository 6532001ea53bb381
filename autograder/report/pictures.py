"""The report's pictures, as SVG text that stands in the page."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import matplotlib
import matplotlib.dates
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from autograder.report.statistics import TestStatistics

BLUE, ORANGE, GRAY = "#3b82c4", "#d9822b", "#808890"
# Gray text is legible on white and on black. No date and no random names: the same class gives the same page.
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
    "font.size": 10,
    "text.color": GRAY,
    "axes.labelcolor": GRAY,
    "axes.edgecolor": GRAY,
    "xtick.color": GRAY,
    "ytick.color": GRAY,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def picture(draw: Callable[[Axes], None], alt: str, height: float = 2.4) -> Markup:
    """Draw into axes 7 inches wide and return the SVG element, with `alt` for screen readers."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7, height), layout="constrained")
        draw(figure.subplots())
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    return Markup(svg.replace("<svg", Markup('<svg role="img" aria-label="{}"').format(alt), 1))


def distribution(scores: list[float], points: float) -> Markup:
    """Draw how many students have which score."""

    def draw(ax: Axes) -> None:
        ax.hist(scores, bins=[points * i / 20 for i in range(21)], color=BLUE, edgecolor="none", rwidth=0.92)
        ax.set(xlabel="points", ylabel="students", xlim=(0, points))
        ax.yaxis.get_major_locator().set_params(integer=True)

    return picture(draw, f"Histogram of the scores of {len(scores)} students.")


def parts(found: list[TestStatistics]) -> Markup:
    """Draw for each test the share of students who passed it; hidden ones have another color and form."""

    def draw(ax: Axes) -> None:
        names = [each.test.name for each in found]
        colors = [ORANGE if each.test.hidden else BLUE for each in found]
        bars = ax.barh(names, [100 * each.passed for each in found], color=colors, height=0.7)
        for bar, each in zip(bars, found, strict=True):
            bar.set_hatch("///" if each.test.hidden else "")
        ax.invert_yaxis()
        ax.set(xlabel="% of students with all points", xlim=(0, 100))
        ax.tick_params(axis="y", length=0, labelsize=8)

    alt = "Bars: the share of students with all points of each test, as in the table; hidden ones hatched."
    return picture(draw, alt, height=0.6 + 0.2 * len(found))


def hand_ins(times: list[datetime], due: datetime | None) -> Markup:
    """Draw how many had handed in by when."""

    def draw(ax: Axes) -> None:
        ordered = sorted(times)
        ax.step([ordered[0], *ordered], range(len(ordered) + 1), where="post", color=BLUE)
        if due is not None:
            ax.axvline(due, color=ORANGE, linestyle="--")
            ax.annotate("due", (due, ax.get_ylim()[1]), color=ORANGE, ha="right", va="top", rotation=90)
        locator = matplotlib.dates.AutoDateLocator(maxticks=6)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(matplotlib.dates.ConciseDateFormatter(locator))
        ax.set(ylabel="handed in (last version)")

    return picture(draw, f"Steps: how many of {len(times)} notebooks had been handed in by when.")
