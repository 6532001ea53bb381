"""Drawn scenes for segmentation and detection: one to four shapes, 48 x 48 pixels in color, masks and boxes.

Each scene has a shaded, dark background with three strokes, one to four filled shapes of five kinds and of
random lighter color, place, size and tilt, and noise over everything. Shapes may hide parts of each other,
but the middles of two lie at least three quarters of the sum of their radii apart. The bytes are the same on
every machine and with every NumPy; `cnnlib.data.drawing` says why.
"""

from __future__ import annotations

import math

import numpy as np

from cnnlib.data import drawing
from cnnlib.data.drawing import FRACTION

__all__ = ["CLASSES", "OBJECTS", "SIZE", "draw", "load"]

CLASSES = ("background", "circle", "square", "triangle", "cross", "ring")
SIZE = 48  # height and width of an image in pixels
OBJECTS = 4  # the most objects in a scene

_SPLITS = {"train": (2_000, 20), "val": (400, 21), "test": (600, 22)}  # number of scenes, seed
_TILT = 8  # the largest angle of a shape, in 1/64 turns: 45 degrees to either side
_PLACES = 8  # places tried for an object; where none is free, the scene has one object less
_STROKES = 3
_COLORS = 2 + OBJECTS  # the background's, the strokes', one for each object

# 16-bit random numbers for one scene, apart from its noise, rounded up to whole 64-bit words.
_PARAMETERS = 3 * _COLORS + 2 + 4 * _STROKES + 1 + OBJECTS * (3 + 2 * _PLACES) + 1
_PARAMETER_WORDS = math.ceil(_PARAMETERS / 4)
_WORDS = _PARAMETER_WORDS + 2 * SIZE * SIZE * 3 // 8
_CHUNK = 100  # scenes drawn at once: few enough to stay in the processor's cache


def load(labels: str = "masks") -> dict[str, np.ndarray]:
    """Draw the data set: 2,000 scenes to train on, 400 to validate, 600 to test.

    Parameters
    ----------
    labels : {"masks", "instances", "boxes"}
        Which of the answers of `draw` become the labels.

    Returns
    -------
    dict[str, ndarray]
        ``train_images``, ``train_labels``, ``val_images``, ``val_labels``, ``test_images``, ``test_labels``.
    """
    arrays = {}
    for split, (count, seed) in _SPLITS.items():
        scenes = draw(count, seed)
        arrays[f"{split}_images"] = scenes["images"]
        arrays[f"{split}_labels"] = scenes[labels]
    return arrays


def draw(count: int, seed: int) -> dict[str, np.ndarray]:
    """Draw `count` scenes; scene ``i`` depends on `seed` and ``i`` alone.

    Parameters
    ----------
    count : int
        Number of scenes.
    seed : int
        Non-negative; different seeds give different scenes.

    Returns
    -------
    dict[str, ndarray]
        ``images``, shape (count, 48, 48, 3).
        ``masks``, shape (count, 48, 48): the class of each pixel, an index into `CLASSES`.
        ``instances``, shape (count, 48, 48): 0 at the background, ``k`` at the object of row ``k - 1`` of the
        boxes. A pixel is an object's if at least half of it is covered.
        ``boxes``, shape (count, 4, 5): a row ``x0, y0, x1, y1, class`` for each object, from the lowest layer
        to the top one. Its visible pixels lie in columns ``x0`` to ``x1 - 1`` and rows ``y0`` to ``y1 - 1``,
        and touch all four sides of the box. Rows of zeros follow where there are fewer than four objects.
        All are uint8.
    """
    source = np.random.PCG64(seed)
    stencils = np.stack([drawing.stencil(name) for name in CLASSES[1:]])
    scenes = {
        "images": np.empty((count, SIZE, SIZE, 3), dtype=np.uint8),
        "masks": np.empty((count, SIZE, SIZE), dtype=np.uint8),
        "instances": np.empty((count, SIZE, SIZE), dtype=np.uint8),
        "boxes": np.empty((count, OBJECTS, 5), dtype=np.uint8),
    }
    for start in range(0, count, _CHUNK):
        few = min(_CHUNK, count - start)
        words = source.random_raw(few * _WORDS).reshape(few, _WORDS).astype("<u8")
        images, instances, kinds = _draw_chunk(words, stencils)
        here = slice(start, start + few)
        scenes["images"][here] = images
        scenes["instances"][here] = instances
        scenes["masks"][here] = np.take_along_axis(kinds, instances.reshape(few, -1), axis=1).reshape(
            instances.shape
        )
        scenes["boxes"][here] = _boxes(instances, kinds[:, 1:])
    return scenes


