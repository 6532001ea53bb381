"""Figures: images, kernels, feature maps, confusion matrices, training curves and one convolution by numbers.

Every function draws on one Matplotlib ``Axes`` and returns it. Without ``ax`` it makes a figure at most
6 inches wide; it never shows the figure, and only `style` changes Matplotlib's settings. The background is
transparent, and text and lines are a grey of equal contrast on white and on a dark page. Numbers, marks and
lightness carry the message, hue alone never does. ``INPUT``, ``WEIGHTS``, ``OUTPUT``, ``GRADIENT`` and
``UNUSED`` are the colors of what these names say.
"""

from cnnlib.show.book_style import style
from cnnlib.show.by_numbers import convolution, numbers
from cnnlib.show.pictures import feature_maps, images, kernels
from cnnlib.show.roles import GRADIENT, INPUT, OUTPUT, UNUSED, WEIGHTS
from cnnlib.show.training import confusion_matrix, history

__all__ = [
    "GRADIENT",
    "INPUT",
    "OUTPUT",
    "UNUSED",
    "WEIGHTS",
    "confusion_matrix",
    "convolution",
    "feature_maps",
    "history",
    "images",
    "kernels",
    "numbers",
    "style",
]
