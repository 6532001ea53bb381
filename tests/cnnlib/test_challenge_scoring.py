"""Scoring and the report: labels, rounding, ties, models that mix images, and what a student reads."""

import numpy as np
import onnx
import pytest
import torch
from challenge_models import PARAMETERS, model, node, sizes, tensor, weights, write

import cnnlib
from cnnlib.challenge import (
    BUDGETS,
    MAX_BYTES,
    batch_problem,
    predict,
    public_half,
    rounded,
    validate,
    wilson,
)

IMAGES = weights(60, 3, 32, 32, seed=5) + 3 * weights(60, 3, 1, 1, seed=6)  # tinted, so that labels differ


# --- labels --------------------------------------------------------------------------------------------
def test_labels_are_the_highest_scores_whatever_the_batch_size(tmp_path):
    proto = model()
    path = write(proto, tmp_path)
    weight, bias = map(onnx.numpy_helper.to_array, proto.graph.initializer)
    expected = np.maximum(IMAGES.mean((2, 3)) @ weight.T + bias, 0).argmax(1)
    assert len(set(expected)) > 1
    for size in (1, 7, 60, 250):
        labels = predict(path, IMAGES, batch_size=size)
        assert labels.dtype == np.int64
        assert labels.tolist() == expected.tolist()


def test_equal_scores_are_the_lowest_class(tmp_path):
    path = write(model([node("Sub", ["linear", "linear"], ["zero"])], last="zero"), tmp_path)
    assert predict(path, IMAGES).tolist() == [0] * 60


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 9])
def test_one_score_that_is_not_finite_makes_the_image_wrong(value, place, tmp_path):
    bias = np.zeros(10)
    bias[place] = value
    proto = model(
        [node("Add", ["linear", "extra"], ["x"]), node("Neg", ["x"], ["y"])],
        [tensor("extra", bias)],
        last="y",
    )
    proto.graph.node[-1].op_type = "Identity"  # Relu could hide it
    assert predict(write(proto, tmp_path), IMAGES).tolist() == [-1] * 60


@pytest.mark.parametrize(
    "images",
    [IMAGES[:, :, :28, :28], IMAGES[0], IMAGES.astype(np.float64), IMAGES[:0], IMAGES.transpose(0, 2, 3, 1)],
)
def test_other_images_get_one_sentence(images, tmp_path):
    with pytest.raises(ValueError, match=r"must be float32 of shape \(N, 3, 32, 32\)"):
        predict(write(model(), tmp_path), images)


@pytest.mark.parametrize("size", [0, -1, 2.5, True])
def test_an_impossible_batch_size_gets_one_sentence(size, tmp_path):
    with pytest.raises(ValueError, match="batch_size"):
        predict(write(model(), tmp_path), IMAGES, batch_size=size)


# --- rounding ------------------------------------------------------------------------------------------
def test_every_counted_number_is_rounded_to_the_nearest_bfloat16(tmp_path):
    values = weights(10, 10, seed=8)
    nodes = [
        node("Constant", [], ["c"], value=tensor("", values)),
        node("MatMul", ["linear", "c"], ["x"]),
        node("LeakyRelu", ["x"], ["y"], alpha=0.123456789),
    ]
    path = rounded(write(model(nodes, last="y"), tmp_path), tmp_path / "rounded.onnx")
    proto = onnx.load(path)
    stored = {t.name: onnx.numpy_helper.to_array(t) for t in proto.graph.initializer}
    numbers = [
        *stored.values(),
        *(np.float32(a.f) for n in proto.graph.node for a in n.attribute if a.type == 1),
    ]
    for number in numbers:
        assert not (np.atleast_1d(number).view(np.uint32) & 0xFFFF).any()
    (matrix,) = (number for number in stored.values() if number.shape == (10, 10))
    assert np.array_equal(matrix, torch.from_numpy(values).bfloat16().float().numpy())
    assert np.abs(matrix / values - 1).max() <= 2**-8


