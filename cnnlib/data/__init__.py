"""Image data sets as batches of standardized tensors, augmented a whole batch at a time."""

from cnnlib.data.loaders import Loader, Loaders, denormalize, load

__all__ = ["Loader", "Loaders", "denormalize", "load"]
