"""Check a network that was handed in as text, as `cnnlib.challenge.as_text` gives it."""

from __future__ import annotations

from typing import Any

from cnnlib import challenge
from cnnlib.challenge.rules import CLASSES


def faults(text: Any, images: int, seed: int, most: int, least: float, hint: str) -> list[str]:
    """Say why the network in a text cannot be scored, or that it is not good enough; print its score.

    Parameters
    ----------
    text : str
    images, seed : int
        How many new images of `shapes10` to score it on, and their seed.
    most : int
        Parameters that the file may hold.
    least : float
        The share of the images that it must name rightly.
    hint : str
        What to ask if it names fewer.
    """
    try:
        # Looked up at each call: a grader lets another process read a student's file.
        parameters, accuracy = challenge.score_drawn(text, images=images, seed=seed, most=most)
    except ValueError as error:
        return [f"The model cannot be scored. {error}"]
    low, high = challenge.wilson(round(images * accuracy), images)
    print(
        f"{parameters:,} parameters, {accuracy:.1%} of {images} new images right "
        f"(95% interval {low:.1%} to {high:.1%})"
    )
    if accuracy >= least:
        return []
    guessing = (
        f"The network names {accuracy:.1%} of {images} new images rightly; guessing gives {1 / CLASSES:.0%}."
    )
    return [f"{guessing} {hint}"]
