"""Damaged, huge and deceptive files: nothing is raised, opened or allocated; there is one clear sentence."""

import os
import random
import re

import pytest
from challenge_models import PARAMETERS, look, model, node, sizes, tensor, weights, write
from onnx import TensorProto, helper

from cnnlib.challenge import MAX_BYTES, count_parameters, inspect, predict, rounded


def one(problems: list[str]) -> str:
    assert len(problems) == 1, problems
    return problems[0]


# --- files that are no models --------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"not a model\n",
        b"PK\x03\x04" + bytes(100),
        b"\x80\x02}q\x00.",
        b"\x89PNG\r\n\x1a\n",
        b"\xff" * 64,
    ],
    ids=["empty", "zero", "text", "zip", "pickle", "picture", "ones"],
)
def test_something_else_than_a_model_gets_one_sentence(content, tmp_path):
    path = tmp_path / "submission.onnx"
    path.write_bytes(content)
    found = inspect(path)
    assert re.search("is not an ONNX model|holds no model", one(found.problems))
    assert "cnnlib.challenge.export" in found.problems[0]
    with pytest.raises(ValueError, match=re.escape(found.problems[0])):
        count_parameters(path)
    with pytest.raises(ValueError, match=re.escape(found.problems[0])):
        predict(path, weights(1, 3, 32, 32))
    with pytest.raises(ValueError, match=re.escape(found.problems[0])):
        rounded(path, tmp_path / "rounded.onnx")
    assert not (tmp_path / "rounded.onnx").exists()


def test_a_missing_file_a_folder_and_a_pipe_get_one_sentence(tmp_path):
    os.mkfifo(tmp_path / "pipe.onnx")  # reading it would wait forever
    (tmp_path / "folder.onnx").mkdir()
    for name in ("missing.onnx", "folder.onnx", "pipe.onnx"):
        assert one(inspect(tmp_path / name).problems) == f"{name} is not a file; expected one ONNX file."


def test_a_file_that_is_cut_off_anywhere_gets_no_score(tmp_path):
    whole = write(model(), tmp_path).read_bytes()
    for length in range(len(whole)):
        (tmp_path / "submission.onnx").write_bytes(whole[:length])
        found = inspect(tmp_path / "submission.onnx")
        assert found.problems, f"cut off after {length} bytes"
        assert found.parameters <= PARAMETERS


def test_damaged_bytes_never_raise(tmp_path):
    """Whatever is left is either refused or has as many parameters as it says."""
    draw = random.Random(0)
    nodes = [node("Reshape", ["linear", "shape"], ["x"]), node("LeakyRelu", ["x"], ["attacked"], alpha=0.3)]
    whole = write(model(nodes, [sizes("shape", -1, 10)], last="attacked"), tmp_path).read_bytes()
    refused = 0
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        (tmp_path / "submission.onnx").write_bytes(damaged)
        found = inspect(tmp_path / "submission.onnx")
        assert all(problem.isprintable() for problem in found.problems)
        refused += bool(found.problems)
    assert refused > 150


def test_a_large_file_is_not_read(tmp_path):
    path = tmp_path / "submission.onnx"
    with path.open("wb") as file:
        file.truncate(10**12)  # a terabyte of zeros that takes no room on the disk
    assert one(inspect(path).problems) == "The file is larger than 1,000,000 bytes, which is the limit."


def test_the_largest_budget_fits_into_the_largest_file(tmp_path):
    numbers = tensor("large", weights(10, 20_000 - 4))
    nodes = [
        node("MatMul", ["linear", "large"], ["wide"]),
        node("Slice", ["wide", "from", "to", "axis"], ["out"]),
    ]
    path = write(
        model(nodes, [numbers, sizes("from", 0), sizes("to", 10), sizes("axis", 1)], last="out"), tmp_path
    )
    assert path.stat().st_size < MAX_BYTES
    found = inspect(path)
    assert (found.parameters, found.problems) == (200_000, [])


# --- other files ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "location", ["weights.bin", "../weights.bin", "/etc/passwd", "a/../../weights.bin", ""]
)
def test_weights_in_another_file_are_refused_and_the_file_is_not_opened(location, tmp_path, monkeypatch):
    folder = tmp_path / "inbox"
    folder.mkdir()
    for place in (folder, tmp_path):
        os.mkfifo(place / "weights.bin")  # whoever opened it would wait forever
    attacked = model()
    weight = attacked.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    monkeypatch.chdir(folder)
    problem = one(look(attacked, folder).problems)
    assert problem == "The tensor 'weight' is in another file; everything must be in this one."
    with pytest.raises(ValueError, match="is in another file"):
        predict(folder / "submission.onnx", weights(1, 3, 32, 32))


def test_a_location_beside_stored_numbers_is_refused_too(tmp_path):
    attacked = model()
    attacked.graph.initializer[0].external_data.add(key="location", value="weights.bin")
    assert "in another file" in one(look(attacked, tmp_path).problems)