def test_rounding_twice_names_texts_and_order_change_nothing(tmp_path):
    first = rounded(write(model(), tmp_path), tmp_path / "1.onnx").read_bytes()
    assert rounded(tmp_path / "1.onnx", tmp_path / "2.onnx").read_bytes() == first
    renamed = model()
    renamed.producer_name = renamed.graph.name = renamed.graph.node[0].name = "another"
    renamed.graph.input[0].doc_string = renamed.graph.output[0].type.denotation = "another"
    for part in renamed.graph.node:
        part.input[:] = [f"{name}_2" for name in part.input]
        part.output[:] = [f"{name}_2" for name in part.output]
    for part in (*renamed.graph.initializer, *renamed.graph.input, *renamed.graph.output):
        part.name += "_2"
    tensors = [tensor("unused", [7]), *reversed(renamed.graph.initializer)]
    del renamed.graph.initializer[:]
    renamed.graph.initializer.extend(tensors)
    assert rounded(write(renamed, tmp_path), tmp_path / "3.onnx").read_bytes() == first


def test_a_folder_that_is_not_there_gets_one_sentence(tmp_path):
    with pytest.raises(OSError, match=r"cannot be written \(No such file or directory\)"):
        rounded(write(model(), tmp_path), tmp_path / "missing" / "rounded.onnx")


# --- models that look at other images ------------------------------------------------------------------
FIRST = [sizes("0", 0), sizes("1", 1), sizes("2", 2)]
MIXING = {
    "minus the batch's mean": [
        node("ReduceMean", ["linear", "0"], ["m"]),
        node("Sub", ["linear", "m"], ["x"]),
    ],
    "softmax over the batch": [node("Softmax", ["linear"], ["x"], axis=0)],
    "attention among images": [
        node("Transpose", ["linear"], ["t"], perm=[1, 0]),
        node("MatMul", ["linear", "t"], ["similar"]),
        node("MatMul", ["similar", "linear"], ["x"]),
    ],
    "plus the first image": [
        node("Slice", ["linear", "0", "1", "0"], ["first"]),
        node("Add", ["linear", "first"], ["x"]),
    ],
    "batches as channels": [
        node("Unsqueeze", ["linear", "0"], ["u"]),
        node("AveragePool", ["u"], ["p"], kernel_shape=[3], pads=[1, 1]),
        node("Transpose", ["linear"], ["t"], perm=[1, 0]),
        node("Unsqueeze", ["t", "0"], ["channels"]),
        node("AveragePool", ["channels"], ["near"], kernel_shape=[3], pads=[1, 1]),
        node("Squeeze", ["near", "0"], ["s"]),
        node("Transpose", ["s"], ["x"], perm=[1, 0]),
    ],
    "normalized over the batch": [
        node("Transpose", ["linear"], ["t"], perm=[1, 0]),
        node("Unsqueeze", ["t", "0"], ["u"]),
        node("InstanceNormalization", ["u", "ones", "zeros"], ["n"]),
        node("Squeeze", ["n", "0"], ["s"]),
        node("Transpose", ["s"], ["x"], perm=[1, 0]),
    ],
    "under an enormous number": [
        node("ReduceMean", ["linear", "0"], ["m"]),
        node("Sub", ["linear", "m"], ["d"]),
        node("Add", ["d", "enormous"], ["x"]),
    ],
    "beside a class that never wins": [
        node("ReduceMean", ["linear", "0"], ["m"]),
        node("Sub", ["linear", "m"], ["d"]),
        node("Mul", ["d", "hundred"], ["h"]),
        node("Add", ["h", "never"], ["x"]),
    ],
    "not a number for one image alone": [
        node("Sub", ["linear", "linear"], ["zero"]),
        node("ReduceMax", ["linear", "0"], ["m"]),
        node("Sub", ["linear", "m"], ["d"]),
        node("ReduceSumSquare", ["d", "0"], ["v"]),
        node("Div", ["linear", "v"], ["x"]),
    ],
}
OTHERS = [
    tensor("ones", np.ones(10)),
    tensor("zeros", np.zeros(10)),
    tensor("enormous", [[1e4] * 10]),
    tensor("never", [[1e4] * 9 + [-1e7]]),
    tensor("hundred", [[100]]),
]


