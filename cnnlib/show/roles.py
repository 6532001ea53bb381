"""One color for each role, in every figure of the book; each at least 3 : 1 on white and on a dark page."""

from __future__ import annotations

__all__ = ["GRADIENT", "INPUT", "OUTPUT", "UNUSED", "WEIGHTS"]

INPUT = "#2678b8"  # blue: input, data
WEIGHTS = "#8a5cc2"  # violet: weights, kernel, filter
OUTPUT = "#b8620f"  # orange: output, feature map
UNUSED = "#7a7a7a"  # gray: padding, dropped, not used
GRADIENT = "#16857d"  # teal
