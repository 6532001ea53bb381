"""Make book/_static/widgets/photo.mjs: a gray picture of 64 by 64 pixels, a portrait of Grace Hopper.

Source: ``grace_hopper.jpg`` in matplotlib's sample data, which is in the public domain (matplotlib's pull
request 1599, "Ada Lovelace and Grace Murray Hopper images in place of Lena").

    python tests/widgets/make_photo.py
"""

import base64
from pathlib import Path

import matplotlib.cbook
import numpy as np
from PIL import Image

MODULE = Path(__file__).parents[2] / "book/_static/widgets/photo.mjs"
SIZE = 64
# left, top, right, bottom: 384 pixels a side, so that each small pixel is the mean of 36
CROP = (110, 20, 494, 404)


def crop_portrait() -> np.ndarray:
    """Return the picture, uint8, shape (64, 64)."""
    with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file, Image.open(file) as portrait:
        gray = portrait.convert("L").crop(CROP)
        return np.asarray(gray.resize((SIZE, SIZE), Image.Resampling.BOX))


def read_module() -> np.ndarray:
    """Return the picture stored in the module, uint8, shape (64, 64)."""
    text = MODULE.read_text()
    encoded = text.split('"')[1]
    return np.frombuffer(base64.b64decode(encoded), np.uint8).reshape(SIZE, SIZE)


def main() -> None:
    encoded = base64.b64encode(crop_portrait().tobytes()).decode()
    MODULE.write_text(
        "// Made by tests/widgets/make_photo.py: Grace Hopper, 64 by 64 pixels cropped from matplotlib's\n"
        "// sample grace_hopper.jpg (public domain). One byte a pixel, row by row, 0 black to 255 white.\n"
        f'const encoded = "{encoded}";\n'
        f"export const size = {SIZE};\n"
        "const bytes = atob(encoded);\n"
        "export const photo = Array.from({ length: size }, (_, row) =>\n"
        "  Array.from(bytes.slice(row * size, (row + 1) * size), (c) => c.charCodeAt(0)));\n"
    )


if __name__ == "__main__":
    main()
