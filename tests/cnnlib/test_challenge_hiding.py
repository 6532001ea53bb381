"""Parameters hidden in a file are counted, or the file is refused: one attack a test."""

import re

import numpy as np
import onnx
import pytest
from challenge_models import PARAMETERS, look, model, node, sizes, tensor, weights, write
from onnx import AttributeProto, TensorProto, helper

from cnnlib.challenge import predict, rounded

HIDDEN = weights(10, 10, seed=3)  # what each attack tries to add for nothing: a matrix on the scores
USE = node("MatMul", ["linear", "hidden"], ["attacked"])


def constant(**attribute: object) -> onnx.NodeProto:
    return node("Constant", [], ["hidden"], **attribute)


def test_an_honest_model_is_counted_and_accepted(tmp_path):
    found = look(model(), tmp_path)
    assert (found.parameters, found.problems) == (PARAMETERS, [])
    assert found.operators == {"GlobalAveragePool": 1, "Flatten": 1, "Gemm": 1, "Relu": 1}


# --- where numbers count -------------------------------------------------------------------------------
COUNTED = {
    "initializer": ([USE], [tensor("hidden", HIDDEN)]),
    "Constant value": ([constant(value=tensor("", HIDDEN)), USE], []),
    "Constant value_floats": (
        [
            node("Constant", [], ["flat"], value_floats=HIDDEN.ravel().tolist()),
            node("Reshape", ["flat", "square"], ["hidden"]),
            USE,
        ],
        [sizes("square", 10, 10)],
    ),
    "a view of a view": (
        [
            node("Reshape", ["flat", "square"], ["a"]),
            node("Transpose", ["a"], ["b"], perm=[1, 0]),
            node("Identity", ["b"], ["hidden"]),
            USE,
        ],
        [tensor("flat", HIDDEN.ravel()), sizes("square", 10, 10)],
    ),
    "never used": ([node("Identity", ["linear"], ["attacked"])], [tensor("hidden", HIDDEN)]),
}


@pytest.mark.parametrize("name", COUNTED)
def test_floats_count_wherever_they_are_stored(name, tmp_path):
    nodes, tensors = COUNTED[name]
    found = look(model(nodes, tensors, last="attacked"), tmp_path)
    assert (found.parameters, found.problems) == (PARAMETERS + 100, [])


def chain(operator: str, attributes: list[dict]) -> onnx.ModelProto:
    """One operator after the other."""
    names = ["linear", *(f"x{i}" for i in range(len(attributes)))]
    nodes = [node(operator, [names[i]], [names[i + 1]], **a) for i, a in enumerate(attributes)]
    return model(nodes, last=names[-1])


@pytest.mark.parametrize(
    ("slopes", "count"),
    [([0.1 + i / 1000 for i in range(100)], 100), ([0.25] * 100, 1), ([0.01] * 100, 0)],
    ids=["all different", "all the same", "the operator's default"],
)
def test_each_different_float_attribute_counts_as_a_parameter(slopes, count, tmp_path):
    found = look(chain("LeakyRelu", [{"alpha": slope} for slope in slopes]), tmp_path)
    assert (found.parameters, found.problems) == (PARAMETERS + count, [])


def test_single_floats_in_many_constants_count(tmp_path):
    nodes = []
    for i in range(100):
        nodes.append(node("Constant", [], [f"c{i}"], value_float=1 + i / 64))
        nodes.append(node("Mul", [f"x{i - 1}" if i else "linear", f"c{i}"], [f"x{i}"]))
    found = look(model(nodes, last="x99"), tmp_path)
    assert (found.parameters, found.problems) == (PARAMETERS + 100, [])


def test_equal_tensors_count_once_however_they_are_stored(tmp_path):
    listed = helper.make_tensor("b", TensorProto.FLOAT, [10, 10], HIDDEN.ravel().tolist())  # not as raw bytes
    nodes = [node("MatMul", ["linear", "a"], ["x"]), node("MatMul", ["x", "b"], ["attacked"])]
    found = look(model(nodes, [tensor("a", HIDDEN), listed], last="attacked"), tmp_path)
    assert (found.parameters, found.problems) == (PARAMETERS + 100, [])