def _draw_chunk(words: np.ndarray, stencils: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give images, instances and the class of each instance, shape (N, 5), the background's first."""
    count = len(words)
    numbers = drawing.Numbers(np.ascontiguousarray(words[:, :_PARAMETER_WORDS]).view("<u2").astype(np.int32))
    noise = np.ascontiguousarray(words[:, _PARAMETER_WORDS:]).view(np.uint8).reshape(count, 2, 3, SIZE, SIZE)

    # The darkest of six random colors is the background's and the next one the strokes', as in shapes10.
    colors = numbers.below(256, 3 * _COLORS).reshape(count, _COLORS, 3)
    order = colors.sum(axis=2).argsort(axis=1, kind="stable")
    colors = np.take_along_axis(colors, order[:, :, None], axis=1)
    image = drawing.shaded(colors[:, 0], numbers, SIZE)
    for _ in range(_STROKES):
        drawing.blend(image, drawing.stroke(numbers, SIZE), colors[:, 1])

    wanted = 1 + numbers.below(OBJECTS)[:, 0]
    instances = np.zeros((count, SIZE, SIZE), dtype=np.uint8)
    kinds = np.zeros((count, 1 + OBJECTS), dtype=np.uint8)
    placed: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    objects = np.zeros(count, dtype=np.int64)
    for turn in range(OBJECTS):
        kind = numbers.below(len(stencils))[:, 0]
        angle = numbers.between(-_TILT, _TILT + 1)
        radius = numbers.between(6 * FRACTION, 12 * FRACTION)
        room = 2 * (SIZE * FRACTION // 2 - radius)  # keeps the unit circle inside the image
        columns = numbers.below(room, _PLACES) - room // 2
        rows = numbers.below(room, _PLACES) - room // 2
        free = np.ones((count, _PLACES), dtype=bool)
        for there, column, row, other in placed:
            distance = (columns - column) ** 2 + (rows - row) ** 2
            free &= ~there | (16 * distance >= 9 * (radius + other) ** 2)
        first = free.argmax(axis=1)[:, None]
        column, row = np.take_along_axis(columns, first, axis=1), np.take_along_axis(rows, first, axis=1)
        there = (free.any(axis=1) & (turn < wanted))[:, None]
        placed.append((there, column, row, radius))
        covered = drawing.shape(stencils[kind], angle, radius, column, row, SIZE) * there[:, :, None]
        drawing.blend(image, covered, colors[:, 2 + turn])
        objects += there[:, 0]
        kinds[there[:, 0], objects[there[:, 0]]] = kind[there[:, 0]] + 1
        instances = np.where(covered >= 2, objects[:, None, None], instances).astype(np.uint8)
    return drawing.add_noise(image, noise, numbers.between(24, 72)), instances, kinds


def _boxes(instances: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Give the tight box of each instance's pixels with its class, shape (N, 4, 5)."""
    boxes = np.zeros((len(instances), OBJECTS, 5), dtype=np.uint8)
    for k in range(OBJECTS):
        pixels = instances == k + 1
        there = kinds[:, k] > 0
        for axis, (low, high) in ((1, (0, 2)), (2, (1, 3))):
            seen = pixels.any(axis=axis)
            boxes[:, k, low] = np.where(there, seen.argmax(axis=1), 0)
            boxes[:, k, high] = np.where(there, SIZE - seen[:, ::-1].argmax(axis=1), 0)
        boxes[:, k, 4] = kinds[:, k]
    return boxes
