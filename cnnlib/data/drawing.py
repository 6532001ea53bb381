"""Shapes, strokes, shade and noise in integer arithmetic: what is drawn is the same on every machine.

* All randomness is PCG64's raw 64-bit words, cut into smaller integers; for a fixed seed NumPy guarantees the
  words (https://numpy.org/doc/stable/reference/random/bit_generators/pcg64.html).
* Everything after that is integer arithmetic. The only floats are 64 sines, rounded to integers; none of
  them lies close enough to a rounding boundary for the last bits of ``math.sin`` to matter.
"""

from __future__ import annotations

import math

import numpy as np

SHAPES = ("circle", "square", "triangle", "bar", "cross", "star", "ring", "crescent", "heart", "arrow")

FRACTION = 64  # lengths are integers in units of 1/64 pixel
_ANGLES = 64  # angles are integers in units of 1/64 turn
_SINE = np.array([round(math.sin(2 * math.pi * k / _ANGLES) * 1024) for k in range(_ANGLES)], dtype=np.int32)
_STENCIL = 128  # height and width of a stencil: the shape at angle 0, as large as its unit circle
_SAMPLES = 2  # samples a pixel along each axis, for smooth edges


class Numbers:
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


def cosine_sine(angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give cosine and sine of `angle` (in 1/64 turns) times 1024."""
    return _SINE[(angle + _ANGLES // 4) % _ANGLES], _SINE[angle % _ANGLES]


def centers(size: int, samples: int) -> np.ndarray:
    """Give the places of `samples` points a pixel along one axis, in 1/64 pixel from the image's middle."""
    step = FRACTION // samples
    return np.arange(size * samples, dtype=np.int32) * step + step // 2 - size * FRACTION // 2


def rotated(
    angle: np.ndarray, column: np.ndarray, row: np.ndarray, size: int, samples: int
) -> tuple[np.ndarray, np.ndarray]:
    """Give every sample point's coordinates (times 1024) in a frame turned by `angle` about (column, row)."""
    cosine, sine = cosine_sine(angle)
    x = centers(size, samples)[None] - column
    y = centers(size, samples)[None] - row
    along = (cosine * x)[:, None, :] + (sine * y)[:, :, None]
    across = (cosine * y)[:, :, None] - (sine * x)[:, None, :]
    return along, across


def shaded(color: np.ndarray, numbers: Numbers, size: int) -> np.ndarray:
    """Give a background whose brightness grows along a random direction, shape (N, 3, size, size)."""
    nothing = np.zeros_like(color[:, :1])
    along, _ = rotated(numbers.below(_ANGLES), nothing, nothing, size, samples=1)
    slope = numbers.below(64)[:, :, None]  # the change across half the image
    shade = (along >> 10) * slope // (size * FRACTION // 2)
    return np.clip(color.astype(np.int16)[:, :, None, None] + shade[:, None].astype(np.int16), 0, 255)


def stroke(numbers: Numbers, size: int) -> np.ndarray:
    """Give where a short stroke covers the image: 0 or 4 quarters of a pixel, shape (N, size, size)."""
    angle = numbers.below(_ANGLES)
    column = numbers.below(size * FRACTION) - size * FRACTION // 2
    row = numbers.below(size * FRACTION) - size * FRACTION // 2
    length = numbers.between(3 * FRACTION, 9 * FRACTION)[:, :, None]
    along, across = rotated(angle, column, row, size, samples=1)
    inside = (np.abs(along) >> 10 < length) & (np.abs(across) >> 10 < FRACTION * 3 // 4)
    return inside.astype(np.int16) * 4


def shape(
    stencils: np.ndarray,
    angle: np.ndarray,
    radius: np.ndarray,
    column: np.ndarray,
    row: np.ndarray,
    size: int,
) -> np.ndarray:
    """Give how many of a pixel's four samples each shape covers.

    Parameters
    ----------
    stencils : ndarray, shape (N, 128, 128), uint8
        What `stencil` gives, one for each image.
    angle : ndarray, shape (N, 1)
        In 1/64 turns.
    radius, column, row : ndarray, shape (N, 1)
        The unit circle's radius and its middle's place from the image's middle, in 1/64 pixel.
    size : int
        The image's height and width in pixels.

    Returns
    -------
    ndarray, shape (N, size, size), int16
        0 to 4.
    """
    along, across = rotated(angle, column, row, size, _SAMPLES)
    # Once an image, not once a pixel: stencil cells per 1/64 pixel, times 2**20. |along| < 2**22.
    scale = ((_STENCIL // 2 << 20) // (radius * 1024))[:, :, None]
    cell_x = np.clip((along >> 6) * scale >> 14, -_STENCIL // 2, _STENCIL // 2 - 1) + _STENCIL // 2
    cell_y = np.clip((across >> 6) * scale >> 14, -_STENCIL // 2, _STENCIL // 2 - 1) + _STENCIL // 2
    offset = np.arange(len(stencils), dtype=np.int32)[:, None, None] * _STENCIL**2
    inside = stencils.ravel().take(offset + cell_y * _STENCIL + cell_x)
    rows = inside[:, ::2] + inside[:, 1::2]
    return (rows[:, :, ::2] + rows[:, :, 1::2]).astype(np.int16)


def blend(image: np.ndarray, quarters: np.ndarray, color: np.ndarray) -> None:
    """Paint `color` over `image` in place where `quarters` (0 to 4) says how much of each pixel."""
    color = color.astype(image.dtype)[:, :, None, None]
    image += (quarters[:, None] * (color - image) + 2) >> 2


def add_noise(image: np.ndarray, noise: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Add triangular noise around 0, the sum of two uniform bytes, and give uint8 images with channels last.

    Parameters
    ----------
    image : ndarray, shape (N, 3, H, W), int16
    noise : ndarray, shape (N, 2, 3, H, W), uint8
    strength : ndarray, shape (N, 1)
        The largest change is about this many gray levels.

    Returns
    -------
    ndarray, shape (N, H, W, 3), uint8
    """
    strength = strength[:, :, None, None].astype(np.int16)  # 255 * 128 fits in 16 bits
    image = image + ((noise[:, 0].astype(np.int16) + noise[:, 1] - 255) * strength >> 8)
    return np.clip(image, 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)


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


def stencil(name: str) -> np.ndarray:
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
        raise ValueError(f"There is no shape {name!r}; the shapes are {', '.join(SHAPES)}.")
    return inside.astype(np.uint8)


def _inside_polygon(x: np.ndarray, y: np.ndarray, corners: list[tuple[int, int]]) -> np.ndarray:
    """Tell which points lie inside a polygon: an odd number of its edges lies to their right."""
    inside = np.zeros(np.broadcast_shapes(x.shape, y.shape), dtype=bool)
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        crosses = (y0 > y) != (y1 > y)
        side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        inside ^= crosses & ((side > 0) == (y1 > y0))
    return inside