# --- sizes that are not true ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    "dims", [[10, 4], [10], [], [0], [-1, 30], [-10, -3], [2**31, 20], [2**62, 2**62], [1] * 1000 + [31]]
)
def test_a_tensor_with_other_sizes_than_numbers_is_refused(dims, tmp_path):
    attacked = model()
    attacked.graph.initializer[0].dims[:] = dims
    found = look(attacked, tmp_path)
    assert found.parameters == PARAMETERS
    assert "and holds 30" in one(found.problems)


def test_numbers_stored_in_two_ways_are_refused(tmp_path):
    attacked = model()
    attacked.graph.initializer[0].float_data.extend([1.0] * 30)
    assert "and holds 30" in one(look(attacked, tmp_path).problems)


def test_half_a_number_is_refused(tmp_path):
    attacked = model()
    attacked.graph.initializer[0].raw_data += b"\x00"
    assert "'weight' cannot be used" in one(look(attacked, tmp_path).problems)


def test_a_tensor_in_pieces_is_refused(tmp_path):
    attacked = model()
    attacked.graph.initializer[0].segment.end = 30
    assert "is stored in pieces" in one(look(attacked, tmp_path).problems)


# --- bombs ---------------------------------------------------------------------------------------------
HUGE = 40_000_000_000  # numbers: 160 GB
BOMBS = {
    "Expand": [node("Expand", ["linear", "huge"], ["bomb"])],
    "Expand of a weight": [
        node("Expand", ["bias", "huge"], ["wide"]),
        node("Mul", ["linear", "wide"], ["bomb"]),
    ],
    "Resize by scales": [node("Resize", ["images", "", "scales"], ["bomb"], mode="nearest")],
    "Resize by sizes": [node("Resize", ["images", "", "", "huge image"], ["bomb"], mode="nearest")],
    "Pad": [node("Pad", ["images", "pads"], ["bomb"])],
    "ConvTranspose": [node("ConvTranspose", ["images", "kernel"], ["bomb"], strides=[6000, 6000])],
    "padding of a Conv": [node("Conv", ["images", "kernel"], ["bomb"], pads=[90_000] * 4)],
    "an outer product": [
        node("Reshape", ["images", "column"], ["a"]),
        node("Reshape", ["images", "row"], ["b"]),
        node("MatMul", ["a", "b"], ["bomb"]),
    ],
    "broadcasting": [
        node("Reshape", ["images", "column"], ["a"]),
        node("Reshape", ["images", "row"], ["b"]),
        node("Add", ["a", "b"], ["bomb"]),
    ],
    "doubling": [
        node("Concat", [f"x{i}"] * 2 if i else ["images"] * 2, [f"x{i + 1}"], axis=1) for i in range(40)
    ],
    "many": [node("Pad", ["images", "some"], [f"y{i}"]) for i in range(60)],
}
SIZES = [
    tensor("scales", [1, 1, 3000, 3000]),
    sizes("huge", HUGE, 1, 10),
    sizes("huge image", 3, 3, 100_000, 100_000),
    sizes("pads", 0, 0, 100_000, 100_000, 0, 0, 0, 0),
    sizes("some", 0, 0, 200, 200, 0, 0, 200, 200),
    tensor("kernel", weights(3, 3, 1, 1)),
    sizes("column", -1, 3072, 1),
    sizes("row", -1, 1, 3072),
]


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_found_without_running_it(name, tmp_path):
    attacked = model(BOMBS[name], SIZES)
    problem = one(look(attacked, tmp_path).problems)
    assert re.search(r"numbers for one image", problem)
    assert re.search(r"at most [\d,]+ are allowed", problem)


def test_whole_numbers_that_double_are_refused_before_anything_computes_them(tmp_path):
    nodes = [node("Concat", [f"x{i}"] * 2, [f"x{i + 1}"], axis=0) for i in range(60)]
    found = look(model([*nodes, node("Reshape", ["linear", "x60"], ["y"])], [sizes("x0", 1, 1)]), tmp_path)
    assert "may give 1,024 whole numbers" in one(found.problems)


def test_a_graph_of_half_a_million_nodes_is_refused(tmp_path):
    path = write(model(), tmp_path)
    path.write_bytes(path.read_bytes() + b"\x3a\x02\x0a\x00" * 240_000)  # field 7, a graph, of one empty node
    assert "The file has more than 20,000 parts" in one(inspect(path).problems)


def test_of_many_problems_the_first_are_told(tmp_path):
    problems = look(
        model([node(f"Operator{n}", ["linear"], [f"x{n}"]) for n in range(100)]), tmp_path
    ).problems
    assert len(problems) == 11
    assert problems[-1] == "Further problems: 90."


def test_deep_nesting_is_refused(tmp_path):
    inner = b""
    for _ in range(2_000):
        for field in (6, 5, 1):  # a graph in an attribute in a node
            inner = bytes([field << 3 | 2]) + varint(len(inner)) + inner
    path = write(model(), tmp_path)
    path.write_bytes(path.read_bytes() + b"\x3a" + varint(len(inner)) + inner)
    assert "is not an ONNX model" in one(inspect(path).problems)


