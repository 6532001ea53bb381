"""The embedded data set: ten kinds of shapes, 32 x 32 pixels in color, drawn by code.

Every image is a filled shape of random light color, place, size and tilt, on a darker, shaded background with
two strokes behind it and noise over everything. The bytes are the same on every machine and with every NumPy:

* all randomness is PCG64's raw 64-bit words, cut into smaller integers; for a fixed seed NumPy guarantees the
  words (https://numpy.org/doc/stable/reference/random/bit_generators/pcg64.html);
* everything after that is integer arithmetic. The only floats are 64 sines, rounded to integers; none of
  them lies close enough to a rounding boundary for the last bits of ``math.sin`` to matter.
"""

from __future__ import annotations

import math

import numpy as np

CLASSES = ("circle", "square", "triangle", "bar", "cross", "star", "ring", "crescent", "heart", "arrow")
SIZE = 32  # height and width of an image in pixels

_TRAIN, _TEST = 10_000, 2_000
_TRAIN_SEED, _TEST_SEED = 10, 11

_FRACTION = 64  # lengths are integers in units of 1/64 pixel
_ANGLES = 64  # angles are integers in units of 1/64 turn
_SINE = np.array([round(math.sin(2 * math.pi * k / _ANGLES) * 1024) for k in range(_ANGLES)], dtype=np.int32)
_STENCIL = 128  # height and width of a stencil: the shape at angle 0, as large as its unit circle
_TILT = 8  # the largest angle of a shape, in 1/64 turns: 45 degrees to either side
_SAMPLES = 2  # samples a pixel along each axis, for smooth edges

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
    stencils = np.stack([_stencil(name) for name in CLASSES])
    labels = np.arange(count) % len(CLASSES)
    images = np.empty((count, SIZE, SIZE, 3), dtype=np.uint8)
    for start in range(0, count, _CHUNK):
        chunk = labels[start : start + _CHUNK]
        words = source.random_raw(len(chunk) * _WORDS).reshape(len(chunk), _WORDS).astype("<u8")
        images[start : start + _CHUNK] = _draw_chunk(chunk, words, stencils)
    return images, labels.astype(np.uint8)


def _draw_chunk(labels: np.ndarray, words: np.ndarray, stencils: np.ndarray) -> np.ndarray:
    split = _PARAMETERS // 4
    numbers = _Numbers(np.ascontiguousarray(words[:, :split]).view("<u2").astype(np.int32))
    noise = np.ascontiguousarray(words[:, split:]).view(np.uint8).reshape(len(labels), 2, 3, SIZE, SIZE)

    # Of four random colors the darkest is the background's and the lightest the shape's, so that a person
    # sees the shape and a linear model does better than chance.
    colors = numbers.below(256, 12).reshape(-1, 4, 3)
    order = colors.sum(axis=2).argsort(axis=1, kind="stable")
    dark, *middle, light = (colors[np.arange(len(labels)), order[:, rank]] for rank in range(4))
    # Channels first, so that NumPy's inner loops run along rows of 32 and not along 3 channels.
    image = _shaded(dark, numbers)
    for color in middle:
        _blend(image, _stroke(numbers), color)
    _blend(image, _shape(labels, stencils, numbers), light)

    strength = numbers.between(24, 72)[:, :, None, None].astype(np.int16)  # 255 * 72 fits in 16 bits
    # The sum of two uniform bytes: triangular noise around 0.
    image += (noise[:, 0].astype(np.int16) + noise[:, 1] - 255) * strength >> 8
    return np.clip(image, 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)


class _Numbers:
    """Hands out the columns of an array of random 16-bit numbers as integers in a range."""

    def __init__(self, columns: np.ndarray) -> None:
        self._columns = columns
        self._used = 0

    def below(self, bound: int | np.ndarray, count: int = 1) -> np.ndarray:
        """Give integers in [0, bound), shape (N, count)."""
        taken = self._columns[:, self._used : self._used + count]
        if taken.shape[1] != count:
            raise AssertionError("an image uses more random numbers than it is given")
        self._used += count
        return taken * bound >> 16

    def between(self, low: int, high: int) -> np.ndarray:
        """Give integers in [low, high), shape (N, 1)."""
        return low + self.below(high - low)


