"""Fold batch normalization, which in evaluation mode is one factor and one summand a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnlib.challenge.files import numbers

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

__all__ = ["fold_batch_norm"]

_FLOAT = 1  # of TensorProto.DataType


def fold_batch_norm(model: ModelProto) -> None:
    """Rewrite every batch normalization of a freshly exported model, in place.

    After a convolution or a linear layer that nothing else reads it goes into that layer's weights, as some
    of torch's exporters do themselves; elsewhere it becomes Mul and Add. The function stays the same.
    """
    import onnx

    graph = model.graph
    weights = {t.name: numbers(t) for t in graph.initializer if t.data_type == _FLOAT}
    ranks = {value.name: len(value.type.tensor_type.shape.dim) for value in (*graph.value_info, *graph.input)}
    readers = [name for node in graph.node for name in node.input] + [value.name for value in graph.output]
    nodes: list[NodeProto] = []
    for node in graph.node:
        parameters = list(node.input[1:])
        rank = ranks.get(node.input[0], 0) if node.input else 0
        if (
            node.op_type != "BatchNormalization"
            or rank < 2
            or not all(name in weights for name in parameters)
        ):
            nodes.append(node)
            continue
        (source, *_), (out, *_) = node.input, node.output
        factor, summand = _affine(node, [weights[name] for name in parameters])
        layer = next((other for other in nodes if source in other.output), None)
        if layer is not None and readers.count(source) == 1 and _can_take(layer, weights):
            _fold_into(layer, factor, summand, weights)
            layer.output[0] = out
            continue
        shape = (-1,) + (1,) * (rank - 2)  # meets the channels of (N, C, H, W), the features of (N, C)
        weights[f"{out}.factor"], weights[f"{out}.summand"] = factor.reshape(shape), summand.reshape(shape)
        nodes.append(onnx.helper.make_node("Mul", [source, f"{out}.factor"], [f"{out}.scaled"]))
        nodes.append(onnx.helper.make_node("Add", [f"{out}.scaled", f"{out}.summand"], [out]))
    del graph.node[:]
    graph.node.extend(nodes)
    _store(model, weights)


def _affine(node: NodeProto, parameters: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Factor and summand, both float64 (C,)."""
    epsilon = next((a.f for a in node.attribute if a.name == "epsilon"), 1e-5)
    scale, shift, mean, variance = (values.astype(np.float64) for values in parameters)
    factor = scale / np.sqrt(variance + epsilon)
    return factor, shift - mean * factor


def _can_take(layer: NodeProto, weights: dict[str, np.ndarray]) -> bool:
    """Tell whether the layer's outputs are rows of a weight that only needs scaling."""
    attributes = {a.name: a.i or a.f for a in layer.attribute if a.type in (1, 2)}
    rows = layer.op_type == "Conv" or (
        layer.op_type == "Gemm"
        and attributes.get("transB") == 1
        and attributes.get("alpha", 1) == attributes.get("beta", 1) == 1
    )
    return rows and all(name in weights for name in layer.input[1:])


def _fold_into(
    layer: NodeProto, factor: np.ndarray, summand: np.ndarray, weights: dict[str, np.ndarray]
) -> None:
    """Give the layer weights of its own, so that others that share the old ones keep them."""
    weight = weights[layer.input[1]]
    bias = weights[layer.input[2]] if len(layer.input) > 2 else np.zeros(len(weight))
    names = [f"{layer.output[0]}.weight", f"{layer.output[0]}.bias"]
    weights[names[0]] = weight * factor.reshape((-1,) + (1,) * (weight.ndim - 1))
    weights[names[1]] = bias * factor + summand
    layer.input[:] = [layer.input[0], *names]


def _store(model: ModelProto, weights: dict[str, np.ndarray]) -> None:
    """Replace the float initializers by those still used; equal ones, as of a layer used twice, only once."""
    import onnx

    used = {name for node in model.graph.node for name in node.input}
    initializers = [tensor for tensor in model.graph.initializer if tensor.name in used]
    others = [tensor for tensor in initializers if tensor.data_type != _FLOAT]
    del model.graph.initializer[:]
    model.graph.initializer.extend(others)
    stored: dict[tuple[tuple[int, ...], bytes], str] = {}
    shared = {}
    for name, values in weights.items():
        if name in used:
            content = values.astype(np.float32)
            shared[name] = stored.setdefault((content.shape, content.tobytes()), name)
            if shared[name] == name:
                model.graph.initializer.append(onnx.numpy_helper.from_array(content, name))
    for node in model.graph.node:
        node.input[:] = [shared.get(name, name) for name in node.input]
