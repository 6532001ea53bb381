"""Small ONNX models made by hand, honest ones and attacks, for the tests of the challenge."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from cnnlib.challenge import Inspection, inspect

PARAMETERS = 40  # of `model()`


def weights(*shape: int, seed: int = 0) -> np.ndarray:
    """Random float32 numbers, none like another."""
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def tensor(name: str, values: object, dtype: type = np.float32) -> TensorProto:
    """A tensor of float32 values, or of another NumPy type."""
    return numpy_helper.from_array(np.array(values, dtype=dtype), name)


def sizes(name: str, *values: int) -> TensorProto:
    """A list of int64."""
    return tensor(name, values, np.int64)


node = helper.make_node


def model(
    nodes: Sequence[onnx.NodeProto] = (),
    tensors: Sequence[TensorProto] = (),
    *,
    last: str = "linear",
    input_shape: Sequence = ("N", 3, 32, 32),
    opset: int = 20,
) -> onnx.ModelProto:
    """Global pooling and one linear layer, 40 parameters, then `nodes`, of which one gives `last`.

    The scores of the honest part are called ``linear``, shape (N, 10).
    """
    base = [
        node("GlobalAveragePool", ["images"], ["pooled"]),
        node("Flatten", ["pooled"], ["features"]),
        node("Gemm", ["features", "weight", "bias"], ["linear"], transB=1),
    ]
    graph = helper.make_graph(
        [*base, *nodes, node("Relu", [last], ["scores"])],
        "graph",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, input_shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", 10])],
        [tensor("weight", weights(10, 3, seed=1)), tensor("bias", weights(10, seed=2)), *tensors],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def write(proto: onnx.ModelProto, folder: Path) -> Path:
    """Write a model as it is, checks or not."""
    path = folder / "submission.onnx"
    path.write_bytes(proto.SerializeToString())
    return path


def look(proto: onnx.ModelProto, folder: Path) -> Inspection:
    """Inspect a model; whatever it is, each problem is one sentence in one line of printable letters."""
    found = inspect(write(proto, folder))
    for problem in found.problems:
        assert problem.isprintable()
        assert problem[0].isupper()
        assert problem[-1] == "."
        assert len(problem) < 400
    return found
