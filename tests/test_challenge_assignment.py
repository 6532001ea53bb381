"""The assignment's last part: from its training cell to the text, and what is said about hostile texts."""

import base64
import re
import zlib

import numpy as np
import onnx
import pytest
import torch
from assignments import cells, source
from challenge_models import model, node, tensor, weights

import cnnlib
from cnnlib import challenge
from cnnlib.challenge import drawn

CELLS = {cell.id: cell.source for cell in source("challenge").cells if cell.cell_type == "code"}
TESTS = [name for name in cells("challenge", "grade") if name.startswith("p5-") and "design" not in name]


def as_it_is(proto: onnx.ModelProto) -> str:
    """The text of a file that `as_text` may refuse."""
    return base64.b64encode(zlib.compress(proto.SerializeToString())).decode()


def verdict(name: str, text: object) -> str | None:
    """What a test says about a submission: None if it passes."""
    try:
        exec(CELLS[name], {"submission": lambda: text})
    except (AssertionError, ValueError) as error:
        return str(error)
    return None


# Few parameters, and a map of 200,000 × 200,000 places: 480 GB.
LARGE = model(
    [node("Resize", ["images", "", "by"], ["large"]), node("GlobalAveragePool", ["large"], ["mean"])],
    [tensor("by", [1, 1, 6_250, 6_250])],
)
RANDOM = model([node("Identity", ["linear"], ["same"])], last="same")
OVER = model(
    [node("Gemm", ["linear", "w"], ["wide"]), node("Gemm", ["wide", "v"], ["back"])],
    [tensor("w", weights(10, 250)), tensor("v", weights(250, 10, seed=3))],
    last="back",
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is no model yet: set TRAIN = True"),
        (7, "returned int, expected text"),
        ("A" * 3_000_000, "at most 2,000,000"),
        (base64.b64encode(zlib.compress(bytes(100_000_000))).decode(), "more than 1,000,000 bytes"),
        (base64.b64encode(zlib.compress(b"not a model")).decode(), "not an ONNX model"),
        (as_it_is(model(input_shape=("N", 3, 28, 28))), "expected (N, 3, 32, 32)"),
        (as_it_is(model(input_shape=(250, 3, 32, 32))), "batch size is fixed"),
        (as_it_is(LARGE), "numbers for one image"),
        (as_it_is(OVER), "holds 5,040 parameters; at most 5,000 are allowed"),
        (as_it_is(RANDOM), "guessing gives 10%"),
    ],
    ids=["none", "int", "long", "bomb", "other", "shape", "batch", "large", "over", "random"],
)
def test_a_bad_text_gets_a_sentence_and_no_point(text, sentence):
    assert sentence in (verdict("p5-submission-visible", text) or "passed")
    if text != "":  # one cell shows it for the three, which differ in a number
        assert verdict("p5-sixty-hidden", text) is not None


def test_the_three_thresholds_differ_in_one_number_only():
    hidden = [CELLS[name] for name in TESTS if name.endswith("-hidden")]
    assert len(hidden) == 3
    plain = {re.sub(r"# canary-\w+|\b(60|75|85)%|0\.(6|75|85)\b", "…", text) for text in hidden}
    assert len(plain) == 1


def test_from_the_training_cell_to_the_text(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for name in ("setup", "p2-block", "p2-build"):
        exec(CELLS[name], names)
    names["design"] = lambda: names["build"](5_000)
    loaders = cnnlib.load("shapes10", batch_size=64)
    assert np.allclose([drawn._MEAN, drawn._STD], torch.stack([loaders.mean, loaders.std]), atol=1e-6)
    loaders.train.images, loaders.train.labels = loaders.train.images[:640], loaders.train.labels[:640]
    names["load"] = lambda *arguments, **options: loaders

    exec(CELLS["p5-train"], names)
    exec(CELLS["p5-export"], names)
    assert capsys.readouterr().out.count("set TRAIN = True") == 2  # and nothing else is done
    assert not any(tmp_path.iterdir())

    changed = (
        CELLS["p5-train"]
        .replace("TRAIN = False", "TRAIN = True")
        .replace("EPOCHS, PEAK = 6", "EPOCHS, PEAK = 1")
    )
    exec(changed, names)
    exec(CELLS["p5-export"], names)
    printed = capsys.readouterr().out
    answer: dict = {}
    exec(printed[printed.index("def submission") :], answer)
    path = challenge.from_text(answer["submission"](), tmp_path / "back.onnx")
    assert challenge.inspect(path).problems == []

    pictures, labels = cnnlib.shapes10.draw(200, seed=5)
    x = (torch.from_numpy(pictures).permute(0, 3, 1, 2) / 255 - loaders.mean[:, None, None]) / loaders.std[
        :, None, None
    ]
    right = challenge.predict(path, x.contiguous().numpy()) == labels
    assert challenge.score_drawn(answer["submission"](), images=200, seed=5, most=5_000) == (
        challenge.count_parameters(path),
        right.mean(),
    )

    # The count that parts 1 and 2 compute by rule, with w = 20, is that of the exported file.
    assert challenge.count_parameters(path) == 7 * 20**2 + 93 * 20 + 10