def test_numbers_in_an_attribute_of_another_type_count_and_are_not_scored(tmp_path):
    attacked = model()
    attacked.graph.node[2].attribute[0].floats.extend(
        HIDDEN.ravel().tolist()
    )  # transB says that it is an INT
    assert look(attacked, tmp_path).parameters == PARAMETERS + 100
    scored = onnx.load(rounded(write(attacked, tmp_path), tmp_path / "rounded.onnx"))
    assert not any(attribute.floats for node in scored.graph.node for attribute in node.attribute)


# --- kinds of constants that are refused ---------------------------------------------------------------
def sparse() -> onnx.SparseTensorProto:
    values = helper.make_tensor("v", TensorProto.FLOAT, [100], HIDDEN.ravel().tolist())
    return helper.make_sparse_tensor(values, sizes("i", *range(100)), [10, 10])


@pytest.mark.parametrize(
    ("attribute", "counted"),
    [
        ({"sparse_value": sparse()}, 200),
        ({"value_string": b"hidden weights"}, 0),
        ({"value_strings": [b"hidden", b"weights"]}, 13),
        ({"value_int": 7}, 0),
        ({"value_ints": list(range(100))}, 100),
        ({"value": tensor("", range(100), np.int64)}, 100),
        ({"value": tensor("", range(100), np.int8)}, 100),
        ({"value": tensor("", range(100), np.uint64)}, 100),
        ({"value": tensor("", HIDDEN, np.float64)}, 100),
        ({"value": tensor("", HIDDEN, np.float16)}, 100),
        ({"value": tensor("", [b"hidden", b"weights"], object)}, 13),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else str(value),
)
def test_other_constants_cannot_become_data(attribute, counted, tmp_path):
    cast = node("Cast", ["hidden"], ["floats"], to=TensorProto.FLOAT)
    use = node("Add", ["linear", "floats"], ["attacked"])
    found = look(model([constant(**attribute), cast, use], last="attacked"), tmp_path)
    assert found.problems
    assert found.parameters == PARAMETERS + counted


@pytest.mark.parametrize(
    "kind", [np.float64, np.float16, np.int8, np.uint8, np.int32, np.bool_, np.complex64]
)
def test_only_float32_and_int64_are_stored(kind, tmp_path):
    found = look(model(tensors=[tensor("hidden", HIDDEN > 0, kind)]), tmp_path)
    assert found.problems[0].startswith("The tensor 'hidden' cannot be used: it is ")
    assert found.problems[0].endswith(", neither float32 nor int64.")


@pytest.mark.parametrize("data_type", [16, 17, 19, 21, 22, 23, 99])
def test_small_and_unknown_float_types_are_refused(data_type, tmp_path):
    found = look(
        model(tensors=[TensorProto(name="h", data_type=data_type, dims=[4], raw_data=b"1234")]), tmp_path
    )
    assert found.problems


# --- whole numbers that carry weights ------------------------------------------------------------------
WAYS_OUT_OF_WHOLE_NUMBERS = {
    "a cast": [node("Cast", ["sizes"], ["hidden"], to=TensorProto.FLOAT)],
    "arithmetic, then a cast": [
        node("Mul", ["sizes", "sizes"], ["product"]),
        node("Cast", ["product"], ["hidden"], to=TensorProto.FLOAT),
    ],
    "a division": [node("Div", ["linear", "sizes"], ["hidden"])],
    "a choice": [node("Where", ["sizes", "linear", "linear"], ["hidden"])],
    "the size of the input": [
        node("Shape", ["images"], ["shape"]),
        node("Cast", ["shape"], ["hidden"], to=TensorProto.FLOAT),
    ],
    "reshaped bits": [
        node("Reshape", ["sizes", "sizes"], ["reshaped"]),
        node("Cast", ["reshaped"], ["hidden"], to=TensorProto.FLOAT),
    ],
}


@pytest.mark.parametrize("way", WAYS_OUT_OF_WHOLE_NUMBERS)
def test_whole_numbers_never_become_data(way, tmp_path):
    nodes = [*WAYS_OUT_OF_WHOLE_NUMBERS[way], node("Add", ["linear", "hidden"], ["attacked"])]
    found = look(model(nodes, [sizes("sizes", *range(2**40, 2**40 + 10))], last="attacked"), tmp_path)
    assert any("whole numbers" in problem for problem in found.problems)


def test_data_never_become_whole_numbers_that_could_be_taken_apart(tmp_path):
    nodes = [
        node("Cast", ["linear"], ["whole"], to=TensorProto.INT64),
        node("Cast", ["whole"], ["attacked"], to=TensorProto.FLOAT),
    ]
    assert "changes the type of data" in look(model(nodes, last="attacked"), tmp_path).problems[0]


def test_a_permutation_by_index_is_refused_with_a_way_out(tmp_path):
    nodes = [node("Gather", ["linear", "order"], ["attacked"], axis=1)]
    found = look(model(nodes, [sizes("order", *range(9, -1, -1), *range(10))], last="attacked"), tmp_path)
    assert "list of 20 whole numbers" in found.problems[0]
    assert "reshape and transpose" in found.problems[0]


def test_many_short_lists_are_a_long_one(tmp_path):
    nodes = [node("Gather", ["linear", f"i{n}"], [f"x{n}"], axis=1) for n in range(40)]
    nodes.append(node("Concat", [f"x{n}" for n in range(40)], ["long"], axis=1))
    nodes.append(node("Slice", ["long", "from", "to", "axis"], ["attacked"]))
    lists = [sizes(f"i{n}", *np.random.default_rng(n).integers(0, 10, 16)) for n in range(40)]
    found = look(
        model(nodes, [*lists, sizes("from", 0), sizes("to", 10), sizes("axis", 1)], last="attacked"), tmp_path
    )
    assert found.problems == ["The file has 643 whole numbers in different lists; at most 300 are allowed."]


# --- weights that are made instead of stored -----------------------------------------------------------
OTHERS = """
    RandomNormal RandomNormalLike RandomUniform RandomUniformLike Bernoulli Multinomial
    ConstantOfShape Range EyeLike OneHot Trilu Tile CumSum NonZero TopK ArgMax HannWindow
    BlackmanWindow MelWeightMatrix If Loop Scan SequenceMap DequantizeLinear QuantizeLinear
    QLinearConv ConvInteger MatMulInteger BitShift BitwiseAnd Mod Floor Round Ceil Sign Sin Cos
    StringConcat GridSample GatherND ScatterND Einsum LSTM GRU RNN Det Size NoSuchOperator
"""


@pytest.mark.parametrize("operator", OTHERS.split())
def test_other_operators_are_refused_by_name(operator, tmp_path):
    found = look(model([node(operator, ["linear"], ["attacked"])], last="attacked"), tmp_path)
    (problem,) = found.problems
    assert re.match(rf"The operator '{operator}' is not allowed(\.$|: random numbers)", problem)


COMPUTED = {
    "Concat": [node("Concat", ["a", "b", "a", "b"], ["hidden"], axis=0)],
    "Add": [node("Add", ["a", "b"], ["hidden"])],
    "MatMul": [node("MatMul", ["a", "b"], ["hidden"])],
    "Slice": [node("Slice", ["a", "from", "to"], ["hidden"])],
    "Gather": [node("Gather", ["a", "from"], ["hidden"])],
    "Pad": [node("Pad", ["a", "pads"], ["hidden"])],
    "Exp": [node("Exp", ["a"], ["hidden"])],
    "Cast": [node("Cast", ["a"], ["hidden"], to=TensorProto.FLOAT)],
}
INPUTS = [
    tensor("a", [[0.5]]),
    tensor("b", [[0.25]]),
    sizes("from", 0),
    sizes("to", 1),
    sizes("pads", 0, 0, 9, 9),
]


@pytest.mark.parametrize("operator", COMPUTED)
def test_arithmetic_among_weights_is_refused(operator, tmp_path):
    nodes = [*COMPUTED[operator], node("Mul", ["linear", "hidden"], ["attacked"])]
    found = look(model(nodes, INPUTS, last="attacked"), tmp_path)
    assert len(found.problems) == 1
    assert found.problems[0].startswith(f"{operator} (which gives 'hidden') computes with weights alone")


@pytest.mark.parametrize(
    ("operator", "inputs", "sentence"),
    [
        ("Conv", ["images", "made"], "gets weights that are computed"),
        ("Conv", ["images", "kernel", "made"], "gets weights that are computed"),
        ("ConvTranspose", ["images", "made"], "gets weights that are computed"),
        ("Gemm", ["features", "made"], "gets weights that are computed"),
        ("PRelu", ["images", "made"], "gets weights that are computed"),
        ("Reshape", ["images", "made"], "takes sizes or positions from data"),
        ("Slice", ["images", "made", "made"], "takes sizes or positions from data"),
        ("Reshape", ["images", "weight"], "takes sizes or positions from data"),
        ("Resize", ["images", "", "", "made"], "takes sizes or positions from data"),
        ("Relu", ["nothing"], "uses 'nothing' before anything computes it"),
        ("Max", [], "makes a constant"),
    ],
)
def test_a_layer_takes_its_weights_and_sizes_from_the_file(operator, inputs, sentence, tmp_path):
    nodes = [node("Exp", ["linear"], ["made"]), node(operator, inputs, ["attacked"])]
    found = look(model(nodes, [tensor("kernel", weights(3, 3, 1, 1))], last="attacked"), tmp_path)
    assert sentence in found.problems[0]


def test_a_model_that_ignores_the_images_is_refused(tmp_path):
    attacked = model(tensors=[tensor("constant", weights(1, 10))])
    attacked.graph.output[0].name = "constant"
    assert look(attacked, tmp_path).problems == ["The output 'constant' does not depend on the images."]


def test_weights_cannot_be_spelled_by_the_wiring_of_a_few_constants(tmp_path):
    """A zero that depends on the images makes constants look like data; where each goes is information."""
    nodes = [node("Sub", ["linear", "linear"], ["zero"])]
    nodes += [node("Add", ["zero", f"c{n}"], [f"d{n}"]) for n in range(16)]
    rows = []
    for row in range(40):
        chosen = np.random.default_rng(row).integers(0, 16, 50)
        rows.append(node("Concat", [f"d{n}" for n in chosen], [f"row{row}"], axis=1))
    found = look(model([*nodes, *rows], [tensor(f"c{n}", [n / 16]) for n in range(16)]), tmp_path)
    assert "at most 750 and 1,500 are allowed" in found.problems[0]


def test_an_operator_has_few_inputs(tmp_path):
    found = look(model([node("Concat", ["linear"] * 65, ["attacked"], axis=0)], last="attacked"), tmp_path)
    assert found.problems == ["The operator 'Concat' has 65 inputs; at most 64 are allowed."]


# --- places in the file outside its main graph ---------------------------------------------------------
def subgraph() -> onnx.GraphProto:
    nodes = [node("Identity", ["inner"], ["result"])]
    result = helper.make_tensor_value_info("result", TensorProto.FLOAT, [10, 10])
    return helper.make_graph(nodes, "branch", [], [result], [tensor("inner", HIDDEN)])


@pytest.mark.parametrize(
    ("operator", "names"), [("If", ["then_branch", "else_branch"]), ("Loop", ["body"]), ("Scan", ["body"])]
)
def test_subgraphs_are_counted_and_refused(operator, names, tmp_path):
    attacked = model(
        [node(operator, ["linear"], ["hidden"], **{n: subgraph() for n in names}), USE], last="attacked"
    )
    found = look(attacked, tmp_path)
    assert found.parameters == PARAMETERS + 100
    assert found.problems == [f"The operator '{operator}' is not allowed."]


def test_a_subgraph_in_an_allowed_operator_is_refused(tmp_path):
    found = look(model([node("Relu", ["linear"], ["attacked"], body=subgraph())], last="attacked"), tmp_path)
    assert found.parameters == PARAMETERS + 100
    assert "has an attribute 'body'" in found.problems[0]


def test_functions_are_counted_and_refused(tmp_path):
    attacked = model([node("Hide", ["linear"], ["attacked"], domain="mine")], last="attacked")
    attacked.opset_import.append(helper.make_opsetid("mine", 1))
    body = [
        node("Constant", [], ["hidden"], value=tensor("", HIDDEN)),
        node("MatMul", ["x", "hidden"], ["y"]),
    ]
    versions = [helper.make_opsetid("", 20)]
    attacked.functions.append(helper.make_function("mine", "Hide", ["x"], ["y"], body, versions))
    found = look(attacked, tmp_path)
    assert found.parameters == PARAMETERS + 100
    assert "The file defines functions; only ONNX's own operators are allowed." in found.problems


def test_operators_of_other_domains_are_refused(tmp_path):
    attacked = model(
        [node("LinearClassifier", ["linear"], ["attacked"], domain="ai.onnx.ml")], last="attacked"
    )
    attacked.graph.node[3].attribute.append(helper.make_attribute("coefficients", HIDDEN.ravel().tolist()))
    attacked.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    found = look(attacked, tmp_path)
    assert found.parameters == PARAMETERS + 100
    assert found.problems == [
        "The file uses operators of 'ai.onnx.ml'; only ONNX's own are allowed.",
        "The operator 'LinearClassifier' is from 'ai.onnx.ml'; only ONNX's own are allowed.",
    ]


def hide_in(place: str) -> onnx.ModelProto:
    attacked = model()
    if place == "sparse_initializer":
        attacked.graph.sparse_initializer.append(sparse())
    elif place == "training_info":
        attacked.training_info.add().initialization.initializer.append(tensor("hidden", HIDDEN))
    else:
        attacked.graph.quantization_annotation.add().tensor_name = "weight"
    return attacked


@pytest.mark.parametrize(
    ("place", "counted"),
    [("sparse_initializer", 200), ("training_info", 100), ("quantization_annotation", 0)],
)
def test_unusual_parts_of_the_format_are_counted_and_refused(place, counted, tmp_path):
    found = look(hide_in(place), tmp_path)
    assert len(found.problems) == 1
    assert found.parameters == PARAMETERS + counted


@pytest.mark.parametrize(
    "attribute",
    [
        helper.make_attribute("extra", HIDDEN.ravel().tolist()),
        helper.make_attribute("extra", list(range(100))),
        helper.make_attribute("extra", [1, 2, 3]),
        helper.make_attribute("extra", ["hidden", "weights"]),
        helper.make_attribute("extra", "w" * 33),
        helper.make_attribute("extra", tensor("", HIDDEN)),
        helper.make_attribute("extra", sparse()),
        AttributeProto(name="extra", type=AttributeProto.FLOAT, ref_attr_name="outer"),
        AttributeProto(name="extra", type=AttributeProto.GRAPHS, graphs=[subgraph()]),
        AttributeProto(name="extra", type=AttributeProto.TYPE_PROTO),
        AttributeProto(name="extra"),
    ],
    ids=[
        "floats",
        "ints",
        "few ints",
        "texts",
        "long text",
        "tensor",
        "sparse",
        "reference",
        "graphs",
        "type",
        "none",
    ],
)
def test_an_attribute_that_an_operator_does_not_have_is_refused(attribute, tmp_path):
    attacked = model([node("Relu", ["linear"], ["attacked"])], last="attacked")
    attacked.graph.node[3].attribute.append(attribute)
    assert len(look(attacked, tmp_path).problems) == 1


def test_weights_as_default_values_of_further_inputs_are_refused(tmp_path):
    attacked = model([USE], [tensor("hidden", HIDDEN)], last="attacked")
    attacked.graph.input.append(helper.make_tensor_value_info("hidden", TensorProto.FLOAT, [10, 10]))
    found = look(attacked, tmp_path)
    assert found.parameters == PARAMETERS + 100
    assert "has 2 inputs and 1 outputs" in found.problems[0]


def test_texts_and_unknown_fields_are_not_scored(tmp_path):
    attacked = model()
    attacked.doc_string = attacked.graph.doc_string = attacked.graph.node[0].name = "SECRET"
    helper.set_model_props(attacked, {"weights": "SECRET"})
    path = write(attacked, tmp_path)
    path.write_bytes(path.read_bytes() + b"\xfa\x3e\x06SECRET")  # field 1007, which ONNX does not have
    found = look(onnx.ModelProto.FromString(path.read_bytes()), tmp_path)
    assert (found.parameters, found.problems) == (PARAMETERS, [])
    assert b"SECRET" not in rounded(path, tmp_path / "rounded.onnx").read_bytes()


# --- two weights in one --------------------------------------------------------------------------------
def packed(bits: int) -> onnx.ModelProto:
    """Ten numbers of 1 + b / 2**bits: their low parts, taken out, are scores that favor class 7."""
    second = np.zeros(10)
    second[7] = 1
    nodes = [
        node("Sub", ["linear", "linear"], ["zero"]),
        node("Add", ["zero", "packed"], ["first"]),
        node("Sub", ["first", "one"], ["low"]),
        node("Mul", ["low", "large"], ["attacked"]),
    ]
    tensors = [tensor("packed", 1 + second / 2**bits), tensor("one", [1]), tensor("large", [2.0**bits])]
    return model(nodes, tensors, last="attacked")


def test_a_second_weight_in_the_low_bits_is_gone_when_the_model_is_scored(tmp_path):
    images = weights(4, 3, 32, 32)
    path = write(packed(bits=12), tmp_path)
    assert predict(path, images).tolist() == [7] * 4
    assert predict(rounded(path, tmp_path / "rounded.onnx"), images).tolist() == [0] * 4
