"""The embedded data set: ten kinds of shapes, 32 x 32 pixels in color, drawn by code.

Every image is a filled shape of random light color, place, size and tilt, on a darker, shaded background with
two strokes behind it and noise over everything. The bytes are the same on every machine and with every NumPy;
`cnnlib.data.drawing` says why.
"""

from __future__ import annotations

import numpy as np

from cnnlib.data import drawing
from cnnlib.data.drawing import FRACTION

CLASSES = drawing.SHAPES
SIZE = 32  # height and width of an image in pixels

_TRAIN, _TEST = 10_000, 2_000
_TRAIN_SEED, _TEST_SEED = 10, 11

_TILT = 8  # the largest angle of a shape, in 1/64 turns: 45 degrees to either side

_PARAMETERS = 28  # 16-bit random numbers for one image, apart from its noise; a multiple of 4
_WORDS = _PARAMETERS // 4 + 2 * SIZE * SIZE * 3 // 8  # 64-bit words that one image uses
_CHUNK = 100  # images drawn at once: few enough to stay in the processor's cache


def load() -> dict[str, np.ndarray]:
    """Draw the data set.

    Returns
    -------
    dict[str, ndarray]
        ``train_images`` (10000, 32, 32, 3) and ``test_images`` (2000, 32, 32, 3), uint8, and
        ``train_labels`` (10000,) and ``test_labels`` (2000,), uint8 indices into `CLASSES`. Every class
        has the same number of images.
    """
    train_images, train_labels = draw(_TRAIN, _TRAIN_SEED)
    test_images, test_labels = draw(_TEST, _TEST_SEED)
    return {
        "train_images": train_images,
        "train_labels": train_labels,
        "test_images": test_images,
        "test_labels": test_labels,
    }


def draw(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw `count` images; image ``i`` shows class ``i % 10`` and depends on `seed` and ``i`` alone.

    Parameters
    ----------
    count : int
        Number of images.
    seed : int
        Non-negative; different seeds give different images.

    Returns
    -------
    images : ndarray, shape (count, 32, 32, 3), uint8
    labels : ndarray, shape (count,), uint8
    """
    source = np.random.PCG64(seed)
    stencils = np.stack([drawing.stencil(name) for name in CLASSES])
    labels = np.arange(count) % len(CLASSES)
    images = np.empty((count, SIZE, SIZE, 3), dtype=np.uint8)
    for start in range(0, count, _CHUNK):
        chunk = labels[start : start + _CHUNK]
        words = source.random_raw(len(chunk) * _WORDS).reshape(len(chunk), _WORDS).astype("<u8")
        images[start : start + _CHUNK] = _draw_chunk(chunk, words, stencils)
    return images, labels.astype(np.uint8)


def _draw_chunk(labels: np.ndarray, words: np.ndarray, stencils: np.ndarray) -> np.ndarray:
    split = _PARAMETERS // 4
    numbers = drawing.Numbers(np.ascontiguousarray(words[:, :split]).view("<u2").astype(np.int32))
    noise = np.ascontiguousarray(words[:, split:]).view(np.uint8).reshape(len(labels), 2, 3, SIZE, SIZE)

    # Of four random colors the darkest is the background's and the lightest the shape's, so that a person
    # sees the shape and a linear model does better than chance.
    colors = numbers.below(256, 12).reshape(-1, 4, 3)
    order = colors.sum(axis=2).argsort(axis=1, kind="stable")
    dark, *middle, light = (colors[np.arange(len(labels)), order[:, rank]] for rank in range(4))
    # Channels first, so that NumPy's inner loops run along rows of 32 and not along 3 channels.
    image = drawing.shaded(dark, numbers, SIZE)
    for color in middle:
        drawing.blend(image, drawing.stroke(numbers, SIZE), color)
    angle = numbers.between(-_TILT, _TILT + 1)
    radius = numbers.between(8 * FRACTION, 14 * FRACTION)
    room = 2 * (SIZE * FRACTION // 2 - radius)  # keeps the unit circle inside the image
    column = numbers.below(room) - room // 2
    row = numbers.below(room) - room // 2
    covered = drawing.shape(stencils[labels], angle, radius, column, row, SIZE)
    drawing.blend(image, covered, light)
    return drawing.add_noise(image, noise, numbers.between(24, 72))
