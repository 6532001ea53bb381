"""Small test images and small networks for them, made directly with onnx: nothing is trained or exported."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TEST, TRAIN = 600, 400
CHANNELS = "rgb"


def write_images(path: Path, test: int = TEST, noise: float = 14.0) -> Path:
    """Write images of ten classes: each channel is as bright as the label says, with noise of its own.

    A network that looks at one channel is right about two times in three, and networks that look at different
    channels err on different images.
    """
    draw = np.random.default_rng(3)
    arrays = {}
    for split, count in (("train", TRAIN), ("test", test)):
        labels = np.arange(count) % 10
        level = 20 + 22 * labels[:, None] + draw.normal(0, noise, (count, 3))
        images = np.broadcast_to(level[:, None, None, :], (count, 32, 32, 3))
        arrays[f"{split}_images"] = np.clip(np.round(images), 0, 255).astype(np.uint8)
        arrays[f"{split}_labels"] = labels.astype(np.uint8)
    np.savez(path, **arrays)
    return path


def centers(images: Path) -> np.ndarray:
    """The mean of each class over the standardized training images, shape (10, 3)."""
    import cnnlib

    loaders = cnnlib.load(str(images), batch_size=TRAIN)
    x, y = next(iter(loaders.train))
    means = x.mean(dim=(2, 3))
    return np.stack([means[y == label].mean(dim=0).numpy() for label in range(10)])


def nearest(means: np.ndarray, channels: str = CHANNELS, noise: float = 0.0, seed: int = 0) -> tuple:
    """Weights (10, 3) and bias (10,) that choose the class whose mean is nearest in the given channels."""
    used = means * [channel in channels for channel in CHANNELS]
    weights = used + np.random.default_rng(seed).normal(0, noise, used.shape) if noise else used
    return weights.astype(np.float32), (-0.5 * (used**2).sum(axis=1)).astype(np.float32)


def network(
    weights: np.ndarray,
    bias: np.ndarray,
    *,
    before: list | None = None,
    start: str = "images",
    more: dict[str, np.ndarray] | None = None,
    shape: tuple = ("N", 3, 32, 32),
    name: str = "g",
) -> onnx.ModelProto:
    """Average over the image, then a linear layer; `before` are nodes that make `start` of the input."""
    nodes = [
        *(before or []),
        helper.make_node("GlobalAveragePool", [start], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("Gemm", ["flat", "weight", "bias"], ["scores"], transB=1),
    ]
    arrays = {"weight": weights, "bias": bias, **(more or {})}
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ("N", 10))],
        [numpy_helper.from_array(value, key) for key, value in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model


def padded(weights: np.ndarray, bias: np.ndarray, parameters: int) -> onnx.ModelProto:
    """The same network with a 1x1 convolution chain that changes nothing and costs about `parameters`."""
    width = max(3, (parameters - len(bias) - weights.size) // 6)
    there = np.zeros((width, 3, 1, 1), np.float32)
    there[:3, :, 0, 0] = np.eye(3)
    back = np.ascontiguousarray(there.transpose(1, 0, 2, 3))
    nodes = [
        helper.make_node("AveragePool", ["images"], ["small"], kernel_shape=[32, 32]),
        helper.make_node("Conv", ["small", "there"], ["wide"]),
        helper.make_node("Conv", ["wide", "back"], ["start"]),
    ]
    return network(weights, bias, before=nodes, start="start", more={"there": there, "back": back})


def save(model: onnx.ModelProto, path: Path) -> Path:
    """Write a model below folders that may not exist yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())
    return path
