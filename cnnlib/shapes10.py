"""The drawn data set `cnnlib.data.shapes10`, under the name by which exercises import it."""

from cnnlib.data.shapes10 import CLASSES, SIZE, draw, load

__all__ = ["CLASSES", "SIZE", "draw", "load"]