def varint(number: int) -> bytes:
    """Protobuf's encoding of a length."""
    head = bytes([number & 127 | (128 if number > 127 else 0)])
    return head + varint(number >> 7) if number > 127 else head


# --- shapes --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "shape", [("N", 1, 28, 28), ("N", 3, 224, 224), ("N", 32, 32, 3), ("N", 3072), ("N", 3, "H", "W")]
)
def test_another_input_shape_is_refused(shape, tmp_path):
    assert one(look(model(input_shape=shape), tmp_path).problems).endswith("expected (N, 3, 32, 32).")


def test_a_fixed_batch_size_is_refused(tmp_path):
    problem = one(look(model(input_shape=(250, 3, 32, 32)), tmp_path).problems)
    assert problem.startswith("The batch size is fixed to 250; it must be free")


@pytest.mark.parametrize(
    "nodes",
    [
        [node("Reshape", ["linear", "fixed"], ["last"])],
        [node("Slice", ["linear", "from", "to", "from"], ["last"])],
        [node("Pad", ["linear", "pads"], ["last"])],
        [node("ReduceMean", ["linear", "from"], ["last"], keepdims=1)],
        [node("Transpose", ["linear"], ["last"], perm=[1, 0])],
        [node("Concat", ["linear", "linear"], ["last"], axis=0)],
        [node("Concat", ["linear", "linear"], ["last"], axis=1)],
        [node("Flatten", ["linear"], ["last"], axis=0)],
    ],
    ids=["reshape", "slice", "pad", "mean", "transpose", "twice", "wide", "flat"],
)
def test_another_output_shape_or_a_batch_size_inside_is_refused(nodes, tmp_path):
    tensors = [sizes("fixed", 3, 10), sizes("from", 0), sizes("to", 2), sizes("pads", 0, 0, 2, 0)]
    problem = one(look(model(nodes, tensors, last="last"), tmp_path).problems)
    assert re.search(r"For [35] images the output has shape|The model cannot take 5 images", problem)


def test_other_inputs_and_outputs_are_refused(tmp_path):
    attacked = model()
    attacked.graph.output.append(helper.make_tensor_value_info("linear", TensorProto.FLOAT, ["N", 10]))
    assert "1 inputs and 2 outputs" in one(look(attacked, tmp_path).problems)
    attacked = model()
    attacked.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    assert one(look(attacked, tmp_path).problems).startswith("The output is not a float32 tensor")
    attacked = model()
    attacked.graph.input[0].type.CopyFrom(helper.make_sequence_type_proto(attacked.graph.input[0].type))
    assert one(look(attacked, tmp_path).problems).startswith("The input is not a float32 tensor")
    attacked = model()
    attacked.graph.input[0].type.tensor_type.ClearField("shape")
    assert "expected (N, 3, 32, 32)" in one(look(attacked, tmp_path).problems)


# --- versions and names --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("ir_version", 2, "version 2 of ONNX's format"),
        ("ir_version", 2**40, "of ONNX's format"),
        ("opset", [12], "version 12 of ONNX's operators"),
        ("opset", [99], "version 99 of ONNX's operators"),
        ("opset", [20, 7], "names 2 versions"),
        ("opset", [], "names 0 versions"),
    ],
)
def test_other_versions_are_refused(field, value, sentence, tmp_path):
    attacked = model()
    if field == "opset":
        del attacked.opset_import[:]
        attacked.opset_import.extend(helper.make_opsetid("", version) for version in value)
    else:
        attacked.ir_version = value
    assert sentence in one(look(attacked, tmp_path).problems)


def test_an_oddly_named_domain_is_refused(tmp_path):
    attacked = model()
    attacked.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    assert "operators of 'com.microsoft'" in one(look(attacked, tmp_path).problems)


@pytest.mark.parametrize("name", ["images", "weight", "pooled"])
def test_two_tensors_of_one_name_are_refused(name, tmp_path):
    found = look(model([node("Relu", ["linear"], ["x"])], [tensor(name, weights(3, seed=9))]), tmp_path)
    assert any(
        "Two tensors are called" in problem or "more than once" in problem for problem in found.problems
    )


def test_names_cannot_break_out_of_a_sentence(tmp_path):
    name = "<script>alert(1)</script>\n\x1b[31m" + "x" * 10_000
    problem = one(look(model([node(name, ["linear"], ["y"])]), tmp_path).problems)
    assert problem == "The operator '<script>alert(1)</script>??[31mxxxxxxxx…' is not allowed."


def test_a_name_with_broken_letters_is_refused(tmp_path):
    path = write(model([node("Relu", ["linear"], ["QQQQ"])]), tmp_path)
    path.write_bytes(path.read_bytes().replace(b"QQQQ", b"\xff\xfe\xfd\xfc"))
    assert "letters that do not exist" in one(inspect(path).problems)