@pytest.mark.parametrize("name", MIXING)
def test_a_model_that_mixes_images_is_found(name, tmp_path):
    path = write(model(MIXING[name], [*FIRST, *OTHERS], last="x"), tmp_path)
    problem = batch_problem(path, IMAGES, batch_size=20)
    assert problem is not None
    assert "of 60 images get other scores" in problem
    report = validate(path, loaders=cifar_like(IMAGES))
    assert problem.partition(" of ")[2] in " ".join(report.problems)
    assert report.accuracy is None
    assert not report.accepted


def test_an_honest_model_mixes_nothing(tmp_path):
    assert batch_problem(write(model(), tmp_path), IMAGES, batch_size=20) is None
    constant = [node("Sub", ["linear", "linear"], ["zero"])]
    assert batch_problem(write(model(constant, last="zero"), tmp_path), IMAGES, batch_size=20) is None


# --- the report ----------------------------------------------------------------------------------------
def cifar_like(images: np.ndarray) -> cnnlib.data.Loaders:
    """Loaders whose test split gives these images, all of class 3."""
    batches = [(torch.from_numpy(images), torch.full((len(images),), 3))]
    return cnnlib.data.Loaders(None, None, batches, tuple("0123456789"), torch.zeros(3), torch.ones(3))


def test_the_report_says_what_the_board_will_say(tmp_path):
    path = write(model(), tmp_path)
    report = validate(path, loaders=cifar_like(IMAGES))
    half = public_half(60)
    labels = predict(rounded(path, tmp_path / "rounded.onnx"), IMAGES)
    correct = int((labels[half] == 3).sum())
    assert report.accepted
    assert report.boards == BUDGETS
    assert (report.parameters, report.images, report.accuracy) == (PARAMETERS, 30, correct / 30)
    assert report.interval == wilson(correct, 30)
    lines = str(report).splitlines()
    assert lines[0] == "The leaderboard will take submission.onnx."
    assert lines[1] == "Official count: 40 parameters"
    assert lines[2] == "Boards: 10,000, 25,000, 50,000, 100,000, 200,000 (9,960 to spare on the first)"
    assert lines[3].startswith(f"Public accuracy: {correct / 30:.1%} (95% interval ")
    assert lines[4] == f"File: {path.stat().st_size:,} of {MAX_BYTES:,} bytes"
    assert lines[5] == "Operators: 1 GlobalAveragePool, 1 Flatten, 1 Gemm, 1 Relu"
    assert "<strong>The leaderboard will take submission.onnx.</strong>" in report._repr_html_()


@pytest.mark.parametrize(
    ("count", "boards"),
    [(10_000, BUDGETS), (10_001, BUDGETS[1:]), (50_000, BUDGETS[2:]), (200_000, BUDGETS[4:]), (200_001, ())],
)
def test_a_budget_includes_its_last_parameter(count, boards, tmp_path):
    report = validate(write(model(tensors=[tensor("more", weights(count - PARAMETERS))]), tmp_path))
    assert (report.parameters, report.boards, report.problems) == (count, boards, [])
    assert report.accepted == bool(boards)
    assert ("1 parameters too large" in str(report)) == (not boards)


def test_without_cifar10_one_line_says_so_and_nothing_is_downloaded(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLIB_DATA", str(tmp_path / "empty"))
    monkeypatch.delenv("CNNLIB_OFFLINE", raising=False)
    monkeypatch.setattr(cnnlib.data.cifar10, "_download", lambda *_: pytest.fail("it downloads"))
    report = validate(write(model(), tmp_path))
    assert report.accuracy is None
    assert report.accepted
    assert str(report).count("\nPublic accuracy: not measured: CIFAR-10 is not on this machine") == 1
    assert not (tmp_path / "empty").exists()


def test_problems_are_told_by_name_and_escaped(tmp_path):
    report = validate(write(model([node("<b>Loop", ["linear"], ["y"])]), tmp_path))
    assert not report.accepted
    assert str(report).startswith(
        "The leaderboard will refuse submission.onnx:\n  - The operator '<b>Loop' is not allowed.\n"
    )
    assert "&lt;b&gt;Loop" in report._repr_html_()
    assert "<b>" not in report._repr_html_()


def test_a_missing_file_is_a_problem_not_an_error(tmp_path):
    assert "missing.onnx is not a file" in str(validate(tmp_path / "missing.onnx"))
