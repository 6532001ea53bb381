"""Measures of what students design themselves, within conditions: configurations, networks, submissions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnnlib import autoencoding
from cnnlib.check import configurations, receptive_fields, submissions
from cnnlib.check.functions import written


def stages(answer: Any, /, depth: int, channels: Sequence[int], dense: int) -> list[str]:
    """Say so if pairs (convolutions, channels) have other channels or, with dense layers, another depth."""
    name, pairs = written(answer, [depth]), answer(depth)
    if not isinstance(pairs, list | tuple) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs
    ):
        return [f"{name} returned {pairs!r}, expected a list of {len(channels)} pairs."]
    numbers, widths = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if widths != list(channels):
        return [
            f"{name} has the channels {widths}, expected {list(channels)}. "
            "A pair is (convolutions, channels)."
        ]
    if sum(numbers) + dense != depth:
        total = sum(numbers) + dense
        return [f"{name} has {sum(numbers)} convolutions; with the {dense} dense layers that makes {total}."]
    return []


def configuration(
    answer: Any,
    /,
    input_shape: Sequence[int],
    classes: int,
    least: Mapping[str, int],
    most: Mapping[str, int],
) -> list[str]:
    """Say which conditions the configuration that `answer` returns does not meet; see `configurations`."""
    layers = configurations.read(answer())
    if isinstance(layers, str):
        return [f"{written(answer, [])} {layers}"]
    if configurations.read(answer()) != layers:
        return [f"{written(answer, [])} returns another list each time it is called."]
    return configurations.faults(layers, input_shape, classes, least, most)


def receptive_field(answer: Any, /, wanted: Mapping[str, Any], side: int) -> list[str]:
    """Say which conditions the network that `answer` returns does not meet; see `receptive_fields.faults`."""
    return receptive_fields.faults(answer(), wanted, side)


def submitted(
    answer: Any, /, images: int, seed: int, most: int, least: float, missing: str, hint: str
) -> list[str]:
    """Say what is wrong with the network that the answer gives as text; see `submissions.faults`.

    If there is none yet, that is `missing`.
    """
    text, faults = _handed_in(answer, missing)
    return faults or submissions.faults(text, images, seed, most, least, hint)


def reconstructed(
    answer: Any, /, images: int, seed: int, code: int, most: int, error: float, missing: str
) -> list[str]:
    """Say what is wrong with the autoencoder that the answer gives as text; see `autoencoding.score`.

    Parameters
    ----------
    images, seed, code, most : int
    error : float
        The largest mean squared error that is enough.
    missing : str
        What to say if there is no text yet.
    """
    text, faults = _handed_in(answer, missing)
    if faults:
        return faults
    try:
        numbers, size, found = autoencoding.score(text, images=images, seed=seed, code=code, most=most)
    except ValueError as fault:
        return [f"The autoencoder cannot be scored. {fault}"]
    print(f"{numbers:,} numbers, a code of {size}, mean squared error {found:.3f} on {images} new images")
    if found <= error:
        return []
    return [f"The mean squared error is {found:.3f} on {images} new images, expected {error:g} or less."]


def _handed_in(answer: Any, missing: str) -> tuple[str, list[str]]:
    """Give the text that an answer returns, and what is wrong: `missing` if nothing is there yet."""
    try:
        text = answer()
    except NotImplementedError:
        text = ""
    if not isinstance(text, str):
        return "", [f"{written(answer, [])} returned {type(text).__name__}, expected text."]
    return text, [] if text.strip() else [missing]
