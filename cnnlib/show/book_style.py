"""Matplotlib's settings for figures as in the book; ``book.mplstyle`` holds them."""

from __future__ import annotations

import sys

__all__ = ["style"]


def style() -> None:
    """Let figures look as in the book: legible on light and dark ground, in notebooks as SVG and as PNG.

    Sites show the SVG; Jupyter, Colab and GitHub show the PNG where they do not trust a notebook's SVG.
    """
    import matplotlib.pyplot as plt

    plt.style.use("cnnlib.show.book")
    if "IPython" in sys.modules:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", "png", metadata={"Date": None})