def _cosine_sine(angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give cosine and sine of `angle` (in 1/64 turns) times 1024."""
    return _SINE[(angle + _ANGLES // 4) % _ANGLES], _SINE[angle % _ANGLES]


def _centers(samples: int) -> np.ndarray:
    """Give the places of `samples` points a pixel along one axis, in 1/64 pixel from the image's middle."""
    step = _FRACTION // samples
    return np.arange(SIZE * samples, dtype=np.int32) * step + step // 2 - SIZE * _FRACTION // 2


def _rotated(
    angle: np.ndarray, column: np.ndarray, row: np.ndarray, samples: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give every sample point's coordinates (times 1024) in a frame turned by `angle` about (column, row)."""
    cosine, sine = _cosine_sine(angle)
    x = _centers(samples)[None] - column
    y = _centers(samples)[None] - row
    along = (cosine * x)[:, None, :] + (sine * y)[:, :, None]
    across = (cosine * y)[:, :, None] - (sine * x)[:, None, :]
    return along, across


def _shaded(color: np.ndarray, numbers: _Numbers) -> np.ndarray:
    """Give a background whose brightness grows along a random direction, shape (N, 3, 32, 32)."""
    nothing = np.zeros_like(color[:, :1])
    along, _ = _rotated(numbers.below(_ANGLES), nothing, nothing, samples=1)
    slope = numbers.below(64)[:, :, None]  # the change across half the image
    shade = (along >> 10) * slope // (SIZE * _FRACTION // 2)
    return np.clip(color.astype(np.int16)[:, :, None, None] + shade[:, None].astype(np.int16), 0, 255)


def _stroke(numbers: _Numbers) -> np.ndarray:
    """Give where a short stroke covers the image: 0 or 4 quarters of a pixel, shape (N, 32, 32)."""
    angle = numbers.below(_ANGLES)
    column = numbers.below(SIZE * _FRACTION) - SIZE * _FRACTION // 2
    row = numbers.below(SIZE * _FRACTION) - SIZE * _FRACTION // 2
    length = numbers.between(3 * _FRACTION, 9 * _FRACTION)[:, :, None]
    along, across = _rotated(angle, column, row, samples=1)
    inside = (np.abs(along) >> 10 < length) & (np.abs(across) >> 10 < _FRACTION * 3 // 4)
    return inside.astype(np.int16) * 4


def _shape(labels: np.ndarray, stencils: np.ndarray, numbers: _Numbers) -> np.ndarray:
    """Give how many of a pixel's four samples each shape covers, shape (N, 32, 32)."""
    angle = numbers.between(-_TILT, _TILT + 1)
    radius = numbers.between(8 * _FRACTION, 14 * _FRACTION)
    room = 2 * (SIZE * _FRACTION // 2 - radius)  # keeps the unit circle inside the image
    column = numbers.below(room) - room // 2
    row = numbers.below(room) - room // 2
    along, across = _rotated(angle, column, row, _SAMPLES)
    # Once an image, not once a pixel: stencil cells per 1/64 pixel, times 2**20. |along| < 2**22.
    scale = ((_STENCIL // 2 << 20) // (radius * 1024))[:, :, None]
    cell_x = np.clip((along >> 6) * scale >> 14, -_STENCIL // 2, _STENCIL // 2 - 1) + _STENCIL // 2
    cell_y = np.clip((across >> 6) * scale >> 14, -_STENCIL // 2, _STENCIL // 2 - 1) + _STENCIL // 2
    offset = labels.astype(np.int32)[:, None, None] * _STENCIL**2
    inside = stencils.ravel().take(offset + cell_y * _STENCIL + cell_x)
    rows = inside[:, ::2] + inside[:, 1::2]
    return (rows[:, :, ::2] + rows[:, :, 1::2]).astype(np.int16)


def _blend(image: np.ndarray, quarters: np.ndarray, color: np.ndarray) -> None:
    """Paint `color` over `image` in place where `quarters` (0 to 4) says how much of each pixel."""
    color = color.astype(image.dtype)[:, :, None, None]
    image += (quarters[:, None] * (color - image) + 2) >> 2


# --- stencils ------------------------------------------------------------------------------------------
# Corners on a grid where the unit circle has radius 128; x to the right, y down.
_POLYGONS = {
    "square": [(-88, -88), (88, -88), (88, 88), (-88, 88)],
    "triangle": [(0, -124), (108, 62), (-108, 62)],
    "bar": [(-120, -36), (120, -36), (120, 36), (-120, 36)],
    "cross": [
        *[(-38, -120), (38, -120), (38, -38), (120, -38), (120, 38), (38, 38)],
        *[(38, 120), (-38, 120), (-38, 38), (-120, 38), (-120, -38), (-38, -38)],
    ],
    "star": [
        *[(0, -126), (29, -40), (120, -39), (47, 15), (74, 102)],
        *[(0, 50), (-74, 102), (-47, 15), (-120, -39), (-29, -40)],
    ],
    "arrow": [(0, -124), (90, -10), (34, -10), (34, 118), (-34, 118), (-34, -10), (-90, -10)],
}


def _stencil(name: str) -> np.ndarray:
    """Draw the shape `name` at angle 0: 1 inside, 0 outside, uint8 (128, 128)."""
    axis = np.arange(_STENCIL, dtype=np.int64) * 2 - _STENCIL + 1  # odd, so never on a corner's row
    x, y = axis[None, :], axis[:, None]
    if name in _POLYGONS:
        inside = _inside_polygon(x, y, _POLYGONS[name])
    elif name == "circle":
        inside = x**2 + y**2 < 112**2
    elif name == "ring":
        inside = (x**2 + y**2 < 120**2) & (x**2 + y**2 > 64**2)
    elif name == "crescent":
        inside = (x**2 + y**2 < 124**2) & ((x - 58) ** 2 + y**2 > 104**2)
    elif name == "heart":
        # (x^2 + y^2 - r^2)^3 < x^2 y^3 with y up, shifted to sit in the middle of the unit circle.
        up = 14 - y
        inside = (x**2 + up**2 - 96**2) ** 3 < x**2 * up**3 * 96
    else:
        raise ValueError(f"There is no shape {name!r}; the shapes are {', '.join(CLASSES)}.")
    return inside.astype(np.uint8)


def _inside_polygon(x: np.ndarray, y: np.ndarray, corners: list[tuple[int, int]]) -> np.ndarray:
    """Tell which points lie inside a polygon: an odd number of its edges lies to their right."""
    inside = np.zeros(np.broadcast_shapes(x.shape, y.shape), dtype=bool)
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        crosses = (y0 > y) != (y1 > y)
        side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        inside ^= crosses & ((side > 0) == (y1 > y0))
    return inside
